"""/config check: where I may work, and what to do where I may not."""

from collections.abc import Sequence

from bot.chat.presenter.message import Color, Message
from bot.chat.presenter.refusals import listed, permission_name

_MOST_LISTED = 20


def checked(
    pictures: Sequence[tuple[int, Sequence[str] | None]], log: tuple[int, Sequence[str] | None] | None
) -> Message:
    """Channels with the permissions that are lacking there; None: the channel is gone.

    Those with something to do about come first, since not all are listed.
    """
    pictures = sorted(pictures, key=lambda one: one[1] == [])
    lines = ["**Pictures**", *(_line(*one) for one in pictures[:_MOST_LISTED])]
    if more := pictures[_MOST_LISTED:]:
        lacking = sum(one[1] != [] for one in more)
        what = f"; I lack something in {lacking:,} of them" if lacking else ""
        lines.append(f"-# and {len(more):,} more channels{what}")
    lines.append("\n**Warnings about the budget**")
    lines.append(_line(*log) if log else "No log channel is set: `/config log` sets one.")
    is_good = all(lacking == [] for _, lacking in [*pictures, *([log] if log else [])])
    return Message(
        title="My permissions",
        body="\n".join(lines),
        color=Color.DONE if is_good else Color.PARTLY,
    )


def _line(channel_id: int, lacking: Sequence[str] | None) -> str:
    if lacking is None:
        return f"⚠️ A deleted channel (`{channel_id}`): take it out with `/config channels` or `/config log`."
    if not lacking:
        return f"✅ <#{channel_id}>"
    names = listed([f"**{permission_name(one)}**" for one in lacking])
    return f"⚠️ <#{channel_id}>: allow my role {names} (Edit Channel ▸ Permissions)."
