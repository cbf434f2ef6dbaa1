"""/config check: where the bot may work, and what to do where it may not."""

from collections.abc import Sequence

from bot.chat.presenter.message import Color, Message
from bot.chat.presenter.permission_names import permission_name
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import listed

_MOST_LISTED = 20


def checked(
    pictures: Sequence[tuple[int, Sequence[str] | None]], log: tuple[int, Sequence[str] | None] | None
) -> Message:
    """Draw the check from channels and the permissions missing in each; None means that the channel is gone.

    Channels with problems come first, since not all channels are listed.
    """
    pictures = sorted(pictures, key=lambda channel: channel[1] == [])
    images, warnings = _("Images"), _("Budget warnings")
    lines = [f"**{images}**", *(_line(*channel) for channel in pictures[:_MOST_LISTED])]
    if more := pictures[_MOST_LISTED:]:
        lines.append(f"-# {_more_words(more)}")
    lines.append(f"\n**{warnings}**")
    lines.append(_line(*log) if log else _("No log channel is set. Use `/config log` to set one."))
    is_good = all(missing == [] for _id, missing in [*pictures, *([log] if log else [])])
    return Message(
        title=_("Permissions of the bot"),
        body="\n".join(lines),
        color=Color.DONE if is_good else Color.PARTLY,
    )


def _more_words(more: Sequence[tuple[int, Sequence[str] | None]]) -> str:
    words = ngettext("and {count} more channel", "and {count} more channels", len(more))
    if problems := sum(missing != [] for _id, missing in more):
        return ngettext(
            "{more}, {count} with problems", "{more}, {count} with problems", problems, more=words
        )
    return words


def _line(channel_id: int, missing: Sequence[str] | None) -> str:
    if missing is None:
        return _(
            "⚠️ Channel `{id}` was deleted. Remove it with `/config channels` or `/config log`.",
            id=channel_id,
        )
    channel = f"<#{channel_id}>"
    if not missing:
        return f"✅ {channel}"
    names = listed([f"**{permission_name(permission)}**" for permission in missing])
    return _(
        "⚠️ {channel}: allow my role {permissions} (Edit Channel ▸ Permissions).",
        channel=channel,
        permissions=names,
    )
