"""Every refusal and every failure has words, and they say what members need to know."""

from datetime import date, timedelta

import pytest

from bot.chat.access import bot_permissions
from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.presenter.elements.numbers import about, exactly
from bot.chat.presenter.elements.permission_names import permission_name
from bot.chat.presenter.wording.allowance import limit_words, usage_line
from bot.chat.presenter.wording.failures import failure_words, problem_words
from bot.chat.presenter.wording.refusals import mishap, refusal, refusal_words
from bot.domain import errors, moderation
from bot.domain.age import AgeRefused
from bot.domain.approval import ApprovalMissing
from bot.domain.block import BlockedHere, BlockProblem, BlockRefused, MemberBlock
from bot.domain.errors import LimitReached, Refusal
from bot.domain.failure import SOURCE_OUT_OF_REACH, Failure, FailureKind, SourceProblem
from bot.domain.ids import ChannelId, RoleId
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage
from bot.domain.luma import MANGA_RATIOS
from bot.domain.money import Month
from bot.domain.presets import (
    Preset,
    PresetProblem,
    PresetRefused,
    PresetUnknown,
    PromptTooLongForPreset,
)
from bot.domain.privacy import ErasureUnderWay, ExportTooSoon, ExportUnderWay
from bot.domain.quality import QualityDenied
from bot.domain.quiet import Quieted
from bot.domain.strikes import StrikeProblem, StrikeRefused
from bot.domain.word_list import WordRefused
from bot.words.language import speaking
from tests.builders import CHANNEL, GUILD, MEMBER, NOON
from tests.unit.message_limits import problems

PER_DAY = Rule(LimitField.PER_DAY, 12, LimitOrigin.OPERATOR_DEFAULT)
RUNNING = Rule(LimitField.RUNNING, 8, LimitOrigin.OPERATOR_DEFAULT)
IN_TWO_HOURS = NOON + timedelta(hours=2)

EXAMPLES: dict[type[Refusal], Refusal] = {
    type(one): one
    for one in (
        errors.PromptEmpty(),
        errors.PromptNamesNothing(),
        errors.PromptForgotten(),
        errors.PromptTooLong(7000, 6000),
        errors.CountOutOfRange(9, 4),
        errors.RatioNotForManga("16:9", MANGA_RATIOS),
        errors.NoPicture(),
        errors.MessageHidden(),
        errors.TooManyPictures(3),
        WordRefused("a *sepia*" * 20),
        errors.PictureRefused(SourceProblem.TOO_LARGE),
        LimitReached(PER_DAY, 12, 1, IN_TWO_HOURS),
        errors.ServicePaused(),
        errors.ServicePaused(is_operator_notified=True),
        errors.SourceNotChosen(),
        errors.ChoiceUnknown("style", "a *sepia*" * 1000),
        errors.TooManyPosts(10, NOON),
        ExportTooSoon(NOON),
        ExportUnderWay(),
        ErasureUnderWay(),
        errors.PermissionsMissing(["attach_files", "send_messages_in_threads"]),
        errors.JobUnknown(),
        errors.NotYours(),
        errors.NotPossibleNow(),
        errors.BudgetSpent(
            month=Month(2026, 3),
            cap_microusd=25_000_000,
            used_microusd=24_990_000,
            asked_microusd=54_300,
            is_operators=False,
        ),
        errors.ChannelNotAllowed([CHANNEL]),
        errors.ServerNotServed(),
        errors.Blocked("Too many *spam* prompts. " * 100, is_server=False),
        BlockedHere(
            MemberBlock(
                guild_id=GUILD,
                member_id=MEMBER,
                actor_id=MEMBER,
                at=NOON,
                until=None,
                reason="*sepia* " * 200,
            )
        ),
        BlockRefused(BlockProblem.LENGTH_UNREADABLE, "a *while* " * 100),
        StrikeRefused(StrikeProblem.STEP_UNREADABLE, "a *dozen* " * 100),
        errors.MemberPermissionMissing("manage_guild"),
        errors.CommandDenied("edit"),
        errors.ValueOutOfRange("per_day", -1, 0, 1000),
        errors.NoChannelLeft(),
        errors.NumberUnreadable("a *dozen*" * 1000),
        errors.PeriodEndsBeforeItBegins(date(2026, 3, 14), date(2026, 3, 1)),
        errors.PeriodTooLong(1000, 366),
        errors.DateUnreadable("yesterday"),
        QualityDenied([RoleId(77)]),
        PresetUnknown("*Oil*" * 100, ["*Watercolor*"] * 25),
        PresetRefused(PresetProblem.NAME_TAKEN),
        PromptTooLongForPreset(6200, 6000, Preset("*Oil*", "thick paint")),
        moderation.NothingToReport(is_deleted=True),
        moderation.OwnPicture(),
        AgeRefused([ChannelId(5)]),
        ApprovalMissing(),
        Quieted(12.3),
        moderation.ReportedBefore(),
        moderation.TooManyComplaints(5, NOON),
        moderation.ReasonMissing(),
        moderation.DecidedBefore(moderation.Decision.DISMISSED, MEMBER),
    )
}
NO_WORDS = refusal_words(Refusal())


def below(kind: type[Refusal]) -> set[type[Refusal]]:
    """All kinds of refusal that there are, without those that only have others below them."""
    subclasses = kind.__subclasses__()
    return {one for sub in subclasses for one in below(sub)} if subclasses else {kind}


def test_there_is_an_example_of_every_refusal() -> None:
    assert below(Refusal) == EXAMPLES.keys()


