"""The feed: a message for one delivered picture, or for several in a rush, with what moderators can do."""

from collections.abc import Mapping

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.cards.card import NOTHING_TO_SEE, alt_text, jump_url, traits
from bot.chat.presenter.cards.details import image_name, link_to_image, location_of
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    Button,
    Color,
    Item,
    Link,
    Look,
    Message,
    Option,
    Row,
    Select,
    with_and_without_words,
)
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.moderation.block_pages import block_button
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.moderation import FeedBatch, FeedEntry, can_be_given_back, can_be_removed
from bot.words.catalogs import gettext as _
from bot.words.formats import money

#: Ten entries have to fit into the 6,000 characters of a message.
_MOST_PROMPT = 200


def feed_message(batch: FeedBatch, endings: Mapping[JobId, str]) -> Message:
    """Draw the entries. `endings` are the file endings of those that come with a small picture."""

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        return Message(
            color=Color.DONE,
            items=[_item(entry, endings, with_words=with_words) for entry in batch.entries],
            rows=_rows(batch),
            names={entry.job.id: _file_name(entry.job) for entry in batch.entries},
            alt_texts={entry.job.id: alt_text(entry.job, with_words=with_words) for entry in batch.entries},
        )

    return with_and_without_words(draw)


def _file_name(job: Job) -> str:
    return f"feed-{job.number}"


def _item(entry: FeedEntry, endings: Mapping[JobId, str], *, with_words: bool) -> Item:
    job = entry.job
    prompt = plain(one_line(job.prompt, _MOST_PROMPT)) or _(NOTHING_TO_SEE)
    body = f"**{image_name(job.number)}**" + (f" {prompt}" if with_words else "")
    ending = endings.get(job.id)
    url = None if ending is None else f"attachment://{_file_name(job)}.{ending}"
    return Item(f"{body}\n-# {' · '.join(_facts(entry, with_words=with_words))}", url)


def _facts(entry: FeedEntry, *, with_words: bool) -> list[str]:
    job, card = entry.job, entry.card
    facts = [_("by {member}", member=mention(job.member_id)), *traits(job, with_words=with_words)]
    if job.cost_microusd is not None:
        facts.append(money(job.cost_microusd))
    if card.is_private:
        return [*facts, _("private")]
    here = location_of(job, card)
    return [*facts, f"<#{card.channel_id}>" if here is None else link_to_image(jump_url(job.guild_id, here))]


def _rows(batch: FeedBatch) -> list[Row]:
    if len(batch.entries) == 1:
        return [row for row in (_buttons(batch.entries[0]),) if row]
    options = [
        Option(image_name(entry.job.number), str(entry.job.id), _described(entry.job))
        for entry in batch.entries
    ]
    return [[Select(custom_id(Action.FEED_PICK), _("Choose an image to decide on …"), options)]]


def _described(job: Job) -> str:
    """Return nothing that a member wrote: AutoMod would block the message for it."""
    return one_line(" · ".join(traits(job)), MOST_OPTION)


def _buttons(entry: FeedEntry) -> list[Button | Link]:
    job, card = entry.job, entry.card
    buttons: list[Button | Link] = []
    if can_be_removed(job, is_private=card.is_private):
        buttons.append(Button(_("Remove"), custom_id(Action.REVIEW_REMOVE, job.id), Look.DANGER))
    buttons.append(block_button(job.member_id))
    if can_be_given_back(job):
        buttons.append(Button(_("Give back"), custom_id(Action.REVIEW_GIVE_BACK, job.id)))
    return buttons
