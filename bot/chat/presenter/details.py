"""All about one picture, for members: what was asked, how it went, where it stands."""

from collections.abc import Sequence
from datetime import datetime
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
from bot.words.catalogs import gettext as _

#: The beginnings of the longest histories say nothing new.
MOST_STEPS = 12
#: In one row.
MOST_BUTTONS = 5

STATE_WORDS = {
    JobState.QUEUED: "in line",
    JobState.SUBMITTING: "sent to the provider",
    JobState.UNRESOLVED: "being looked up at the provider",
    JobState.RUNNING: "being made",
    JobState.READY: "made",
    JobState.HELD: "waiting for approval",
    JobState.DELIVERED: "posted",
    JobState.REJECTED: "not approved",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


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
    facts = [
        f"**Asked for** by <@{job.member_id}>, {at(job.created_at)}",
        f"**How** {' · '.join([*map(str, traits(job)), job.model])}",
        f"**Now** {state_words(job)}",
    ]
    if job.failure is not None:
        facts.append(failure_words(job.failure).text)
    if late:
        facts.append(late_words(job, late))
    return Message(
        title=f"Picture {job.number}",
        body="\n\n".join([quoted_prompt(job, with_words=with_words), "\n".join(facts), _timeline(history)]),
        color=Color.WORKING,
        rows=[*_links(job, card, before), *_late_buttons(job, late)],
    )


def state_words(job: Job) -> str:
    if job.deleted_at is not None:
        return "deleted; still counts, since it was made"
    if job.state is JobState.READY and job.parked_at is not None:
        return "made and kept: I could not post it"
    counted = "" if job.state.counts else "; not counted"
    return f"{STATE_WORDS[job.state]}{counted}"


def late_words(job: Job, late: int) -> str:
    """Of pictures that the provider was found to have made although it had not shown them in time."""
    if job.is_made_after_all and late == 1:
        made = "The picture was made after all"
    elif late == 1:
        made = "A second picture was made of this request"
    else:
        made = f"{late} more pictures were made of this request"
    return f"🖼️ {made}, since the provider's answer got lost. Nothing is counted for it."


def _late_buttons(job: Job, late: int) -> list[Row]:
    """One for each, as far as they go into a row."""
    labels = ["Show it"] if late == 1 else [f"Show {number}" for number in range(1, late + 1)]
    buttons = [Button(label, custom_id(Action.LATE, job.id, at)) for at, label in enumerate(labels)]
    return [list(buttons[:MOST_BUTTONS])] if buttons else []


def which_details(jobs: Sequence[Job]) -> Message:
    """Of several pictures on one card: which one?"""
    select = Select(custom_id(Action.DETAILS_OF), "Which picture?", numbered(jobs))
    return Message(body="Which picture do you want to know more about?", rows=[[select]])


def numbered(jobs: Sequence[Job]) -> list[Option]:
    """The pictures of one card as choices, numbered as their Edit buttons are."""
    return [
        Option(f"Picture {number}", str(job.id), state_words(job))
        for number, job in enumerate(in_order(jobs), start=1)
    ]


def full_prompt(job: Job) -> Message:
    """The whole prompt, as text if it fits into a message and as a file if not."""
    whole = tidy(job.prompt)
    as_file = Message(
        title="The whole prompt", body="It is in this file.", file=TextFile("prompt.txt", whole)
    )
    if units(plain(whole)) > MOST_DESCRIPTION:
        return as_file
    body = plain(whole).strip() or _(NOTHING_TO_SEE)
    return Message(title="The whole prompt", body=body, wordless=lambda: as_file)


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
        links.append(Link("Show", jump_url(job.guild_id, here)))
    if before is not None:
        links.append(Link("Before", jump_url(job.guild_id, before)))
    return [links] if links else []


def _timeline(history: Sequence[Step]) -> str:
    """Each step with the time since the one before it."""
    lines: list[str] = []
    before = history[0].at if history else None
    for step in history[-MOST_STEPS:]:
        waited = (step.at - before).total_seconds() if before else 0
        lines.append(f"-# {STATE_WORDS[step.to_state]}" + (f" after {exactly(waited)}" if lines else ""))
        before = step.at
    return "\n".join(lines)
