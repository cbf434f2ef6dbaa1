"""Limits per week and per month, and in a channel: set by an admin, and explained to who reaches them."""

from bot.domain.administration import RuleSubject
from bot.domain.ids import RoleId
from bot.domain.limits import Allowances
from tests.chat.studio import Studio, text_of
from tests.chat.test_config import config, limits_of, role


async def test_limits_of_a_week_and_a_month_hold_in_a_channel_for_each_member(studio: Studio) -> None:
    channel = studio.world.channel("pictures")
    here = f"<#{channel.id}>"
    told = text_of(await config(studio, "limits", channel=channel, per_week=1, per_month=9))
    assert f"{here}: **1 per week, 9 per month**" in told
    await studio.person("ada").slash("pictures", "imagine", prompt="a fox").answer()
    refused = text_of(await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message())
    assert f"You've reached your limit: **1 per week** (limit in {here}). Used: 1." in refused
    usage = text_of(await studio.person("ada").slash("pictures", "usage").message())
    assert "1 of 1 in the last 7 days · next one available <t:" in usage
    assert f"-# 1 per week (limit in {here})" in usage
    elsewhere = await studio.person("ada").slash("general", "imagine", prompt="a fox").message()
    assert not elsewhere.is_ephemeral
    audit = text_of(await studio.person("otto").slash("pictures", "review audit").message())
    assert f"Images per week ({here}): not set → **1**" in audit


async def test_a_dialogue_from_before_an_update_leaves_the_limits_that_it_lacks(studio: Studio) -> None:
    await config(studio, "limits", per_week=7)
    message = await config(studio, "limits")
    modal = await studio.person("otto").press(message, "Change limits").modal()
    modal.components[:] = [part for part in modal.components if "per_week" not in str(part)]
    await studio.person("otto").submit(modal, {"per_day": "3"}).answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))
    everyone = RuleSubject.everyone(studio.guild_id())
    assert await limits_of(studio, everyone) == Allowances(per_day=3, per_week=7)


async def test_a_surprising_limit_is_saved_with_a_warning(studio: Studio) -> None:
    await config(studio, "limits", per_day=5)
    artist = role(studio, "Artist")
    told = text_of(await config(studio, "limits", role=artist, per_day=2))
    assert f"✅ Saved. <@&{artist.id}>: **2 per day**\n⚠️ 2 per day is less than everyone else has" in told
    assert await limits_of(studio, RuleSubject.role(studio.guild_id(), RoleId(artist.id))) == Allowances(
        per_day=2
    )
