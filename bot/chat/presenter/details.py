"""All about one picture, for members: what was asked, how it went, where it stands."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from bot.chat.incoming.text import plain, tidy, units
from bot.chat.presenter.card import NOTHING_TO_SEE, jump_url, quoted_prompt, traits
from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.failures import failure_words
from bot.chat.presenter.message import (
    MOST_DESCRIPTION,
    Button,
    Color,
    Link,
    Message,
    Option,
    Row,
    Select,
    TextFile,
    with_and_without_words,
)
from bot.chat.presenter.numbers import at, exactly
from bot.chat.presenter.phases import in_order
from bot.domain.card import Card
from bot.domain.job import Job, JobState
from bot.domain.request import PictureLocation
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _

#: In one row.
MOST_BUTTONS = 5

_STATE = {
    JobState.QUEUED: deferred("in line"),
    JobState.SUBMITTING: deferred("being sent"),
    JobState.UNRESOLVED: deferred("being checked"),
    JobState.RUNNING: deferred("generating"),
    JobState.READY: deferred("generated"),
    JobState.HELD: deferred("waiting for approval"),
    JobState.DELIVERED: deferred("posted"),
    JobState.REJECTED: deferred("not approved"),
    JobState.FAILED: deferred("failed"),
    JobState.CANCELLED: deferred("cancelled"),
}
#: What a job did while it was in a state, in the order in which it is shown.
_TOOK = {
    JobState.QUEUED: deferred("waited {duration}"),
    JobState.SUBMITTING: deferred("sending took {duration}"),
    JobState.UNRESOLVED: deferred("checking took {duration}"),
    JobState.RUNNING: deferred("generating took {duration}"),
    JobState.HELD: deferred("approval took {duration}"),
    JobState.READY: deferred("posting took {duration}"),
}
#: For these, nobody needs to know that they took no time.
_SHOWN_ALWAYS = (JobState.QUEUED, JobState.RUNNING)


class Step(Protocol):
    """One line of a job's history."""

    @property
    def to_state(self) -> JobState: ...
    @property
    def at(self) -> datetime: ...


def details(
    job: Job,
    card: Card,
    history: Sequence[Step],
    before: PictureLocation | None = None,
    late: int = 0,
) -> Message:
    """`before` is where everybody can look at the picture that is edited.

    `late`: how many pictures were made of it beside the card; 0 for whoever may not have them.
    """
    return with_and_without_words(lambda shown: _details(job, card, history, before, late, with_words=shown))


def _details(
    job: Job,
    card: Card,
    history: Sequence[Step],
    before: PictureLocation | None,
    late: int,
    *,
    with_words: bool,
) -> Message:
    member = f"<@{job.member_id}>"
    facts = [
        _("**Requested by:** {member}, {time}", member=member, time=at(job.created_at)),
        _("**Settings:** {settings}", settings=" · ".join([*traits(job), job.model])),
        _("**Status:** {status}", status=state_words(job)),
    ]
    if job.failure is not None:
        facts.append(failure_words(job.failure).text)
    if late:
        facts.append(late_words(job, late))
    paragraphs = [quoted_prompt(job, with_words=with_words), "\n".join(facts), _timeline(history)]
    return Message(
        title=image_name(job.number),
        body="\n\n".join(filter(None, paragraphs)),
        color=Color.WORKING,
        rows=[*_links(job, card, before), *_late_buttons(job, late)],
    )


def image_name(number: int) -> str:
    return _("Image {number}", number=number)


def link_to_image(url: str) -> str:
    return _("[Go to image]({url})", url=url)


def state_words(job: Job) -> str:
    if job.deleted_at is not None:
        return _("deleted · still counts toward the limit")
    if job.state is JobState.READY and job.parked_at is not None:
        return _("ready, but couldn't be posted")
    state = _(_STATE[job.state])
    return state if job.state.counts else _("{state} · doesn't count toward the limit", state=state)


def late_words(job: Job, late: int) -> str:
    """Of images that the provider was found to have made although it had not shown them in time."""
    if job.is_made_after_all and late == 1:
        return _(
            "🖼️ The image was generated after all: the image service's answer had been lost. It doesn't count "
            "toward your limit."
        )
    return ngettext(
        "🖼️ A second image was generated for this request because the image service's answer was lost. "
        "It doesn't count toward your limit.",
        "🖼️ {count} more images were generated for this request because the image service's answer was lost. "
        "They don't count toward your limit.",
        late,
    )


def _late_buttons(job: Job, late: int) -> list[Row]:
    """One for each, as far as they go into a row."""
    numbers = range(1, late + 1)
    labels = [_("Show image")] if late == 1 else [_("Show image {number}", number=one) for one in numbers]
    buttons = [Button(label, custom_id(Action.LATE, job.id, at)) for at, label in enumerate(labels)]
    return [list(buttons[:MOST_BUTTONS])] if buttons else []


def which_details(jobs: Sequence[Job]) -> Message:
    """Of several images on one card: which one?"""
    select = Select(custom_id(Action.DETAILS_OF), _("Which image?"), numbered(jobs))
    return Message(body=_("Which image do you want details about?"), rows=[[select]])


def numbered(jobs: Sequence[Job]) -> list[Option]:
    """The images of one card as choices, numbered as their Edit buttons are."""
    return [
        Option(image_name(number), str(job.id), state_words(job))
        for number, job in enumerate(in_order(jobs), start=1)
    ]


def full_prompt(job: Job) -> Message:
    """The whole prompt, as text if it fits into a message and as a file if not."""
    whole, title = tidy(job.prompt), _("Full prompt")
    as_file = Message(
        title=title, body=_("The full prompt is in this file."), file=TextFile("prompt.txt", whole)
    )
    if units(plain(whole)) > MOST_DESCRIPTION:
        return as_file
    body = plain(whole).strip() or _(NOTHING_TO_SEE)
    return Message(title=title, body=body, wordless=lambda: as_file)


def location_of(job: Job, card: Card) -> PictureLocation | None:
    """Where the job's picture stands, or its card as long as there is none.

    None where no link leads: to messages that one member alone sees, and to those that are gone.
    """
    if card.message_id is None or card.is_lost or card.is_private or job.deleted_at is not None:
        return None
    return PictureLocation(card.channel_id, card.message_id, job.attachment_id)


def _links(job: Job, card: Card, before: PictureLocation | None) -> list[Row]:
    links: list[Link] = []
    if (here := location_of(job, card)) is not None:
        links.append(Link(_("Go to image"), jump_url(job.guild_id, here)))
    if before is not None:
        links.append(Link(_("Original"), jump_url(job.guild_id, before)))
    return [links] if links else []


def _timeline(history: Sequence[Step]) -> str:
    """How long the job was in each state that it has left."""
    took: dict[JobState, float] = {}
    for step, following in pairwise(history):
        spent = (following.at - step.at).total_seconds()
        took[step.to_state] = took.get(step.to_state, 0) + spent
    parts = [
        _(words, duration=exactly(took[state]))
        for state, words in _TOOK.items()
        if state in took and (round(took[state]) or state in _SHOWN_ALWAYS)
    ]
    return f"-# {' · '.join(parts)}" if parts else ""
