"""The posts in the moderators' channel: each topic draws its own from what the store says."""

from collections.abc import Callable, Mapping

from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation.approvals import approval_post
from bot.chat.presenter.moderation.complaints import complaint_post, hidden_post
from bot.chat.presenter.moderation.word_posts import word_post
from bot.domain.moderation import ModerationTopic, PostView

_DRAW: Mapping[ModerationTopic, Callable[[PostView], Message]] = {
    ModerationTopic.REPORT: complaint_post,
    ModerationTopic.HIDDEN: hidden_post,
    ModerationTopic.APPROVAL: approval_post,
    ModerationTopic.WORDS: word_post,
}


def moderation_post(view: PostView) -> Message:
    return _DRAW[view.post.topic](view)