@pytest.mark.parametrize("kind", list(EXAMPLES), ids=lambda kind: str(kind.__name__))
def test_every_refusal_has_words_of_its_own(kind: type[Refusal]) -> None:
    words = refusal_words(EXAMPLES[kind])
    others = [refusal_words(one) for other, one in EXAMPLES.items() if other is not kind]
    assert words not in (*others, NO_WORDS)
    assert problems(refusal(EXAMPLES[kind])) == []


@pytest.mark.parametrize("kind", FailureKind)
def test_every_failure_has_words_and_was_not_counted(kind: FailureKind) -> None:
    words = failure_words(Failure(kind))
    assert words.what
    assert words.advice
    assert " This didn't count toward your limit. " in words.text


@pytest.mark.parametrize("problem", SourceProblem)
def test_every_problem_with_a_source_has_words_of_its_own(problem: SourceProblem) -> None:
    failed = failure_words(Failure(FailureKind.SOURCE, problem.value))
    assert failed == problem_words(problem)
    assert failed != failure_words(Failure(FailureKind.SOURCE))


def test_a_source_that_is_out_of_reach_is_not_called_gone() -> None:
    words = failure_words(Failure(FailureKind.SOURCE, SOURCE_OUT_OF_REACH))
    assert words not in (failure_words(Failure(FailureKind.SOURCE)), problem_words(SourceProblem.GONE))
    assert "may still be there" in words.text


def test_a_detail_that_is_not_known_leaves_the_general_words() -> None:
    assert failure_words(Failure(FailureKind.SOURCE, "new")) == failure_words(Failure(FailureKind.SOURCE))


def test_missing_permissions_are_named_as_discord_names_them() -> None:
    words = refusal_words(errors.PermissionsMissing(["attach_files", "send_messages_in_threads"]))
    assert "**Attach Files and Send Messages in Threads**" in words


def test_manga_names_the_ratios_that_it_comes_in() -> None:
    assert "2:3, 9:16, 1:2, or 1:3" in refusal_words(errors.RatioNotForManga("16:9", MANGA_RATIOS))


def test_what_went_wrong_inside_is_owned_up_to() -> None:
    assert "inside this bot" in mishap().body


# --- limits ---


def test_a_limit_says_whose_it_is_what_is_used_and_when_it_is_free_again() -> None:
    assert limit_words(LimitReached(PER_DAY, 12, 1, IN_TWO_HOURS)) == (
        "You've reached your limit: **12 per day** (bot default). Used: 12. "
        "The next one is available <t:1773496800:R>."
    )


def test_a_limit_says_how_many_are_left_of_several() -> None:
    words = limit_words(LimitReached(PER_DAY, 10, 4, IN_TWO_HOURS))
    assert "Used: 10, left: 2, requested: 4. All of them are available <t:1773496800:R>." in words


def test_a_limit_over_running_pictures_ends_when_one_is_finished() -> None:
    words = limit_words(LimitReached(RUNNING, 8, 1, None))
    assert words == (
        "You've reached your limit: **8 at once** (bot default). Generating now: 8. "
        "Try again when one of them is done."
    )


def test_a_limit_below_what_was_asked_for_asks_for_fewer() -> None:
    rule = Rule(LimitField.PER_HOUR, 2, LimitOrigin.OPERATOR_DEFAULT)
    assert "Request fewer images at once." in limit_words(LimitReached(rule, 0, 4, None))


def test_a_limit_of_zero_is_switched_off() -> None:
    rule = Rule(LimitField.PER_DAY, 0, LimitOrigin.OPERATOR_CEILING, everywhere=True)
    assert "You can't generate images here: your limit is **0 per day**" in limit_words(
        LimitReached(rule, 0, 1, None)
    )


def test_the_ceiling_says_that_it_holds_over_all_servers() -> None:
    rule = Rule(LimitField.PER_DAY, 3, LimitOrigin.OPERATOR_CEILING, everywhere=True)
    assert "across all servers" in limit_words(LimitReached(rule, 3, 1, IN_TWO_HOURS))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (LimitField.PER_HOUR, "3 of 5 in the last hour"),
        (LimitField.PER_DAY, "3 of 5 in the last 24 hours"),
        (LimitField.RUNNING, "3 of 5 generating now"),
        (LimitField.ATTEMPTS, "3 of 5 attempts in the last hour"),
    ],
)
def test_usage_names_its_span(field: LimitField, words: str) -> None:
    assert usage_line(Usage(Rule(field, 5, LimitOrigin.OPERATOR_DEFAULT), 3)) == words


# --- numbers ---


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "about 5 seconds"),
        (33, "about 35 seconds"),
        (50, "about 1 minute"),
        (86, "about 1 minute"),
        (95, "about 2 minutes"),
        (400, "about 7 minutes"),
    ],
)
def test_a_guess_is_rounded(seconds: float, words: str) -> None:
    assert about(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(58.4, "58 sec"), (60, "1 min"), (125, "2 min 5 sec")])
def test_a_measured_time_is_exact(seconds: float, words: str) -> None:
    assert exactly(seconds) == words


def test_durations_are_written_as_each_language_does() -> None:
    with speaking("de"):
        assert (about(33), exactly(125)) == ("etwa 35 Sekunden", "2 Min. 5 Sek.")
    with speaking("ja"):
        assert (about(95), exactly(125), exactly(120)) == ("約2分", "2分5秒", "2分")


# --- permissions ---


@pytest.mark.parametrize("name", [*bot_permissions.ALL, *(duty.value for duty in RestrictedCommand)])
def test_every_permission_that_is_asked_for_has_a_name(name: str) -> None:
    assert permission_name(name)[0].isupper()
