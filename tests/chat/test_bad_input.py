"""What people send who mean no good, or do not know better: each gets a clear answer, and nothing is lost."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.domain.ids import ChannelId
from bot.domain.strikes import StrikeRules, StrikeStep
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import ADMIN, MEMBER, MODERATOR, OWNER, heard
from tests.chat.presses import submit_forged
from tests.chat.studio import Studio, text_of
from tests.chat.test_approvals import held, newest
from tests.chat.test_complaints import report
from tests.chat.test_forged_ids import unforeseen
from tests.chat.test_review import review

LONG = ("**loud** <@1> @everyone `code` [x](https://evil.example) " * 80)[:4000]
LIVE = re.compile(r"(?<!\\)(?:<@1>|@everyone|\*\*loud|`code`|\]\(https://evil)")
TOO_LONG = "The maximum is 1,000"
#: Each dialogue that takes a reason, of moderators and of members, and the answer.
REASONS = {
    "remove-form": (":{job}:0::77", "Removed by a moderator"),
    "give-back-form": (":{job}:0::77", "doesn't count"),
    "reject-form": (":{job}:0:post:77", "Rejected: no one sees"),
    "reject-block-form": (":{job}:0:post:77", TOO_LONG),
    "review-block-form": (":{ada}:0:77", TOO_LONG),
    "review-strike-form": (":{ada}:0:77", TOO_LONG),
    "report-form": (":{message}:77", "will look at"),
}


async def strikes_are_on(studio: Studio) -> None:
    rules = StrikeRules(
        is_on=True, steps=(StrikeStep(count=1, within=timedelta(days=1), block=timedelta(hours=1)),)
    )
    await studio.services.administration.set_strikes(
        studio.guild_id(), studio.member_id(ADMIN), lambda _: rules
    )


def said(studio: Studio) -> str:
    return "\n".join(map(text_of, studio.sent_by_bot()))


# --- reasons ---


@pytest.mark.parametrize("form", REASONS)
async def test_a_reason_of_4000_characters_with_markdown_and_mentions(studio: Studio, form: str) -> None:
    """It is refused, or taken; in both cases nothing in it has a meaning."""
    await strikes_are_on(studio)
    card = await held(studio) if form.startswith("reject") else await studio.imagine()
    names = {"job": (await newest(studio)).id, "ada": studio.member_id(OWNER), "message": card.id}
    args, answer = REASONS[form]
    who = MEMBER if form == "report-form" else MODERATOR
    here = card if who == MEMBER else studio.person(who).say("pictures", "hello")
    texts = {"reason": LONG, "other-length": "1 day"}
    told = await heard(studio, submit_forged(studio, here, form + args.format(**names), who, texts))
    assert answer in told
    assert unforeseen(studio) == 0
    await review(studio, "reports")
    await review(studio, "audit")
    assert LIVE.findall(said(studio)) == []
    assert not any(message.mentions for message in studio.sent_by_bot())


# --- blocks ---


@pytest.mark.parametrize(
    ("whom", "answer"),
    [
        ("otto", "Only someone with a higher role"),
        ("mia", "can't block yourself"),
        ("lantern", "nothing to block"),
        ("nobody", "**Blocked here**"),
    ],
)
async def test_a_forged_dialogue_blocks_nobody_whom_the_command_does_not(
    studio: Studio, whom: str, answer: str
) -> None:
    """Who has left, or never came, is blocked by id."""
    by_name: Mapping[str, int] = {user.username: user.id for user in studio.world.users.values()}
    here = studio.person(MODERATOR).say("pictures", "hello")
    custom_id = f"review-block-form:{by_name.get(whom, 1234567890)}:0:77"
    texts = {"other-length": "1 day", "reason": ""}
    assert answer in await heard(studio, submit_forged(studio, here, custom_id, MODERATOR, texts))


# --- lists of words ---


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ("\n".join(f"word{number}" for number in range(100_000)), "Added 2,000 entries"),
        ("🍇\n" * 2000, "Added 1 entry"),
        ("(a+)+$\n(.*)*x\n[ae]{1,99999}", "Regular expressions are read as plain text"),
        ("\u202e\u2066\n\u200f" * 1000, "no letter, digit or emoji"),
    ],
    ids=["100,000 lines", "one emoji", "regular expressions", "right-to-left marks"],
)
async def test_a_list_of_words_that_makes_no_sense_is_answered_and_members_go_on(
    studio: Studio, lines: str, answer: str
) -> None:
    here = studio.person(ADMIN).say("pictures", "hello")
    sent = submit_forged(studio, here, "words-add-form:77", ADMIN, {"lines": lines}, has_file=False)
    told = await heard(studio, sent)
    assert answer in told
    assert unforeseen(studio) == 0
    await studio.imagine(prompt="an owl")


# --- places that are gone or closed ---


async def test_a_picture_whose_channel_is_gone_is_approved_and_kept_for_its_member(studio: Studio) -> None:
    card = await held(studio)
    job = await newest(studio)
    studio.world.delete_channel(card.channel)
    here = studio.person(MODERATOR).say("general", "hello")
    told = await heard(
        studio, submit_forged(studio, here, f"reject-form:{job.id}:0:post:77", MEMBER, {"reason": "x"})
    )
    assert "Manage Messages" in told
    message = await studio.person(MODERATOR).slash("general", "review approvals").message()
    (select,) = [part for part in message.parts() if part.get("options")]
    mia = studio.person(MODERATOR)
    await mia.choose(message, select["placeholder"], [select["options"][0]["value"]]).answer()
    await studio.until(lambda: "Approve" in str(message.components))
    await mia.press(message, "Approve").answer()
    await studio.until(lambda: "No image waits for approval" in text_of(message))
    jobs = await studio.person(OWNER).slash("general", "jobs").message()
    assert "📦 a fox in the snow" in text_of(jobs)
    assert unforeseen(studio) == 0


@pytest.mark.parametrize("act", ["a block by strikes", "a picture hidden by reports"])
async def test_a_log_channel_that_the_bot_may_not_write_to_holds_nothing_up(studio: Studio, act: str) -> None:
    general, administration = studio.world.channel("general"), studio.services.administration
    by = studio.guild_id(), studio.member_id(ADMIN)
    await administration.set_log_channel(*by, ChannelId(general.id))
    studio.world.set_overwrite(general, studio.world.app.user, deny=Permissions.SEND_MESSAGES)
    card = await studio.imagine()
    if act == "a block by strikes":
        await strikes_are_on(studio)
        await studio.services.strike_list.add(*by, studio.member_id(OWNER), "spam")
        told = await studio.person(OWNER).slash("pictures", "imagine", prompt="a fox").message()
        assert "You have too many strikes" in text_of(told)
    else:
        await administration.set_hiding(*by, 1)
        await report(studio, card)
        await studio.until(lambda: not card.attachments)
    await studio.imagine(MEMBER)
    check = await studio.person(ADMIN).slash("pictures", "config check").message()
    assert f"<#{general.id}>" in text_of(check)
    assert unforeseen(studio) == 0
