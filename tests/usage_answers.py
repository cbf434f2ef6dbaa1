"""Every answer to /usage that differs from the others, for the tests that look at all texts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.members.own_usage import own_usage
from bot.domain import errors
from bot.domain.admission_preview import AdmissionPreview, BudgetState, MaxQuality, ServerBudget
from bot.domain.block import BlockedHere, MemberBlock
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import MemberId
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage
from bot.domain.money import MICROUSD, Month, Spending
from bot.domain.notice import Notify
from bot.domain.reports import MemberUsage
from tests.builders import CHANNEL, GUILD, MEMBER, NOON

MONTH = Month.of(NOON)
SPENDING = Spending(month=MONTH, held_microusd=MICROUSD, spent_microusd=20 * MICROUSD)
DAILY = Usage(Rule(LimitField.PER_DAY, 12, LimitOrigin.GUILD), 9)
RUNNING = Usage(Rule(LimitField.RUNNING, 4, LimitOrigin.OPERATOR_DEFAULT), 0)
BLOCK = MemberBlock(
    guild_id=GUILD, member_id=MEMBER, actor_id=MemberId(2), at=NOON, until=NOON, reason="*spam* " * 142
)
BUDGET = ServerBudget(cap_microusd=25 * MICROUSD, spending=SPENDING, price_microusd=54_300)


def a_preview(*usages: Usage, **fields: object) -> AdmissionPreview:
    usage = MemberUsage(
        notify=Notify.WHEN_LONG, usages=usages, pictures_this_month=14, spending_this_month=SPENDING
    )
    preview = AdmissionPreview(month=MONTH, usage=usage, refusals=[])
    return replace(preview, **fields)  # type: ignore[arg-type]  # fields by name


def spent(*, is_operators: bool) -> errors.BudgetSpent:
    return errors.BudgetSpent(
        month=MONTH,
        cap_microusd=25 * MICROUSD,
        used_microusd=25 * MICROUSD,
        asked_microusd=54_300,
        is_operators=is_operators,
    )


STOPS: list[errors.Refusal] = [
    errors.PermissionsMissing(["attach_files"]),
    errors.CommandDenied("edit"),
    errors.ServicePaused(is_operator_notified=True),
    errors.Blocked("spam", is_server=False),
    BlockedHere(BLOCK),
    errors.ChannelNotAllowed([CHANNEL]),
    errors.LimitReached(DAILY.rule, 12, 1, NOON),
    spent(is_operators=True),
    spent(is_operators=False),
]
PREVIEWS = [
    a_preview(),
    a_preview(RUNNING, DAILY, budget=BUDGET, operators_budget=BudgetState.LITTLE, waits_until=NOON),
    *(
        a_preview(DAILY, max_quality=MaxQuality(is_allowed=is_allowed, counts_as=weight, price_microusd=1))
        for is_allowed in (True, False)
        for weight in (1, 2)
    ),
    a_preview(max_quality=MaxQuality(is_allowed=True, counts_as=1, price_microusd=1)),
    *(a_preview(refusals=STOPS, operators_budget=state) for state in BudgetState),
    a_preview(refusals=[errors.ServicePaused()], paused_by=Failure(FailureKind.NO_CREDIT)),
]
HINTS: list[errors.Refusal] = [
    errors.PermissionsMissing(["send_messages"]),
    errors.CommandDenied("edit"),
]


def usage_answers(largest: MemberUsage) -> Iterator[Callable[[], Message]]:
    """Functions that draw each of them; one with all that can be `largest`."""
    yield partial(own_usage, replace(PREVIEWS[1], usage=largest), STOPS)
    for preview in PREVIEWS:
        yield partial(own_usage, preview, [], HINTS)
