"""Blocks by moderators: who blocks whom, what everybody reads, and that no door leads past a block."""

from datetime import timedelta

import pytest

from bot.chat.presenter.elements.custom_ids import Action
from bot.domain.block import MOST_REASON
from bot.domain.ids import MemberId
from bot.domain.job import JobState
from bot.domain.quiet import WITHIN_SECONDS
from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.model import CommandKind
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import heard as heard_by
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_every_door import DOORS_TO_PICTURES, custom_ids, filled_in, subcommands, told
from tests.chat.test_review import press, review

BLOCKED = "This server's moderators have blocked you from generating images here"
AGAIN = "can generate images here again"


async def hear(studio: Studio, command: str, by: str = "mia", /, **options: object) -> str:
    """Use /review, and read the answer or the refusal."""
    return await heard_by(studio, studio.person(by).slash("pictures", f"review {command}", **options))  # type: ignore[arg-type]  # by name


async def block(
    studio: Studio, who: str = "ada", duration: str = "3 days", by: str = "mia", reason: str = ""
) -> str:
    more = {"reason": reason} if reason else {}
    return await hear(studio, "block", by, member=studio.world.user(who), duration=duration, **more)


async def ask(studio: Studio, who: str = "ada") -> str:
    message = await studio.person(who).slash("pictures", "imagine", prompt="a fox").message()
    assert message.is_ephemeral
    return text_of(message)


# --- what everybody reads ---


async def test_the_blocked_member_reads_alone_until_when_and_why(studio: Studio) -> None:
    ada = studio.member_id("ada")
    done = await block(studio, reason="No **more** @everyone\nof this")
    until = round((studio.clock.now() + timedelta(days=3)).timestamp())
    assert f"<@{ada}> gets no images here: until <t:" in done
    heard = await ask(studio)
    assert BLOCKED in heard
    assert any(f"until <t:{until + off}:f> (<t:{until + off}:R>)" in heard for off in range(-90, 3))
    assert "Reason: No \\*\\*more\\*\\* \\@everyone\nof this" in heard
    usage = await studio.person("ada").slash("pictures", "usage").message()
    assert BLOCKED in text_of(usage)
    assert BLOCKED not in text_of(await studio.person("ben").slash("pictures", "usage").message())
    assert await studio.states() == []


async def test_a_block_for_ever_names_no_time(studio: Studio) -> None:
    assert "permanently" in (await block(studio, duration="forever"))
    assert (await ask(studio)) == f"{BLOCKED}."


async def test_others_and_other_servers_are_as_before(studio: Studio) -> None:
    await block(studio)
    await studio.imagine("ben")
    ada = studio.world.user("ada")
    studio.world.add_member(studio.world.guild("Harbour Club"), ada)
    there = await studio.person("ada").slash("lounge", "imagine", prompt="a fox").message()
    await studio.picture(there)


async def test_a_block_that_is_over_ends_by_itself(studio: Studio) -> None:
    await block(studio, duration="1 hour")
    assert BLOCKED in await ask(studio)
    studio.clock.jump(timedelta(hours=1))
    await studio.imagine("ada")
    assert "No one is blocked here" in (await hear(studio, "blocked"))
    assert "isn't blocked" in (await hear(studio, "unblock", member=studio.world.user("ada")))


async def test_a_block_holds_after_a_restart_and_is_taken_back(studio: Studio) -> None:
    await block(studio)
    await studio.restart()
    assert BLOCKED in await ask(studio)
    assert AGAIN in (await hear(studio, "unblock", member=studio.world.user("ada")))
    await studio.imagine("ada")


