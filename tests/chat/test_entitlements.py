"""/config show for one member: what they can generate in a channel, and because of which rule."""

from datetime import datetime, timedelta

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.approval import ApprovalRules
from bot.domain.block import MemberBlock
from bot.domain.ids import RoleId
from bot.domain.limits import Allowances, LimitField, OperatorLimits
from bot.store.admission import blocks, member_blocks
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_config import config, of_role, press, role


@pytest.fixture
async def studio(studio: Studio) -> Studio:
    """The operator has limits, and offers max quality."""
    studio.limits = OperatorLimits(per_day=20, running=2, ceilings=Allowances(per_day=40))
    studio.offers_max = True
    await studio.restart()
    return studio


async def about(studio: Studio, who: str, **options: object) -> str:
    return text_of(await config(studio, "show", member=studio.world.user(who), **options))


async def limit(studio: Studio, subject: RuleSubject, **limits: int) -> None:
    changes = {LimitField(name): number for name, number in limits.items()}
    await studio.services.administration.set_limits(
        studio.guild_id(), studio.member_id("otto"), subject, changes
    )


async def test_each_limit_comes_with_the_rule_that_gives_it_and_what_is_left(studio: Studio) -> None:
    await limit(studio, RuleSubject.everyone(studio.guild_id()), per_day=5, per_hour=3)
    await limit(studio, of_role(studio, "Artist"), per_day=12)
    await limit(studio, RuleSubject.member(studio.member_id("ada")), running=1)
    await studio.imagine("ben")
    ben, artist = await about(studio, "ben"), role(studio, "Artist").id
    assert f"**12 per day** (<@&{artist}> role; server default: 5) · **11 left**" in ben
    assert "**3 per hour** (server default) · **2 left**" in ben
    assert "**2 at once** (bot default) · **2 left**" in ben
    assert "**1 at once** (personal limit; bot default: 2)" in await about(studio, "ada")


async def test_what_a_member_makes_on_other_servers_is_not_shown(studio: Studio) -> None:
    ben = await about(studio, "ben")
    (line,) = [one for one in ben.splitlines() if "bot maximum across all servers" in one]
    assert line == "**40 per day** (bot maximum across all servers)"


async def test_a_rule_above_the_operators_cap_is_shown_as_capped(studio: Studio) -> None:
    await limit(studio, of_role(studio, "Artist"), running=9)
    assert "**2 at once** (bot maximum; this server allows 9)" in await about(studio, "ben")


async def test_the_channel_is_the_one_that_was_chosen_or_the_one_of_the_command(studio: Studio) -> None:
    general = studio.world.channel("general")
    await limit(studio, RuleSubject.channel(general.id), per_day=2)  # type: ignore[arg-type]  # ids are numbers
    chosen = await about(studio, "ben", channel=general)
    assert f"<#{general.id}>" in chosen
    assert f"**2 per day** (limit in <#{general.id}>)" in chosen
    assert "limit in" not in await about(studio, "ben")


async def test_without_a_member_the_channel_is_shown_for_the_admin(studio: Studio) -> None:
    shown = text_of(await config(studio, "show", channel=studio.world.channel("general")))
    assert f"<@{studio.member_id('otto')}>" in shown


async def test_all_that_keeps_a_member_from_it_is_named(studio: Studio) -> None:
    assert "✅" in await about(studio, "ben")
    admin, by = studio.services.administration, (studio.guild_id(), studio.member_id("otto"))
    await admin.set_channels(*by, [studio.world.channel("general").id])  # type: ignore[list-item]  # ids of the stand-in are plain numbers
    await limit(studio, RuleSubject.member(studio.member_id("ben")), per_hour=0)
    await admin.set_budget(*by, 60_000)
    await studio.database.write(
        blocks.put, studio.member_id("ben"), reason="a secret of another server", at=studio.clock.now()
    )
    shown = await about(studio, "ben")
    for words in ("blocked this member", "can't be generated in this channel", "A limit is reached"):
        assert words in shown
    assert "budget" not in shown
    assert "secret" not in shown
    await admin.set_channels(*by, [])
    await studio.imagine("ada")
    assert "budget for this month is used up" in await about(studio, "ben")


