"""/config check: where the bot may work, and what to do where it may not."""

from collections.abc import Sequence
from enum import Enum, auto

from bot.chat.presenter.elements.message import Color, Message
from bot.chat.presenter.elements.permission_names import permission_name
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import listed, with_commas

#: The channels of one line, and the lines of each kind: all together fit into one message.
_MOST_CHANNELS = 10
_MOST_LINES = 5


class Unusable(Enum):
    """A channel that no permission helps."""

    GONE = auto()
    #: Earlier versions let admins choose it.
    WRONG_KIND = auto()


#: A channel, and the permissions that are missing there.
Finding = tuple[int, Sequence[str] | Unusable]


def checked(
    pictures: Sequence[Finding],
    log: Finding | None,
    hidden: Sequence[int] = (),
    moderators: Finding | None = None,
    feed: Finding | None = None,
) -> Message:
    """Draw the check. Channels with the same problem share a line, and problems come first.

    `hidden` are channels that no admin has chosen for images, and that the bot cannot see: no problem.
    """
    images, log_channel = _("Images"), _("Log channel")
    lines = [f"**{images}**", *_lines(pictures)]
    if hidden:
        words = _("🔒 Hidden from me, so no images there: {channels}", channels=_channels(hidden))
        lines.append(f"-# {words}")
    lines.append(f"\n**{log_channel}**")
    lines += _lines([log]) if log else [_("No log channel is set. Use `/config log` to set one.")]
    if moderators:
        moderators_channel = _("Moderators' channel")
        lines += [f"\n**{moderators_channel}**", *_lines([moderators])]
    if feed:
        feed_channel = _("Feed channel")
        lines += [f"\n**{feed_channel}**", *_lines([feed])]
    is_good = all(missing == [] for _id, missing in [*pictures, *filter(None, [log, moderators, feed])])
    return Message(
        title=_("Permissions of the bot"),
        body="\n".join(lines),
        color=Color.DONE if is_good else Color.PARTLY,
    )


def _lines(found: Sequence[Finding]) -> list[str]:
    by_missing: dict[tuple[str, ...], list[int]] = {}
    unusable: dict[Unusable, list[int]] = {why: [] for why in Unusable}
    for channel_id, missing in found:
        if isinstance(missing, Unusable):
            unusable[missing].append(channel_id)
        else:
            by_missing.setdefault(tuple(missing), []).append(channel_id)
    good = by_missing.pop((), [])
    lines = [_missing_line(channels, missing) for missing, channels in by_missing.items()]
    lines = _clipped(lines, list(by_missing.values()))
    for line, ids in ((_gone_line, unusable[Unusable.GONE]), (_wrong_line, unusable[Unusable.WRONG_KIND])):
        lines += _clipped([line(channel_id) for channel_id in ids], [[channel_id] for channel_id in ids])
    return [*lines, f"✅ {_channels(good)}"] if good else lines


def _clipped(lines: Sequence[str], channels: Sequence[Sequence[int]]) -> list[str]:
    """Return the first lines, and a count of the channels of the others."""
    more = sum(map(len, channels[_MOST_LINES:]))
    if not more:
        return [*lines]
    words = ngettext(
        "and {count} more channel with problems", "and {count} more channels with problems", more
    )
    return [*lines[:_MOST_LINES], f"-# {words}"]


def _missing_line(channels: Sequence[int], missing: Sequence[str]) -> str:
    names = listed([f"**{permission_name(permission)}**" for permission in missing])
    return _(
        "⚠️ {channel}: allow my role {permissions} (Edit Channel ▸ Permissions).",
        channel=_channels(channels),
        permissions=names,
    )


def _gone_line(channel_id: int) -> str:
    return _("⚠️ Channel `{id}` was deleted. Remove it in `/config show`.", id=channel_id)


def _wrong_line(channel_id: int) -> str:
    return _(
        "⚠️ {channel}: I cannot use a channel of this kind for this. Choose another one in `/config show`.",
        channel=f"<#{channel_id}>",
    )


def _channels(ids: Sequence[int]) -> str:
    shown = with_commas(f"<#{channel_id}>" for channel_id in ids[:_MOST_CHANNELS])
    more = len(ids) - _MOST_CHANNELS
    if more <= 0:
        return shown
    return ngettext("{channels} and {count} more", "{channels} and {count} more", more, channels=shown)
