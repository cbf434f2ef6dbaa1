"""/review audit: who changed which setting, when, and from what to what."""

from collections.abc import Sequence

from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.message import Button, Color, Message, Row
from bot.chat.presenter.numbers import at, usd
from bot.domain.administration import AuditEntry, AuditTopic, RuleScope, RuleSubject, Values
from bot.domain.limits import FIELDS, LimitField

PAGE_LENGTH = 10
_MOST_CHANNELS = 5
_NOT_SET = "not set"
_LIMITS = {
    LimitField.PER_HOUR: "an hour",
    LimitField.PER_DAY: "a day",
    LimitField.RUNNING: "at a time",
}


def audit(entries: Sequence[AuditEntry], *, has_older: bool, is_newest: bool) -> Message:
    lines = [f"{at(one.at)} <@{one.actor_id}>\n{_change(one)}" for one in entries]
    return Message(
        title="Changes of settings",
        body="\n\n".join(lines) or "Nothing has been changed yet.",
        color=Color.WORKING,
        rows=_rows(entries, has_older=has_older, is_newest=is_newest),
    )


def _change(one: AuditEntry) -> str:
    match one.topic:
        case AuditTopic.LIMITS:
            changed = [_limit(field, one) for field in FIELDS if _differs(field, one)]
            return f"Limits of {_who(one.subject)}: {', '.join(changed) or 'unchanged'}"
        case AuditTopic.BUDGET:
            return f"Budget: {_arrow(_money(one.before), _money(one.after))}"
        case AuditTopic.CHANNELS:
            return f"Channels: {_channels_change(_channel_ids(one.before), _channel_ids(one.after))}"
        case AuditTopic.LOG_CHANNEL:
            return f"Log channel: {_arrow(_channel(one.before), _channel(one.after))}"


def _arrow(before: str, after: str) -> str:
    return f"{before} → **{after}**"


def _differs(field: LimitField, one: AuditEntry) -> bool:
    return one.before.get(field) != one.after.get(field)


def _limit(field: LimitField, one: AuditEntry) -> str:
    before, after = (_number(values.get(field)) for values in (one.before, one.after))
    return f"{_LIMITS[field]} {_arrow(before, after)}"


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else _NOT_SET


def _money(values: Values) -> str:
    value = values.get("budget_microusd")
    return usd(value) if isinstance(value, int) else "none"


def _channel(values: Values) -> str:
    value = values.get("channel_id")
    return f"<#{value}>" if value else "none"


def _channel_ids(values: Values) -> list[object]:
    ids = values.get("channel_ids")
    return list(ids) if isinstance(ids, Sequence) else []


def _channels_change(before: Sequence[object], after: Sequence[object]) -> str:
    """Of a long list, what was added and removed: the beginnings of both may be the same."""
    if max(len(before), len(after)) <= _MOST_CHANNELS or not (before and after):
        return _arrow(_channels(before), _channels(after))
    added = [one for one in after if one not in before]
    removed = [one for one in before if one not in after]
    changes = [("added", added), ("removed", removed)]
    return "; ".join(f"{what} **{_channels(ids)}**" for what, ids in changes if ids) or "unchanged"


def _channels(ids: Sequence[object]) -> str:
    if not ids:
        return "everywhere"
    shown = ", ".join(f"<#{one}>" for one in ids[:_MOST_CHANNELS])
    return f"{shown} and {len(ids) - _MOST_CHANNELS:,} more" if len(ids) > _MOST_CHANNELS else shown


def _who(subject: RuleSubject | None) -> str:
    if subject is None or subject.scope is RuleScope.GUILD:
        return "everyone"
    return f"<@&{subject.id}>" if subject.scope is RuleScope.ROLE else f"<@{subject.id}>"


def _rows(entries: Sequence[AuditEntry], *, has_older: bool, is_newest: bool) -> list[Row]:
    buttons = []
    if not is_newest:
        buttons.append(Button("Newest", custom_id(Action.REVIEW_AUDIT, 0)))
    if has_older and entries:
        buttons.append(Button("Older", custom_id(Action.REVIEW_AUDIT, entries[-1].id)))
    return [buttons] if buttons else []
