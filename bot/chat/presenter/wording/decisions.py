"""The words for a decision about a post to moderators: by whom, when and why."""

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.elements.people import mention
from bot.domain.ids import MemberId
from bot.domain.moderation import Decision, ModerationPost
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _

_MOST_REASON = 500
_BY_SOMEONE = {
    Decision.REMOVED: deferred("🗑️ **Deleted** by {member}"),
    Decision.GONE: deferred("🗑️ **Its message was deleted**"),
    Decision.DISMISSED: deferred("✅ **Dismissed** by {member}"),
    Decision.APPROVED: deferred("✅ **Approved** by {member}"),
    Decision.REJECTED: deferred("🛡️ **Rejected** by {member}"),
    Decision.EXPIRED: deferred("⌛ **Rejected**: no one looked at it in time"),
}
_BY_ITSELF = {
    Decision.REMOVED: deferred("🗑️ **Deleted**"),
    Decision.GONE: deferred("🗑️ **Its message was deleted**"),
    Decision.DISMISSED: deferred("✅ **Dismissed**"),
    Decision.APPROVED: deferred("✅ **Approved**"),
    Decision.REJECTED: deferred("🛡️ **Rejected**"),
    Decision.EXPIRED: deferred("⌛ **Rejected**: no one looked at it in time"),
}


def decision_words(decision: Decision, by: MemberId | None) -> str:
    if by is None:
        return _(_BY_ITSELF[decision])
    return _(_BY_SOMEONE[decision], member=mention(by))


def decided(post: ModerationPost, *, with_words: bool) -> str:
    """Return nothing for what is open."""
    if post.decision is None or post.decided_at is None:
        return ""
    line = f"{decision_words(post.decision, post.decided_by)} · {relative(post.decided_at)}"
    reason = plain(one_line(post.reason, _MOST_REASON)) if with_words else ""
    return f"{line}\n> {reason}" if reason else line
