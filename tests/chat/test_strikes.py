"""Strikes as members, moderators and admins meet them."""

import pytest

from bot.domain.failure import Failure, FailureKind
from bot.domain.provider import Failed
from bot.domain.strikes import StrikeRules
from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.model import Message
from tests.chat.onlookers import heard as heard_by
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_blocks import ask, hear
from tests.chat.test_review import press, review

CAUSES = "What is a strike? …"


async def panel(studio: Studio) -> Message:
    return await studio.person("otto").slash("pictures", "config strikes").message()


async def press_as_admin(studio: Studio, message: Message, button: str, shows: str) -> None:
    await studio.person("otto").press(message, button).answer()
    await studio.until(lambda: shows in text_of(message))


async def turn_on(studio: Studio) -> None:
    await press_as_admin(studio, await panel(studio), "Turn on", "Strikes are **on**")


async def rules(studio: Studio) -> StrikeRules:
    settings = await studio.services.administration.settings(studio.guild_id())
    return settings.choices.strikes


async def strikes_of(studio: Studio, who: str = "ada") -> Message:
    return await review(studio, "strikes", member=studio.world.user(who))


async def add(studio: Studio, message: Message, reason: str = "", shows: str = "Strike added") -> None:
    modal = await studio.person("mia").press(message, "Add a strike").modal()
    await studio.person("mia").submit(modal, {"reason": reason} if reason else {}).answer()
    await studio.until(lambda: shows in text_of(message))


# --- the settings ---


async def test_an_admin_turns_strikes_on_and_off_and_the_audit_says_so(studio: Studio) -> None:
    message = await panel(studio)
    assert "Strikes are **off**" in text_of(message)
    assert "• 3 strikes within 1 day: blocked for 1 hour" in text_of(message)
    assert "• 8 strikes within 1 week: blocked for 1 week" in text_of(message)
    await press_as_admin(studio, message, "Turn on", "Strikes are **on**")
    await press_as_admin(studio, message, "Turn off", "Strikes are **off**")
    heard = await hear(studio, "audit")
    assert "Strikes: off → **3, 1 day, 1 hour · 5, 1 day, 1 day · 8, 1 week, 1 week" in heard


async def test_what_is_a_strike_is_chosen_from_a_list_of_which_nothing_need_be_left(studio: Studio) -> None:
    message = await panel(studio)
    await studio.person("otto").choose(message, CAUSES, ["words"]).answer()
    await studio.until(lambda: "Counted: The server's word list refuses a request" in text_of(message))
    await studio.person("otto").choose(message, CAUSES, []).answer()
    await studio.until(lambda: "Counted: only strikes that moderators give" in text_of(message))


async def test_the_ladder_is_edited_in_a_dialogue(studio: Studio) -> None:
    message = await panel(studio)
    modal = await studio.person("otto").press(message, "Change steps").modal()
    texts = {"step-1": "2; 3 hours; 90 min", "step-2": "", "step-3": "4, 1 week, permanently"}
    await studio.person("otto").submit(modal, texts).answer()
    await studio.until(lambda: "• 2 strikes within 3 hours: blocked for 90 minutes" in text_of(message))
    assert "• 4 strikes within 1 week: blocked permanently" in text_of(message)
    assert len((await rules(studio)).steps) == 2


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("three", "I can't read “three” as a step"),
        ("3, 1 day", "I can't read “3, 1 day” as a step"),
        ("x, 1 day, 1 hour", "like 3, 1 day, 1 hour"),
        ("999, 1 day, 1 hour", "from 1 to 100 strikes"),
        ("3, 1 year, 1 hour", "can count from 1 hour to 90 days"),
        ("3, permanently, 1 hour", "can count from 1 hour to 90 days"),
        ("3, 1 day, 1 min", "A block can last from 1 hour"),
        ("", "At least one step is needed"),
    ],
)
async def test_a_step_that_makes_no_sense_is_refused(studio: Studio, text: str, heard: str) -> None:
    here = studio.person("otto").say("pictures", "hello")
    told = await heard_by(studio, submit_forged(studio, here, "strikes-form:77", "otto", {"step-1": text}))
    assert heard in told
    assert await rules(studio) == StrikeRules()


