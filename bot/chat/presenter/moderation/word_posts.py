"""The post for moderators about a prompt that has a word of the server's list."""

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.cards.card import quoted_prompt
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Color, Message, with_and_without_words
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.moderation.block_pages import block_button
from bot.domain.job import Job
from bot.domain.moderation import PostView
from bot.domain.word_list import ENTRY_MOST_CHARACTERS
from bot.words.catalogs import gettext as _


def word_post(view: PostView) -> Message:
    """Draw it. Nothing is to be decided, so it stays as it is."""
    job = view.job
    assert job is not None, "words are found in a request"
    channel_id = job.channel_id if view.card is None else view.card.channel_id

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        facts = [
            _("by {member}", member=mention(job.member_id)),
            _("in {channel}", channel=f"<#{channel_id}>"),
            relative(view.post.at),
            *(listed_word(job) if with_words else []),
        ]
        return Message(
            title=_("A prompt has a word of your list"),
            body="\n\n".join([quoted_prompt(job, with_words=with_words), " · ".join(facts)]),
            color=Color.PARTLY,
            rows=[
                [Button(_("Details"), custom_id(Action.REVIEW_IMAGE, job.id, 0)), block_button(job.member_id)]
            ],
        )

    return with_and_without_words(draw)


def listed_word(job: Job) -> list[str]:
    """Return which entry it was, if there was one."""
    if job.listed_word is None:
        return []
    word = plain(one_line(job.listed_word, ENTRY_MOST_CHARACTERS))
    return [_("word list: **{word}**", word=word)]
