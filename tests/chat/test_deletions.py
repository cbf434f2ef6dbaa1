"""What goes away in Discord while a picture waits, as the gateway tells it: nothing is paid for it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.ids import CardId
from bot.domain.job import JobState
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.schema.tables import jobs
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import Studio, opened, text_of

CANCELLED, QUEUED = JobState.CANCELLED, JobState.QUEUED


@pytest.fixture(params=["with caches", "with empty caches"])
async def studio(
    request: pytest.FixtureRequest, fake: FakeDiscord, database: Database, tmp_path: Path
) -> AsyncIterator[Studio]:
    fake.gateway.holds_guilds_back = request.param == "with empty caches"
    async with opened(Studio(fake, database, tmp_path)) as studio:
        yield studio


@pytest.fixture
async def without_messages(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """Discord does not tell of messages."""
    async with opened(Studio(fake, database, tmp_path, has_reply_edits=False)) as studio:
        yield studio


async def waiting(
    studio: Studio, channel: str = "pictures", *, seconds: float = 100_000, **options: bool
) -> Message:
    """A card in line, which does not move for so long."""
    studio.services.account.pacer.pause(seconds)
    message = await studio.person("ada").slash(channel, "imagine", prompt="a fox", **options).message()
    await studio.eventually(lambda: is_in_line(studio))
    return message


async def is_in_line(studio: Studio) -> bool:
    return bool(studio.services.account.pacer.places())


async def are(studio: Studio, *states: JobState) -> bool:
    """Of all jobs that there are; the server may not know the bot any more."""
    found: list[JobState] = await studio.database.read(_all_states)
    return found == list(states)


def _all_states(connection: Connection) -> list[JobState]:
    return list(connection.scalars(select(jobs.c.state).order_by(jobs.c.id)))


async def taken_down(studio: Studio, message: Message) -> None:
    studio.person("mia").delete(message)


async def purged(studio: Studio, message: Message) -> None:
    studio.world.delete_messages([studio.person("ben").say("pictures", "x"), message])


async def channel_deleted(studio: Studio, message: Message) -> None:
    studio.world.delete_channel(message.channel)


async def thrown_out(studio: Studio, message: Message) -> None:
    studio.world.remove_app(message.channel.guild)


WAYS = [taken_down, purged, channel_deleted, thrown_out]


async def is_line_empty(studio: Studio) -> bool:
    return not studio.services.account.pacer.places()


@pytest.mark.parametrize("goes", WAYS, ids=lambda way: str(way.__name__))
async def test_what_waits_is_cancelled_as_soon_as_discord_tells(
    studio: Studio, goes: Callable[[Studio, Message], Awaitable[None]]
) -> None:
    message = await waiting(studio)
    before = len(studio.sent_by_bot())
    await goes(studio, message)
    await studio.eventually(lambda: are(studio, CANCELLED))
    await studio.eventually(lambda: is_line_empty(studio))
    assert studio.asked == []
    assert len(studio.sent_by_bot()) <= before


@pytest.mark.parametrize("name", ["night scenes", "pictures"])
async def test_a_thread_goes_with_its_channel_and_by_itself(studio: Studio, name: str) -> None:
    await waiting(studio, "night scenes")
    studio.world.delete_channel(studio.world.channel(name))
    await studio.eventually(lambda: are(studio, CANCELLED))


async def nothing_more_is_told(studio: Studio) -> None:
    """Dispatches are heard in their order: an answer to a later one comes after all before it."""
    await studio.person("otto").slash("general", "help").message()


async def archived(studio: Studio, message: Message) -> None:
    studio.world.set_archived(studio.world.channel("night scenes"), archived=True, locked=True)


async def outage(studio: Studio, message: Message) -> None:
    """Discord takes a server away for a while, and says so."""
    told = {"id": str(message.channel.guild.id), "unavailable": True}
    studio.discord.faults.send_malformed({"op": 0, "t": "GUILD_DELETE", "s": None, "d": told})


async def shut_out(studio: Studio, message: Message) -> None:
    """The bot may neither look nor write there; somebody may let it in again."""
    lost = Permissions.VIEW_CHANNEL | Permissions.SEND_MESSAGES
    studio.world.set_overwrite(message.channel, everyone_role(message.channel.guild), deny=lost)


async def others_deleted(studio: Studio, message: Message) -> None:
    ben = studio.person("ben")
    ben.delete(ben.say("pictures", "x"))
    studio.world.delete_channel(studio.world.channel("after-dark"))


@pytest.mark.parametrize(
    "harmless", [archived, outage, shut_out, others_deleted], ids=lambda one: str(one.__name__)
)
async def test_what_is_not_gone_goes_on_waiting(
    studio: Studio, harmless: Callable[[Studio, Message], Awaitable[None]]
) -> None:
    message = await waiting(studio, "night scenes" if harmless is archived else "pictures")
    await harmless(studio, message)
    await nothing_more_is_told(studio)
    assert await are(studio, QUEUED)


async def test_a_dismissed_private_card_says_nothing(studio: Studio) -> None:
    message = await waiting(studio, private=True)
    studio.person("ada").delete(message)
    await nothing_more_is_told(studio)
    assert await are(studio, QUEUED)


async def test_what_is_with_the_provider_is_kept_and_told_nobody(studio: Studio) -> None:
    studio.provider.seconds = 15.0
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await studio.eventually(lambda: is_asked(studio))
    studio.person("mia").delete(message)
    await studio.eventually(lambda: is_kept(studio))
    assert studio.sent_by_bot() == []
    listed = await studio.person("ada").slash("pictures", "jobs").message()
    assert "a fox" in text_of(listed)


async def is_asked(studio: Studio) -> bool:
    return len(studio.asked) == 1


async def is_kept(studio: Studio) -> bool:
    (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 5)
    return job.parked_at is not None


@pytest.mark.parametrize(
    ("goes", "is_private"),
    [*((way, False) for way in WAYS), (channel_deleted, True), (thrown_out, True)],
    ids=lambda one: {False: "public", True: "private"}.get(one) or str(one.__name__),
)
async def test_what_went_away_while_the_bot_was_off_is_found_out_before_anything_is_sent(
    studio: Studio,
    goes: Callable[[Studio, Message], Awaitable[None]],
    is_private: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    message = await waiting(studio, private=is_private)
    await studio.close()
    await studio.world.until(lambda _: not studio.discord.is_connected)
    await goes(studio, message)
    await studio.open()
    await studio.eventually(lambda: are(studio, CANCELLED))
    assert studio.asked == []


async def test_a_lost_session_is_no_gap_either(studio: Studio) -> None:
    message = await waiting(studio, seconds=150)
    studio.discord.faults.invalidate_sessions()
    studio.person("mia").delete(message)
    await studio.eventually(lambda: are(studio, CANCELLED))
    assert studio.asked == []


async def test_without_the_intent_for_messages_an_edit_finds_it_out(without_messages: Studio) -> None:
    studio = without_messages
    message = await waiting(studio)
    studio.discord.faults.expire_tokens()
    studio.person("mia").delete(message)
    await nothing_more_is_told(studio)
    assert await are(studio, QUEUED)
    view = await studio.services.gallery.view((await cards_of(studio))[0], studio.guild_id())
    await studio.services.moderation.card_updater.show_now(view.card.id)
    await studio.eventually(lambda: are(studio, CANCELLED))


async def cards_of(studio: Studio) -> list[CardId]:
    recent = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 5)
    return [job.card_id for job in recent]
