"""Warnings about the budget, in the log channel."""

from datetime import UTC, datetime

import pytest

from bot.chat.delivery.notices import DiscordNotices
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import ChannelId
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, text_of

POST = "POST /channels/*"
RESETS_AT = datetime(2026, 4, 1, tzinfo=UTC)


async def warn(studio: Studio, percent: int = 80, channel: str = "general") -> None:
    await DiscordNotices(studio.client, call_seconds=studio.call_seconds).budget(
        guild_id=studio.guild_id(),
        channel_id=ChannelId(studio.world.channel(channel).id),
        percent=percent,
        cap_microusd=25_000_000,
        used_microusd=20_100_000,
        resets_at=RESETS_AT,
        language=None,
    )


async def test_a_warning_says_what_is_used_and_when_the_next_month_begins(studio: Studio) -> None:
    await warn(studio)
    (message,) = studio.sent_by_bot()
    assert message.channel.name == "general"
    assert "80% of this month's budget is used" in text_of(message)
    assert "$20.10 of $25.00" in text_of(message)
    assert f"<t:{int(RESETS_AT.timestamp())}:R>" in text_of(message)


async def test_the_last_one_says_that_nothing_more_can_be_asked_for(studio: Studio) -> None:
    await warn(studio, 100)
    assert "No more images can be requested" in text_of(studio.sent_by_bot()[0])


async def test_a_warning_whose_answer_got_lost_is_not_told_twice(studio: Studio) -> None:
    studio.discord.faults.add(POST, status=500, times=1, after_doing=True)
    await warn(studio)
    assert len(studio.sent_by_bot()) == 1


async def test_a_closed_channel_is_final(studio: Studio) -> None:
    general = studio.world.channel("general")
    studio.world.set_overwrite(general, everyone_role(general.guild), deny=Permissions.SEND_MESSAGES)
    with pytest.raises(CardGone):
        await warn(studio)


async def test_an_outage_is_for_later(studio: Studio) -> None:
    studio.call_seconds = 0.2
    studio.discord.faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await warn(studio)


async def test_a_server_is_warned_once_at_each_share_of_its_budget(studio: Studio) -> None:
    otto = studio.person("otto")
    await otto.slash("pictures", "config budget", usd="0.20").message()
    await otto.slash("pictures", "config log", channel=studio.world.channel("general")).message()
    for _ in range(3):
        await studio.imagine()
    await studio.until(lambda: len(warnings(studio)) > 0)
    refused = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert "This server's monthly budget ($0.20)" in text_of(refused)
    assert len({text_of(one) for one in warnings(studio)}) == len(warnings(studio))


def warnings(studio: Studio) -> list[Message]:
    return [one for one in studio.sent_by_bot() if one.channel.name == "general" and "budget" in text_of(one)]
