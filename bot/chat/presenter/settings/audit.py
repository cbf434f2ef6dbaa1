"""/review audit: who changed which setting or whose picture, when, and from what to what."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.cards.details import image_name
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Color, Message, Row
from bot.chat.presenter.elements.numbers import at
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.settings.language_settings import language_name
from bot.chat.presenter.settings.moderation_panel import hiding_name
from bot.chat.presenter.settings.notice_settings import notices_name
from bot.chat.presenter.settings.quality_panel import max_quality_words
from bot.chat.presenter.settings.retention_settings import days_name
from bot.chat.presenter.wording.block_words import until_words
from bot.chat.presenter.wording.limit_fields import limit_field_name
from bot.chat.presenter.wording.strike_words import causes_words, steps_words
from bot.domain.administration import AuditEntry, AuditTopic, RuleScope, RuleSubject, Values
from bot.domain.block import THE_BOT
from bot.domain.limits import FIELDS, LimitField
from bot.domain.presets import NAME_MOST_CHARACTERS
from bot.words.catalogs import deferred, ngettext, pgettext
from bot.words.catalogs import gettext as _
from bot.words.formats import money, number, with_commas

PAGE_LENGTH = 10
_MOST_CHANNELS = 5
#: Ten entries with their reasons fit into one message.
_MOST_REASON = 120
#: The most characters shown of an entry of the word list.
_MOST_WORD = 30
#: Of the words of a style.
_MOST_WORDS = 40


def audit(entries: Sequence[AuditEntry], *, has_older: bool, is_newest: bool) -> Message:
    lines = [f"{at(entry.at)} {_actor(entry)}\n{_change(entry)}" for entry in entries]
    return Message(
        title=_("Changes by admins and moderators"),
        body="\n\n".join(lines) or _("No settings have been changed yet."),
        color=Color.WORKING,
        rows=_rows(entries, has_older=has_older, is_newest=is_newest),
    )


def _actor(entry: AuditEntry) -> str:
    return _("the bot") if entry.actor_id == THE_BOT else mention(entry.actor_id)


def _change(entry: AuditEntry) -> str:  # noqa: PLR0911  one flat list, to be read as one
    if not entry.is_readable:
        return _("This change can't be read: the key that encrypted it is missing.")
    match entry.topic:
        case AuditTopic.LIMITS:
            return _limits_change(entry)
        case AuditTopic.CHANNELS:
            return _channels_change(_ids(entry.before, "channel_ids"), _ids(entry.after, "channel_ids"))
        case AuditTopic.APPROVAL:
            return _approval_change(entry)
        case AuditTopic.WORDS:
            return _words_change(entry)
        case (
            AuditTopic.REMOVED
            | AuditTopic.GIVEN_BACK
            | AuditTopic.DISMISSED
            | AuditTopic.APPROVED
            | AuditTopic.REJECTED
        ):
            return _picture_change(entry)
        case AuditTopic.BLOCKED | AuditTopic.UNBLOCKED | AuditTopic.STRUCK | AuditTopic.FORGIVEN:
            return _member_change(entry)
        case AuditTopic.PRESETS:
            return _preset_change(entry)
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


def _reports(values: Values) -> str:
    value = values.get("reports")
    return hiding_name(value if isinstance(value, int) else None)


def _days(values: Values) -> str:
    value = values.get("days")
    return days_name(value if isinstance(value, int) else None)


def _money(values: Values) -> str:
    value = values.get("budget_microusd")
    return money(value) if isinstance(value, int) else pgettext("budget", "none")


def _channel(values: Values) -> str:
    value = values.get("channel_id")
    return f"<#{value}>" if value else pgettext("channel", "none")


def _on_or_off(values: Values) -> str:
    return pgettext("summary", "on") if values.get("is_on") else pgettext("summary", "off")


def _language(values: Values) -> str:
    value = values.get("language")
    return language_name(value if isinstance(value, str) else None)


def _quality(values: Values) -> str:
    ids, counts_as = values.get("role_ids"), values.get("counts_as")
    roles = [int(role_id) for role_id in ids] if isinstance(ids, Sequence) else None
    return max_quality_words(roles, counts_as if isinstance(counts_as, int) else 1)


def _approval_change(entry: AuditEntry) -> str:
    """Show both rules; of long lists, what has changed comes first."""
    before, after = _named(entry.before), _named(entry.after)
    changed = set(before) ^ set(after)
    shown = [
        _approval(values, sorted(named, key=lambda mention: mention not in changed))
        for values, named in ((entry.before, before), (entry.after, after))
    ]
    return _("Approval: {change}", change=_arrow(*shown))


def _named(values: Values) -> list[str]:
    """Return the mentions of the roles and channels whose images need approval."""
    return [
        f"<{mark}{id_}>"
        for mark, name in (("@&", "role_ids"), ("#", "channel_ids"))
        for id_ in _ids(values, name)
    ]


def _approval(values: Values, named: Sequence[str]) -> str:
    parts = [_("For everyone")] if values.get("is_for_everyone") else []
    return with_commas([*parts, *([_some(named)] if named else [])]) or _("No images need approval.")


def _preset_change(entry: AuditEntry) -> str:
    before, after = _preset(entry.before), _preset(entry.after)
    if not before:
        return _("Style added: {style}", style=after)
    if not after:
        return _("Style removed: {style}", style=before)
    return _("Style: {change}", change=f"{before} → {after}")


def _preset(values: Values) -> str:
    """Return the name and the beginning of the words; nothing if there was no preset."""
    name, words = values.get("name"), values.get("words")
    if name is None:
        return ""
    shown = plain(one_line(str(words), _MOST_WORDS))
    return f"**{plain(one_line(str(name), NAME_MOST_CHARACTERS))}** ({shown})"


def _picture_change(entry: AuditEntry) -> str:
    picture, member = entry.after.get("picture"), mention(entry.after.get("member_id"))
    image = image_name(picture) if isinstance(picture, int) else "?"
    reason = plain(one_line(str(entry.after.get("reason") or ""), _MOST_REASON))
    line = _picture_line(entry, image, member)
    return f"{line}\n> {reason}" if reason else line


def _picture_line(entry: AuditEntry, image: str, member: str) -> str:
    if entry.topic is AuditTopic.REMOVED:
        return _("Deleted for everyone: **{image}** of {member}", image=image, member=member)
    if entry.topic is AuditTopic.DISMISSED:
        return _("Reports dismissed: **{image}** of {member}", image=image, member=member)
    if entry.topic is AuditTopic.APPROVED:
        return _("Approved: **{image}** of {member}", image=image, member=member)
    if entry.topic is AuditTopic.REJECTED:
        return _("Not approved: **{image}** of {member}", image=image, member=member)
    return _("No longer counts: **{image}** of {member}", image=image, member=member)


def _member_change(entry: AuditEntry) -> str:
    """Return what a moderator did to a member, with the reason if one was given."""
    member, count = mention(entry.after.get("member_id")), entry.after.get("count")
    match entry.topic:
        case AuditTopic.UNBLOCKED:
            line = _("No longer blocked: {member}", member=member)
        case AuditTopic.FORGIVEN:
            forgiven = count if isinstance(count, int) else 1
            line = ngettext(
                "Forgiven: {count} strike of {member}",
                "Forgiven: {count} strikes of {member}",
                forgiven,
                member=member,
            )
        case AuditTopic.STRUCK:
            line = _("Strike given: {member}", member=member)
        case _:
            line = _block_change(entry, member)
    reason = plain(one_line(str(entry.after.get("reason") or ""), _MOST_REASON))
    return f"{line}\n-# {reason}" if reason else line


def _block_change(entry: AuditEntry, member: str) -> str:
    line = _("Blocked: {member} {until}", member=member, until=_until(entry.after))
    if "member_id" in entry.before:
        before = _("before: {until}", until=_until(entry.before))
        line = f"{line} ({before})"
    return line


def _strike_rules(values: Values) -> str:
    """Return "off", or the steps of the ladder as admins type them."""
    if not values.get("is_on"):
        return pgettext("strikes", "off")
    causes, steps = str(values.get("causes") or ""), str(values.get("steps") or "")
    return with_commas(part for part in (steps_words(steps), *causes_words(causes)) if part)


def _until(values: Values) -> str:
    until = values.get("until")
    return until_words(datetime.fromtimestamp(until, UTC) if isinstance(until, int) else None)


def _words_change(entry: AuditEntry) -> str:
    if "names_words" in entry.after:
        return (
            _("Refusals say the word: yes") if entry.after["names_words"] else _("Refusals say the word: no")
        )
    counts = [str(values.get("count", 0)) for values in (entry.before, entry.after)]
    change = _("Word list: {change}", change=_arrow(*counts))
    texts = [plain(one_line(text, _MOST_WORD)) for text in str(entry.after.get("texts", "")).splitlines()]
    return f"{change} ({with_commas(texts)})" if texts else change


def _ids(values: Values, name: str) -> list[object]:
    ids = values.get(name)
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
    return _some([f"<#{channel_id}>" for channel_id in ids]) if ids else _("all channels")


def _some(mentions: Sequence[str]) -> str:
    """Return the first ones, and how many more there are."""
    shown = with_commas(mentions[:_MOST_CHANNELS])
    more = len(mentions) - _MOST_CHANNELS
    if more <= 0:
        return shown
    return ngettext("{channels} and {count} more", "{channels} and {count} more", more, channels=shown)


def _whom(subject: RuleSubject | None) -> str:
    if subject is None or subject.scope is RuleScope.GUILD:
        return pgettext("limits", "everyone")
    if subject.scope is RuleScope.MEMBER:
        return mention(subject.id)
    return f"<@&{subject.id}>" if subject.scope is RuleScope.ROLE else f"<#{subject.id}>"


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
    AuditTopic.SUMMARY: (deferred("Weekly summary: {change}"), _on_or_off),
    AuditTopic.LANGUAGE: (deferred("Language: {change}"), _language),
    AuditTopic.QUALITY: (deferred("Max quality: {change}"), _quality),
    AuditTopic.STRIKES: (deferred("Strikes: {change}"), _strike_rules),
    AuditTopic.NOTICES: (deferred("Notices: {change}"), _seconds),
    AuditTopic.HIDING: (deferred("Reports: {change}"), _reports),
    AuditTopic.RETENTION: (deferred("Retention: {change}"), _days),
    AuditTopic.AGE: (deferred("Only age-restricted channels: {change}"), _on_or_off),
    AuditTopic.FEED: (deferred("Feed: {change}"), _channel),
    AuditTopic.MODERATION: (deferred("Moderators' channel: {change}"), _channel),
}
