"""All about one picture, for members: what was requested, how it went, and where the picture is."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from bot.chat.incoming.text import plain, tidy, units
from bot.chat.presenter.cards.card import (
    NOTHING_TO_SEE,
    hidden_prompt,
    jump_url,
    may_be_approved,
    quoted_prompt,
    traits,
)
from bot.chat.presenter.cards.phases import in_order, place_on_card, reason_lines
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
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
from bot.chat.presenter.elements.numbers import at, exactly
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.failures import failure_words
from bot.domain.card import Card
from bot.domain.job import Job, JobState
from bot.domain.request import PictureLocation
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _

#: The most buttons in one row.
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
#: Words for the time that a job spent in each state, in the order in which they are shown.
_TOOK = {
    JobState.QUEUED: deferred("waited {duration}"),
    JobState.SUBMITTING: deferred("sending took {duration}"),
    JobState.UNRESOLVED: deferred("checking took {duration}"),
    JobState.RUNNING: deferred("generating took {duration}"),
    JobState.HELD: deferred("approval took {duration}"),
    JobState.READY: deferred("posting took {duration}"),
}
#: These states are shown even if they took no time. The others are left out then.
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
    on_card: Sequence[Job] = (),
    star: Button | None = None,
    *,
    is_hidden: bool = False,
) -> Message:
    """Draw all about a job, one of those `on_card`. `before` is where everybody can see what it edited.

    `late` is how many of its pictures are not on the card; it is 0 for readers who may not have them. `star`
    is the reader's own button to mark it. `is_hidden` is for readers who may not read a prompt that a filter
    blocked.
    """
    rows = [*_first_row(job, card, before, star), *_late_buttons(job, late)]

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        prompt = quoted_prompt(job, with_words=with_words)
        if is_hidden:
            prompt = hidden_prompt(
                is_removed=job.is_removed,
                is_undecided=job.is_hidden or may_be_approved(job),
                is_rejected=job.state is JobState.REJECTED,
            )
        reasons = reason_lines([job]) if with_words else []
        prompt = "\n".join([prompt, *_removed(job), *reasons])
        return _details(job, history, late, on_card, rows, prompt, with_words=with_words)

    return with_and_without_words(draw)


def _details(
    job: Job,
    history: Sequence[Step],
    late: int,
    on_card: Sequence[Job],
    rows: Sequence[Row],
    prompt: str,
    *,
    with_words: bool,
) -> Message:
    member = mention(job.member_id)
    facts = [
        _("**Requested by:** {member}, {time}", member=member, time=at(job.created_at)),
        _("**Settings:** {settings}", settings=" · ".join([*traits(job, with_words=with_words), job.model])),
        _("**Status:** {status}", status=state_words(job)),
    ]
    if job.preset is not None and with_words:
        facts.insert(2, _("**Words of the style:** {words}", words=plain(job.preset.words)))
    if len(on_card) > 1:
        facts.insert(0, f"**{_place(job, on_card)}**")
    if job.failure is not None:
        facts.append(failure_words(job.failure).text)
    if late:
        facts.append(late_words(job, late))
    paragraphs = [prompt, "\n".join(facts), _timeline(history)]
    return Message(
        title=image_name(job.number),
        body="\n\n".join(filter(None, paragraphs)),
        color=Color.WORKING,
        rows=rows,
    )


def _removed(job: Job) -> list[str]:
    if not job.is_removed:
        return []
    headline = _("Removed by a moderator")
    return [f"\n🛡️ **{headline}**"]


def _place(job: Job, on_card: Sequence[Job]) -> str:
    # Translators: the place of an image among those of one request. {share} is, for example, "2 of 4".
    return _("Image {share}", share=place_on_card(job, on_card))


def image_name(number: int) -> str:
    return _("Image {number}", number=number)


def link_to_image(url: str) -> str:
    return _("[Go to image]({url})", url=url)


def state_words(job: Job) -> str:
    if job.deleted_at is not None and job.counts:
        return _("deleted · still counts toward the limit")
    if job.is_hidden and job.deleted_at is None:
        return _("hidden until a moderator decides")
    if job.state is JobState.READY and job.parked_at is not None:
        return _("ready, but couldn't be posted")
    state = _("deleted") if job.deleted_at is not None else _(_STATE[job.state])
    return state if job.counts else _("{state} · doesn't count toward the limit", state=state)


def late_words(job: Job, late: int) -> str:
    """Describe images that the provider had made, although it did not show them in time."""
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
    """Return a button for each late picture, as many as fit in one row."""
    numbers = range(1, late + 1)
    labels = (
        [_("Show image")] if late == 1 else [_("Show image {number}", number=number) for number in numbers]
    )
    buttons = [Button(label, custom_id(Action.LATE, job.id, at)) for at, label in enumerate(labels)]
    return [list(buttons[:MOST_BUTTONS])] if buttons else []


def which_details(jobs: Sequence[Job]) -> Message:
    """Ask which of several images on one card is meant."""
    select = Select(custom_id(Action.DETAILS_OF), _("Which image?"), numbered(jobs))
    return Message(body=_("Which image do you want details about?"), rows=[[select]])


def numbered(jobs: Sequence[Job]) -> list[Option]:
    """Return the images of one card as choices, numbered like their Edit buttons."""
    return [
        Option(image_name(number), str(job.id), state_words(job))
        for number, job in enumerate(in_order(jobs), start=1)
    ]


def full_prompt(job: Job) -> Message:
    """Return the whole prompt: as text if it fits into a message, and as a file if not."""
    whole, title = tidy(job.prompt), _("Full prompt")
    as_file = Message(
        title=title, body=_("The full prompt is in this file."), file=TextFile("prompt.txt", whole)
    )
    if units(plain(whole)) > MOST_DESCRIPTION:
        return as_file
    body = plain(whole).strip() or _(NOTHING_TO_SEE)
    return Message(title=title, body=body, wordless=lambda: as_file)


def location_of(job: Job, card: Card) -> PictureLocation | None:
    """Return where the job's picture is, or where its card is as long as there is no picture.

    Return None where no link can lead: to messages that only one member sees, and to those that are gone.
    """
    if card.message_id is None or card.is_lost or card.is_private or job.is_away:
        return None
    return PictureLocation(card.channel_id, card.message_id, job.attachment_id)


def _first_row(job: Job, card: Card, before: PictureLocation | None, star: Button | None) -> list[Row]:
    links: list[Button | Link] = []
    if (here := location_of(job, card)) is not None:
        links.append(Link(_("Go to image"), jump_url(job.guild_id, here)))
    if before is not None:
        links.append(Link(_("Original"), jump_url(job.guild_id, before)))
    if star is not None:
        links.append(star)
    return [links] if links else []


def _timeline(history: Sequence[Step]) -> str:
    """Say how long the job was in each state that it has left."""
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