@pytest.mark.parametrize("value", ["moderator", "x"])
async def test_a_forged_cause_changes_nothing(studio: Studio, value: str) -> None:
    here = studio.person("otto").say("pictures", "hello")
    await heard_by(studio, press_forged(studio, here, "strikes-causes", "otto", [value]))
    assert await rules(studio) == StrikeRules()


async def test_the_list_of_all_settings_leads_to_strikes(studio: Studio) -> None:
    message = await studio.person("otto").slash("pictures", "config show").message()
    await press_as_admin(studio, message, "Strikes", "Strikes are **off**")
    await press_as_admin(studio, message, "Back", "Choose what you want to change")


# --- what members read ---


async def test_a_failed_card_and_usage_tell_of_the_strike(studio: Studio) -> None:
    await turn_on(studio)
    studio.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await studio.until(lambda: "⚠️ **1 strike**" in text_of(card))
    assert "3 strikes within 1 day: blocked for 1 hour · all faded <t:" in text_of(card)
    usage = text_of(await studio.person("ada").slash("pictures", "usage").message())
    assert "⚠️ **1 strike** · 3 strikes within 1 day" in usage
    assert "⚠️" not in text_of(await studio.person("ben").slash("pictures", "usage").message())


async def test_without_strikes_a_failed_card_is_as_before(studio: Studio) -> None:
    studio.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await studio.until(lambda: "filter" in text_of(card))
    assert "⚠️" not in text_of(card)


# --- moderators ---


async def test_a_moderator_gives_strikes_until_they_block_and_forgives_them(studio: Studio) -> None:
    await turn_on(studio)
    message = await strikes_of(studio)
    assert "No strikes count now" in text_of(message)
    await add(studio, message, "be *nice*")
    assert "be \\*nice\\*" in text_of(message)
    assert "⚠️ **1 strike**" in text_of(message)
    await add(studio, message, shows="**2 strikes**")
    await add(studio, message, shows="It leads to a block")
    assert "**Blocked here**" in text_of(message)
    assert "You have too many strikes on this server" in await ask(studio)
    (select,) = [part for part in message.parts() if part.get("placeholder") == "Forgive a strike …"]
    await (
        studio.person("mia").choose(message, select["placeholder"], [select["options"][0]["value"]]).answer()
    )
    await studio.until(lambda: "**2 strikes**" in text_of(message))
    await press(studio, message, "Forgive all", "No strikes count now")
    assert "Forgive all" not in labels(message)
    assert "You have too many strikes" in await ask(studio)
    assert "again" in await hear(studio, "unblock", member=studio.world.user("ada"))
    await studio.imagine("ada")
    audit = await hear(studio, "audit")
    assert "Strike given: <@" in audit
    assert "Forgiven: 2 strikes of <@" in audit
    assert "the bot\nBlocked: <@" in audit


async def test_a_members_page_leads_to_their_strikes(studio: Studio) -> None:
    await press(
        studio, await review(studio, "member", who=studio.world.user("ada")), "Strikes", "Strikes are off"
    )


async def test_nobody_gives_strikes_to_who_stands_above_nor_forgives_their_own(studio: Studio) -> None:
    await turn_on(studio)
    message = await strikes_of(studio, "otto")
    modal = await studio.person("mia").press(message, "Add a strike").modal()
    told = await heard_by(studio, studio.person("mia").submit(modal, {}))
    assert "Only someone with a higher role" in told
    mia = studio.member_id("mia")
    await studio.services.strike_list.add(studio.guild_id(), studio.member_id("otto"), mia, "")
    message = await strikes_of(studio, "mia")
    told = await heard_by(studio, studio.person("mia").press(message, "Forgive all"))
    assert "can't forgive your own strikes" in told


@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_members_are_not_offered_it(studio: Studio, who: str) -> None:
    with pytest.raises(ClientRefusedError):
        studio.person(who).slash("pictures", "review strikes", member=studio.world.user("ada"))
