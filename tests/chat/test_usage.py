"""/usage: what a member can make now and here, and what stops them first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import CreditSpent, KeyRefused
from bot.domain.ids import ChannelId, MemberId
from bot.domain.limits import OperatorLimits
from bot.services.admins import operator_blocks
from bot.store.driver.database import Database
from standins.fake_discord.commands import choose_access
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import PRICE_MICROUSD, Studio, opened, text_of
from tests.chat.test_permission_checks import told_of_choices

ADMIN = MemberId(1)
YES, NO = "✅ **You can generate", "🚫 **You can't generate images here right now.**"


async def usage(studio: Studio, who: str = "ada", channel: str = "pictures") -> str:
    message = await studio.person(who).slash(channel, "usage").message()
    assert message.is_ephemeral
    return text_of(message).removeprefix("Your usage\n")


def lines(text: str) -> list[str]:
    return text.split("\n")


@pytest.fixture
async def limited(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    limits = OperatorLimits(per_hour=9, per_day=3, running=4)
    async with opened(Studio(fake, database, tmp_path, limits=limits)) as studio:
        yield studio


async def test_without_limits_it_says_so(studio: Studio) -> None:
    said = await usage(studio)
    assert said.startswith("✅ **You can generate images here now.**\n\nNo limits apply here.\n\nThis month")


async def test_what_is_used_up_first_is_at_the_top(limited: Studio) -> None:
    await limited.imagine()
    said = lines(await usage(limited))
    assert said[0] == "✅ **You can generate up to 2 images here now.**"
    assert said[2].startswith("**2 left** · 1 of 3 in the last 24 hours")
    budget = 2 * PRICE_MICROUSD
    await limited.services.administration.set_budget(limited.guild_id(), ADMIN, budget)
    said = lines(await usage(limited))
    assert said[0] == "✅ **You can generate 1 image here now.**"
    assert said[2].startswith("**$0.05 left** of this server's monthly budget of $0.11 · resets <t:")
    assert said[3] == "-# enough for about 1 image"


async def test_a_reached_limit_says_when_the_next_one_is_possible(limited: Studio) -> None:
    for _ in range(3):
        await limited.imagine()
    said = lines(await usage(limited))
    assert said[0] == NO
    assert said[1].startswith(
        "- You've reached your limit: **3 per day** (bot default). Used: 3. The next one"
    )
    assert not any(line.startswith("- ") for line in said[2:])


async def test_a_channel_without_pictures_names_those_with_them(studio: Studio) -> None:
    allowed = ChannelId(studio.world.channel("general").id)
    await studio.services.administration.set_channels(studio.guild_id(), ADMIN, [allowed])
    assert lines(await usage(studio))[:2] == [NO, f"- You can't generate images here. Try <#{allowed}>."]
    assert (await usage(studio, channel="general")).startswith(YES)


async def test_a_block_is_said_with_its_reason(studio: Studio) -> None:
    await studio.database.write(
        operator_blocks.block, [studio.member_id("ada")], reason="spam", at=studio.clock.now()
    )
    assert lines(await usage(studio))[:3] == [
        NO,
        "- The bot's owner has blocked you from generating images.",
        "Reason: spam",
    ]
    assert (await usage(studio, "ben")).startswith(YES)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (CreditSpent("empty"), "the account that pays for it is out of credit."),
        (KeyRefused("no"), "the image service doesn't accept this bot's key."),
    ],
)
async def test_a_pause_of_the_provider_says_why_and_until_when(
    studio: Studio, error: CreditSpent | KeyRefused, why: str
) -> None:
    studio.services.account.breaker.trip(error)
    first, second = lines(await usage(studio))[:2]
    assert first == NO
    assert why in second
    assert second.endswith("It goes on by itself as soon as that is done.")


async def test_a_provider_that_asks_for_a_rest_only_makes_wait(studio: Studio) -> None:
    studio.services.account.pacer.pause(90)
    first, second = lines(await usage(studio))[:2]
    assert first.startswith(YES)
    assert second.startswith("⏳ The image service takes no requests until <t:")


async def test_lacking_permissions_are_named(studio: Studio) -> None:
    channel = studio.world.channel("pictures")
    everyone = everyone_role(channel.guild)
    studio.world.set_overwrite(channel, everyone, deny=Permissions.SEND_MESSAGES)
    first, second = lines(await usage(studio))[:2]
    assert first.startswith(YES)
    assert second.startswith("⚠️ Only private images: for public ones, I'm missing permissions")
    assert "**Send Messages**" in second
    studio.world.set_overwrite(channel, everyone, deny=Permissions.ATTACH_FILES)
    first, second = lines(await usage(studio))[:2]
    assert first == NO
    assert "**Attach Files**" in second


async def test_both_budgets_are_said_and_nothing_of_what_others_spend(
    fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    studio = Studio(fake, database, tmp_path)
    studio.budget_microusd = 10 * PRICE_MICROUSD
    async with opened(studio):
        resets = "of the bot's monthly budget for all servers · resets <t:"
        assert f"**Enough left** {resets}" in await usage(studio)
        await studio.imagine(count=4)
        await studio.imagine(count=4)
        said = await usage(studio, "ben")
        assert f"**Little left** {resets}" in said
        assert "$0.43" not in said
        await studio.imagine(count=2)
        said = await usage(studio)
        assert said.startswith(f"{NO}\n- This bot's monthly budget for all servers is used up. It resets <t:")
        assert f"**None left** {resets}" in said


async def test_all_that_stops_is_listed_in_the_order_of_a_request(limited: Studio) -> None:
    await limited.imagine(count=3)
    allowed = ChannelId(limited.world.channel("general").id)
    admin = limited.services.administration
    await admin.set_channels(limited.guild_id(), ADMIN, [allowed])
    await admin.set_budget(limited.guild_id(), ADMIN, 3 * PRICE_MICROUSD)
    limited.services.account.breaker.trip(CreditSpent("empty"))
    stops = [line for line in lines(await usage(limited)) if line.startswith("- ")]
    begun = ["- Image generation is paused", "- You can't", "- You've reached", "- This server's monthly"]
    assert [stop.startswith(start) for stop, start in zip(stops, begun, strict=True)] == [True] * 4


async def test_max_quality_shows_what_it_counts_as(limited: Studio) -> None:
    limited.offers_max = True
    await limited.restart()
    admin = limited.services.administration
    await admin.set_max_counts_as(limited.guild_id(), ADMIN, 2)
    assert "**Max** quality: 1 image now (each counts as 2 images)" in await usage(limited)
    await admin.set_max_roles(limited.guild_id(), ADMIN, [])
    assert "**Max** quality: not available to you here" in await usage(limited)


async def test_choosing_when_to_be_mentioned_keeps_the_answer(limited: Studio) -> None:
    message = await limited.person("ada").slash("pictures", "usage").message()
    before = text_of(message)
    await limited.person("ada").choose(message, "When should I mention you?", ["never"]).answer()
    limited.clock.jump(timedelta(seconds=1))
    assert text_of(message) == before


async def test_a_command_that_the_server_denies_is_named(studio: Studio) -> None:
    guild, ada = studio.world.guild("Lantern Studio"), studio.member_id("ada")
    choose_access(studio.world, guild, "edit", {ada: False})
    await told_of_choices(studio)
    first, second = lines(await usage(studio))[:2]
    assert first.startswith(YES)
    assert second == "⚠️ This server doesn't let you use **edit** here."
    choose_access(studio.world, guild, "imagine", {ada: False})
    await told_of_choices(studio)
    first, second = lines(await usage(studio))[:2]
    assert first == NO
    assert second == "- This server doesn't let you use **imagine** here."
