"""/review audit: who changed which setting or whose picture, when, and from what to what."""

from collections.abc import Callable, Mapping, Sequence

from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.details import image_name
from bot.chat.presenter.language_settings import language_name
from bot.chat.presenter.limit_fields import limit_field_name
from bot.chat.presenter.message import Button, Color, Message, Row
from bot.chat.presenter.notice_settings import notices_name
from bot.chat.presenter.numbers import at
from bot.chat.presenter.quality_panel import max_quality_words
from bot.domain.administration import AuditEntry, AuditTopic, RuleScope, RuleSubject, Values
from bot.domain.limits import FIELDS, LimitField
from bot.words.catalogs import deferred, ngettext, pgettext
from bot.words.catalogs import gettext as _
from bot.words.formats import money, number, with_commas

PAGE_LENGTH = 10
_MOST_CHANNELS = 5


def audit(entries: Sequence[AuditEntry], *, has_older: bool, is_newest: bool) -> Message:
    lines = [f"{at(entry.at)} <@{entry.actor_id}>\n{_change(entry)}" for entry in entries]
    return Message(
        title=_("Changes by admins and moderators"),
        body="\n\n".join(lines) or _("No settings have been changed yet."),
        color=Color.WORKING,
        rows=_rows(entries, has_older=has_older, is_newest=is_newest),
    )


def _change(entry: AuditEntry) -> str:
    match entry.topic:
        case AuditTopic.LIMITS:
            return _limits_change(entry)
        case AuditTopic.CHANNELS:
            return _channels_change(_channel_ids(entry.before), _channel_ids(entry.after))
        case AuditTopic.REMOVED | AuditTopic.GIVEN_BACK:
            return _picture_change(entry)
        case topic:
            words, value = _CHOICES[topic]
            return _(words, change=_arrow(value(entry.before), value(entry.after)))


def _arrow(before: str, after: str) -> str:
    return f"{before} → **{after}**"


def _limits_change(entry: AuditEntry) -> str:
    """Return a line for each limit that was changed."""
    whom = _whom(entry.subject)
    changed = [_limit(field, entry, whom) for field in FIELDS if _differs(field, entry)]
    return "\n".join(changed) or _("Limits ({whom}): no change", whom=whom)


def _differs(field: LimitField, entry: AuditEntry) -> bool:
    return entry.before.get(field) != entry.after.get(field)


def _limit(field: LimitField, entry: AuditEntry, whom: str) -> str:
    change = _arrow(*(_number(values.get(field)) for values in (entry.before, entry.after)))
    # Translators: such as "Images per day (everyone): not set → 5".
    return _("{limit} ({whom}): {change}", limit=limit_field_name(field), whom=whom, change=change)


def _number(value: object) -> str:
    return number(value) if isinstance(value, int) else pgettext("limit", "not set")


def _seconds(values: Values) -> str:
    value = values.get("seconds")
    return notices_name(value if isinstance(value, int) else None)


def _money(values: Values) -> str:
    value = values.get("budget_microusd")
    return money(value) if isinstance(value, int) else pgettext("budget", "none")


def _channel(values: Values) -> str:
    value = values.get("channel_id")
    return f"<#{value}>" if value else pgettext("channel", "none")


def _language(values: Values) -> str:
    value = values.get("language")
    return language_name(value if isinstance(value, str) else None)


def _quality(values: Values) -> str:
    ids, counts_as = values.get("role_ids"), values.get("counts_as")
    roles = [int(role_id) for role_id in ids] if isinstance(ids, Sequence) else None
    return max_quality_words(roles, counts_as if isinstance(counts_as, int) else 1)


def _picture_change(entry: AuditEntry) -> str:
    picture, member = entry.after.get("picture"), f"<@{entry.after.get('member_id')}>"
    image = image_name(picture) if isinstance(picture, int) else "?"
    if entry.topic is AuditTopic.REMOVED:
        return _("Deleted for everyone: **{image}** of {member}", image=image, member=member)
    return _("No longer counts: **{image}** of {member}", image=image, member=member)


def _channel_ids(values: Values) -> list[object]:
    ids = values.get("channel_ids")
    return list(ids) if isinstance(ids, Sequence) else []


def _channels_change(before: Sequence[object], after: Sequence[object]) -> str:
    """Show both lists, but of long ones only the changes: both may begin with the same channels."""
    if max(len(before), len(after)) <= _MOST_CHANNELS or not (before and after):
        return _("Channels: {change}", change=_arrow(_channels(before), _channels(after)))
    added = [channel_id for channel_id in after if channel_id not in before]
    removed = [channel_id for channel_id in before if channel_id not in after]
    lines = []
    if added:
        lines.append(_("Channels added: **{channels}**", channels=_channels(added)))
    if removed:
        lines.append(_("Channels removed: **{channels}**", channels=_channels(removed)))
    return "\n".join(lines) or _("Channels: no change")


def _channels(ids: Sequence[object]) -> str:
    if not ids:
        return _("all channels")
    shown = with_commas(f"<#{channel_id}>" for channel_id in ids[:_MOST_CHANNELS])
    more = len(ids) - _MOST_CHANNELS
    if more <= 0:
        return shown
    return ngettext("{channels} and {count} more", "{channels} and {count} more", more, channels=shown)


def _whom(subject: RuleSubject | None) -> str:
    if subject is None or subject.scope is RuleScope.GUILD:
        return pgettext("limits", "everyone")
    marks = {RuleScope.ROLE: "@&", RuleScope.MEMBER: "@", RuleScope.CHANNEL: "#"}
    return f"<{marks[subject.scope]}{subject.id}>"


def _rows(entries: Sequence[AuditEntry], *, has_older: bool, is_newest: bool) -> list[Row]:
    buttons = []
    if not is_newest:
        buttons.append(Button(_("Newest"), custom_id(Action.REVIEW_AUDIT, 0)))
    if has_older and entries:
        buttons.append(Button(_("Older"), custom_id(Action.REVIEW_AUDIT, entries[-1].id)))
    return [buttons] if buttons else []


#: The topics with one value: the words, and the function that names the value.
_CHOICES: Mapping[AuditTopic, tuple[str, Callable[[Values], str]]] = {
    AuditTopic.BUDGET: (deferred("Budget: {change}"), _money),
    AuditTopic.LOG_CHANNEL: (deferred("Log channel: {change}"), _channel),
    AuditTopic.LANGUAGE: (deferred("Language: {change}"), _language),
    AuditTopic.QUALITY: (deferred("Max quality: {change}"), _quality),
    AuditTopic.NOTICES: (deferred("Notices: {change}"), _seconds),
}