async def test_a_block_by_moderators_is_shown_with_its_end(studio: Studio) -> None:
    until = studio.clock.now() + timedelta(days=3)
    await block(studio, until)
    ben = await about(studio, "ben")
    assert "⛔ **Blocked here** until <t:" in ben
    assert f"<@{studio.member_id('mia')}>" in ben
    assert "⛔" not in await about(studio, "ada")


async def block(studio: Studio, until: datetime) -> None:
    one = MemberBlock(
        guild_id=studio.guild_id(),
        member_id=studio.member_id("ben"),
        actor_id=studio.member_id("mia"),
        at=studio.clock.now(),
        until=until,
        reason="spam",
    )
    await studio.database.write(member_blocks.put, one)


async def test_the_quality_is_explained(studio: Studio) -> None:
    assert "Yes: everyone can choose it. It counts as 1 image." in await about(studio, "ben")
    admin, by = studio.services.administration, (studio.guild_id(), studio.member_id("otto"))
    artist = role(studio, "Artist").id
    await admin.set_max_roles(*by, [artist])  # type: ignore[list-item]  # ids of the stand-in are plain numbers are numbers
    await admin.set_max_counts_as(*by, 3)
    assert f"Yes, because of <@&{artist}>. It counts as 3 images." in await about(studio, "ben")
    assert f"No: only <@&{artist}> can choose it." in await about(studio, "ada")
    await admin.set_max_roles(*by, [])
    assert "No: no one can choose it." in await about(studio, "ben")


async def test_somebody_who_is_not_on_the_server_has_no_roles(studio: Studio) -> None:
    zoe = studio.member_id("zoe")
    await limit(studio, RuleSubject.member(zoe), per_day=1)
    message = await config(studio, "show")
    await press(studio, message, "Limits for members")
    known = "Or choose from those with limits …"
    await studio.until(lambda: known in labels(message))
    await studio.person("otto").choose(message, known, [f"Former member ({zoe})"]).answer()
    await press(studio, message, "What they can generate")
    await studio.until(lambda: "What a member can generate" in text_of(message))
    assert "Not on this server, so without roles." in text_of(message)


async def test_the_panel_leads_there_and_on_to_the_limits(studio: Studio) -> None:
    await limit(studio, of_role(studio, "Artist"), per_day=12)
    message = await config(studio, "show")
    await press(studio, message, "Limits for members")
    assert await chosen(studio, message, "ben")
    assert "**12 per day**" in text_of(message)
    assert await chosen(studio, message, "ada")
    assert "**12 per day**" not in text_of(message)
    modal = await studio.person("otto").press(message, "Change limits").modal()
    await studio.person("otto").submit(modal, {"per_day": "4"}).answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))
    await press(studio, message, "What they can generate")
    await studio.until(lambda: "**4 per day** (personal limit; bot default: 20)" in text_of(message))


async def chosen(studio: Studio, message: Message, who: str) -> bool:
    await studio.until(lambda: "See what a member can generate …" in labels(message))
    ids = [str(studio.world.user(who).id)]
    await studio.person("otto").choose(message, "See what a member can generate …", ids).answer()
    await studio.until(lambda: f"<@{ids[0]}> · <#" in text_of(message))
    return True


async def test_the_rule_about_age_is_named_and_whether_the_channel_is_restricted(studio: Studio) -> None:
    by = (studio.guild_id(), studio.member_id("otto"))
    assert "age-restricted" not in await about(studio, "ben")
    await studio.services.administration.set_age(*by, is_on=True)
    ben = await about(studio, "ben")
    assert "Only in age-restricted channels." in ben
    assert "⛔ This channel is not age-restricted" in ben
    studio.world.set_age_restricted(studio.world.channel("pictures"), is_on=True)
    await studio.until(lambda: studio.world.channel("pictures").is_age_restricted)
    general = studio.world.channel("general")
    studio.world.set_age_restricted(general, is_on=True)
    assert "⛔" not in await about(studio, "ben", channel=general)


async def test_whose_images_need_approval_is_named(studio: Studio) -> None:
    by, artist = (studio.guild_id(), studio.member_id("otto")), RoleId(role(studio, "Artist").id)
    await studio.services.administration.set_approval(*by, lambda _: ApprovalRules(roles=frozenset({artist})))
    assert "need a moderator's approval" in await about(studio, "ben")
    assert "need a moderator's approval" not in await about(studio, "otto")