async def test_what_waits_is_cancelled_at_once_and_its_card_says_so(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox", count=2).message()
    await studio.until(lambda: "In line" in text_of(card) or "Next in line" in text_of(card))
    assert "2 waiting images were cancelled" in (await block(studio))
    await studio.until(lambda: "**Cancelled**" in text_of(card))
    assert await studio.states() == [JobState.CANCELLED] * 2


async def test_a_picture_that_runs_may_finish(studio: Studio) -> None:
    studio.provider.seconds = 20.0
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await studio.until(lambda: studio.asked)
    await block(studio)
    await studio.picture(card)


async def test_the_audit_says_who_blocked_whom_and_why(studio: Studio) -> None:
    mia, ada = studio.member_id("mia"), studio.member_id("ada")
    await block(studio, duration="1 day", reason="spam")
    await block(studio, duration="forever")
    await hear(studio, "unblock", member=studio.world.user("ada"))
    heard = await hear(studio, "audit")
    assert f"<@{mia}>\nBlocked: <@{ada}> until <t:" in heard
    assert "-# spam" in heard
    assert f"Blocked: <@{ada}> permanently (before: until <t:" in heard
    assert f"No longer blocked: <@{ada}>" in heard


# --- the list, and a member's page ---


async def test_the_list_of_the_blocked_is_turned_and_unblocks(studio: Studio) -> None:
    guild_id, mia = studio.guild_id(), studio.member_id("mia")
    for number in range(11):
        await studio.services.block_list.block(guild_id, mia, MemberId(5000 + number), None, "spam")
        studio.clock.jump(timedelta(seconds=1))
    await block(studio)
    message = await review(studio, "blocked")
    ada = studio.member_id("ada")
    assert f"<@{ada}> · until" in text_of(message)
    assert "<@5001>" not in text_of(message)
    await press(studio, message, "Older", "<@5001>")
    await press(studio, message, "Newer", f"<@{ada}>")
    await studio.person("mia").choose(message, "Unblock …", [str(ada)]).answer()
    await studio.until(lambda: AGAIN in text_of(message))
    assert f"<@{ada}> · until" not in text_of(message)
    await studio.imagine("ada")


async def test_a_members_page_blocks_by_a_dialogue_and_unblocks(studio: Studio) -> None:
    message = await review(studio, "member", who=studio.world.user("ada"))
    modal = await studio.person("mia").press(message, "Block").modal()
    await studio.person("mia").submit(modal, {"other-length": "2 weeks", "reason": "spam"}).answer()
    await studio.until(lambda: "Blocked here" in text_of(message))
    assert "spam" in text_of(message)
    assert BLOCKED in await ask(studio)
    await press(studio, message, "Unblock", "images requested in total")
    await studio.until(lambda: "Block" in labels(message))
    await studio.imagine("ada")


async def test_the_dialogue_offers_lengths(studio: Studio) -> None:
    message = await review(studio, "member", who=studio.world.user("ada"))
    modal = await studio.person("mia").press(message, "Block").modal()
    await studio.person("mia").submit(modal, {"length": "5"}).answer()
    await studio.until(lambda: "**Blocked here** permanently" in text_of(message))


async def test_lengths_are_suggested_while_one_types(studio: Studio) -> None:
    mia = studio.person("mia")
    offered = await mia.autocomplete("pictures", "review block", "duration", "")
    assert [one.name for one in offered] == ["1 hour", "1 day", "3 days", "1 week", "30 days", "permanently"]
    offered = await mia.autocomplete("pictures", "review block", "duration", "36 h")
    assert [one.value for one in offered] == ["36 hours"]


# --- who blocks whom ---


@pytest.mark.parametrize("command", ["block", "unblock", "blocked"])
async def test_members_are_not_offered_it(studio: Studio, command: str) -> None:
    with pytest.raises(ClientRefusedError):
        studio.person("ben").slash("pictures", f"review {command}")


async def test_nobody_blocks_themselves_a_bot_or_who_stands_above(studio: Studio) -> None:
    world = studio.world
    robot = world.add_user("robot", "Robot", is_bot=True)
    world.add_member(world.guild("Lantern Studio"), robot)
    assert "can't block yourself" in (await block(studio, "mia"))
    assert "Only someone with a higher role" in (await block(studio, "otto"))
    for who in (robot, world.app.user):
        heard = await hear(studio, "block", member=who, duration="1 day")
        assert "nothing to block" in heard
    assert "No one is blocked here" in (await hear(studio, "blocked"))


async def test_a_moderator_is_blocked_from_above_and_does_not_end_it(studio: Studio) -> None:
    await block(studio, "mia", by="otto")
    assert BLOCKED in await ask(studio, "mia")
    mia = studio.world.user("mia")
    assert "can't end your own block" in (await hear(studio, "unblock", member=mia))
    assert BLOCKED in await ask(studio, "mia")
    assert AGAIN in (await hear(studio, "unblock", "otto", member=mia))


async def test_moderators_of_the_same_rank_do_not_block_each_other(studio: Studio) -> None:
    guild = studio.world.guild("Lantern Studio")
    moderators = next(role for role in guild.roles.values() if role.name == "Moderator")
    studio.world.add_member(guild, studio.world.add_user("nina", "Nina"), moderators)
    assert "Only someone with a higher role" in (await block(studio, "nina"))
    lower = studio.world.add_role(guild, "Helper", Permissions.MANAGE_MESSAGES)
    lower.position = -1
    studio.world.add_member(guild, studio.world.add_user("olaf", "Olaf"), lower)
    assert "gets no images here" in (await block(studio, "olaf"))


async def test_who_has_left_is_blocked_and_finds_the_block_on_return(studio: Studio) -> None:
    guild, ada = studio.world.guild("Lantern Studio"), studio.world.user("ada")
    member = guild.members.pop(ada.id)
    assert "gets no images here" in (await block(studio))
    guild.members[ada.id] = member
    assert BLOCKED in await ask(studio)


@pytest.mark.parametrize(
    ("duration", "reason", "heard"),
    [
        ("soon", "", "“soon” isn't a length of time that I can read. Write one like 3 days"),
        ("5 min", "", "A block can last from 1 hour to"),
        ("99999 years", "", "A block can last from 1 hour to"),
    ],
)
async def test_bad_input_says_what_to_do(studio: Studio, duration: str, reason: str, heard: str) -> None:
    assert heard in (await block(studio, duration=duration, reason=reason))
    assert "No one is blocked here" in (await hear(studio, "blocked"))


async def test_a_reason_that_is_too_long_is_refused_and_the_longest_is_shown(studio: Studio) -> None:
    with pytest.raises(ClientRefusedError):
        await block(studio, reason="*" * 4000)
    here = studio.person("mia").say("pictures", "hello")
    custom_id = f"review-block-form:{studio.member_id('ada')}:0:77"
    texts = {"other-length": "1 day", "reason": "<@1> **" * 600}
    heard = await heard_by(studio, submit_forged(studio, here, custom_id, "mia", texts))
    assert "The maximum is 1,000" in heard
    await block(studio, reason="*" * MOST_REASON)
    assert "\\*" * MOST_REASON in await ask(studio)


@pytest.mark.parametrize("value", ["6", "-1", "x", ""])
async def test_a_forged_choice_of_a_length_blocks_nobody(studio: Studio, value: str) -> None:
    here = studio.person("mia").say("pictures", "hello")
    custom_id = f"review-block-form:{studio.member_id('ada')}:0:77"
    await heard_by(studio, submit_forged(studio, here, custom_id, "mia", {"reason": "x"}, {"length": value}))
    await studio.imagine("ada")


# --- every door ---


async def test_no_command_leads_past_a_block(studio: Studio) -> None:
    """Otto owns the server, and is blocked nevertheless."""
    await studio.services.block_list.block(
        studio.guild_id(), studio.member_id("mia"), studio.member_id("otto"), None, ""
    )
    refused = set()
    for command in [one for one in studio.world.commands.values() if one.kind is CommandKind.SLASH]:
        for name, options in subcommands(command):
            if name == "review unblock":
                continue
            heard = await told(
                studio, studio.person("otto").slash("pictures", name, **filled_in(studio, options))
            )
            if BLOCKED in heard:
                refused.add(f"/{name}")
    assert refused == {*(door for door in DOORS_TO_PICTURES if door.startswith("/")), "/usage"}
    assert await studio.states("otto") == []


async def test_no_button_list_or_dialogue_leads_past_a_block(studio: Studio) -> None:
    picture = await studio.imagine("ada")
    await block(studio)
    refused = set()
    for action, custom_id in custom_ids(picture).items():
        if action is Action.PRIVACY_DELETE:  # after which there is nothing to press
            continue
        forged = submit_forged if action.endswith("-form") else press_forged
        studio.clock.pass_by(WITHIN_SECONDS)  # many refusals in a minute are answered otherwise
        if BLOCKED in await told(studio, forged(studio, picture, custom_id, "ada")):
            refused.add(action.value)
    assert refused == {door for door in DOORS_TO_PICTURES if not door.startswith("/")} | {"post-publicly"}
    assert len(await studio.states()) == 1
    assert len(studio.asked) == 1


async def test_a_reply_of_a_blocked_member_is_signed_and_nobody_else_reads_why(studio: Studio) -> None:
    picture = await studio.imagine("ada")
    await block(studio, reason="spam")
    before = len(studio.sent_by_bot())
    me = studio.world.app.user.id
    said = studio.person("ada").say("pictures", f"<@{me}> make it night", reply_to=picture)
    await studio.until(lambda: said.reactions)
    assert len(studio.sent_by_bot()) == before
    assert len(await studio.states()) == 1
