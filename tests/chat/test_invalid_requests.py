"""Bad days with many pictures on their way: 10,000 refusals in ten minutes would ban the address."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.driver.database import Database
from bot.store.schema.tables import cards
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import Studio, opened

CARDS, PICTURES = 12, 4
TEN_MINUTES = 600.0
SPEED = 120.0
#: Refusals in twenty minutes: for each picture, where each finds out for itself; and for all, where one can.
A_HANDFUL, A_FEW = 12, 60

Trouble = Callable[[Studio], None]


@pytest.fixture
async def studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """With many pictures on their way: paid, and not made yet."""
    async with opened(Studio(fake, database, tmp_path)) as studio:
        await ask_for_many(studio)
        studio.clock.speed = SPEED
        yield studio


def forbidden(studio: Studio) -> None:
    """All that its roles could allow, while no interaction lets the bot in by another way."""
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.ALL)
    studio.discord.faults.expire_tokens()


def removed(studio: Studio) -> None:
    studio.world.remove_app(studio.world.guild("Lantern Studio"))
    studio.discord.faults.expire_tokens()


def answered(status: int, code: int) -> Trouble:
    def begin(studio: Studio) -> None:
        studio.discord.faults.add("*", status=status, code=code)

    return begin


def limited(studio: Studio) -> None:
    studio.discord.faults.rate_limit("*", retry_after_seconds=3600.0, times=None)


REMOVED = "a server that the bot was removed from"
OF_EACH_PICTURE: dict[str, Trouble] = {
    "a channel that forbids everything": forbidden,
    REMOVED: removed,
    "every call forbidden": answered(403, 50013),
    "every call forbidden, nobody knows why": answered(403, 99_999),
}
OF_ALL: dict[str, Trouble] = {
    "a token that was reset": lambda studio: studio.discord.faults.reset_token("another"),
    "a token that nobody knows": answered(401, 0),
    "Cloudflare before it": answered(403, 40333),
    "asked to wait for an hour": limited,
    "shut out": lambda studio: studio.discord.invalid_requests.block(),
}


async def ask_for_many(studio: Studio) -> None:
    studio.provider.seconds = 300.0
    for number in range(CARDS):
        who = ("ada", "ben", "mia")[number % 3]
        await (
            studio.person(who).slash("pictures", "imagine", prompt=f"fox {number}", count=PICTURES).message()
        )
    await studio.eventually(lambda: _are_asked_for(studio))


async def _are_asked_for(studio: Studio) -> bool:
    return len(studio.asked) == CARDS * PICTURES


async def _are_given_up(studio: Studio) -> bool:
    kept = select(cards.c.id).where(~cards.c.is_gone)
    return not await studio.database.read(lambda connection: connection.execute(kept).all())


@pytest.mark.parametrize("name", [*OF_EACH_PICTURE, *OF_ALL])
async def test_a_bad_day_stays_far_from_a_ban(studio: Studio, name: str) -> None:
    before = len(studio.discord.requests.invalid())
    (OF_EACH_PICTURE | OF_ALL)[name](studio)
    if name == REMOVED:  # edits that were on their way are refused, until the bot has heard of it
        await studio.eventually(lambda: _are_given_up(studio))
        before = len(studio.discord.requests.invalid())
    await studio.clock.sleep(2 * TEN_MINUTES)
    refused = len(studio.discord.requests.invalid()) - before
    assert refused <= (A_FEW if name in OF_ALL else A_HANDFUL * CARDS * PICTURES)
    assert (refused == 0) is (name == REMOVED), "its pictures are kept for /jobs, and nothing is asked there"


async def test_once_a_ban_is_over_all_pictures_come(studio: Studio) -> None:
    studio.discord.invalid_requests.block_seconds = 2.0
    studio.discord.invalid_requests.block()
    await studio.until(lambda: len(pictures_shown(studio)) == CARDS * PICTURES)
    assert studio.discord.invalid_requests.blocks == 1


def pictures_shown(studio: Studio) -> list[str]:
    return [one.filename for message in studio.sent_by_bot() for one in message.attachments]
