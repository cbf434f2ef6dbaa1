"""/jobs: a member's own pictures, running and recent, and what can be done with each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.allowance import price_line
from bot.chat.presenter.card import jump_url
from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.details import (
    details,
    image_name,
    late_words,
    link_to_image,
    location_of,
    state_words,
)
from bot.chat.presenter.message import (
    MOST_OPTION,
    Button,
    Color,
    Link,
    Look,
    Message,
    Option,
    Row,
    Select,
    with_and_without_words,
)
from bot.chat.presenter.numbers import since
from bot.chat.presenter.paging import page_words, turning
from bot.domain.card import Card
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.domain.limits import Usage
from bot.domain.reports import MemberJobs
from bot.domain.request import PictureLocation
from bot.words.catalogs import gettext as _

_MOST_PROMPT = 80

_EMOJI = {
    JobState.QUEUED: "⏳",
    JobState.SUBMITTING: "🎨",
    JobState.UNRESOLVED: "🔎",
    JobState.RUNNING: "🎨",
    JobState.READY: "📦",
    JobState.HELD: "🛡️",
    JobState.DELIVERED: "🖼️",
    JobState.REJECTED: "🛡️",
    JobState.FAILED: "✖️",
    JobState.CANCELLED: "🚫",
}


def job_list(
    listed: MemberJobs,
    cards: Mapping[JobId, Card],
    usage: Sequence[Usage],
    late: Mapping[JobId, int] | None = None,
) -> Message:
    """Draw one page of the list. `late` is how many pictures of each job are not on its card in `cards`."""
    return with_and_without_words(lambda shown: _list(listed, cards, usage, late or {}, with_words=shown))


def _list(
    listed: MemberJobs,
    cards: Mapping[JobId, Card],
    usage: Sequence[Usage],
    late: Mapping[JobId, int],
    *,
    with_words: bool,
) -> Message:
    jobs = [reported.job for reported in listed.jobs]
    lines = [_line(job, cards[job.id], late.get(job.id, 0), with_words=with_words) for job in jobs]
    if not lines:
        lines = [_("Nothing here yet. Create an image with `/imagine`.")]
    allowance = "\n".join(f"-# {price_line(rule_usage)}" for rule_usage in usage)
    return Message(
        title=_("Your images"),
        body="\n\n".join(filter(None, ["\n".join(lines), page_words(listed.page, listed.pages), allowance])),
        color=Color.WORKING,
        rows=_rows(jobs, listed.page, listed.pages, with_words=with_words),
    )


def job_panel(
    job: Job, card: Card, page: int, before: PictureLocation | None = None, late: int = 0
) -> Message:
    """Draw a member's own picture, with all that can be done with it."""
    shown = details(job, card, [], before, late=late)
    buttons: list[Button | Link] = []
    if job.state is JobState.QUEUED:
        buttons.append(Button(_("Cancel"), custom_id(Action.JOBS_CANCEL, job.id, page)))
    if can_be_posted(job):
        buttons.append(Button(_("Show me"), custom_id(Action.SHOW, job.id), Look.PRIMARY))
        label = _("Post here") if job.state is JobState.READY else _("Post again")
        buttons.append(Button(label, custom_id(Action.POST, job.id, page)))
    if job.state is JobState.DELIVERED and job.deleted_at is None:
        buttons.append(Button(_("Edit"), custom_id(Action.EDIT, job.id)))
        buttons.append(Button(_("Delete"), custom_id(Action.DELETE_ONE, job.id), Look.DANGER))
    buttons.append(Button(_("Back"), custom_id(Action.JOBS, page)))
    rows: list[Row] = [buttons, *shown.rows]
    return with_and_without_words(
        lambda has_words: replace(shown if has_words else shown.without_words(), rows=rows)
    )


def can_be_posted(job: Job) -> bool:
    """Return whether the picture exists and was either posted before or kept for lack of a place."""
    if job.deleted_at is not None:
        return False
    return job.state is JobState.DELIVERED or (job.state is JobState.READY and job.parked_at is not None)


def choice_label(job: Job) -> str:
    """Return one line for a list of choices, which shows plain text. It is the same in every language."""
    return one_line(job.prompt, MOST_OPTION) or f"#{job.number}"


def numbered_label(job: Job) -> str:
    """Return a line that is unique to its picture: Discord sometimes sends it instead of the value."""
    number = f" · #{job.number}"
    return f"{one_line(job.prompt, MOST_OPTION - len(number))}{number}"


def emoji(job: Job) -> str:
    """Return an emoji for the job's state."""
    return _EMOJI[job.state]


def _line(job: Job, card: Card, late: int, *, with_words: bool) -> str:
    prompt = plain(one_line(job.prompt, _MOST_PROMPT)) if with_words else image_name(job.number)
    here = location_of(job, card)
    link = f" · {link_to_image(jump_url(job.guild_id, here))}" if here else ""
    more = f"\n-# {late_words(job, late)}" if late else ""
    return f"{emoji(job)} {prompt}\n-# {state_words(job)} · {since(job.created_at)}{link}{more}"


def _rows(jobs: Sequence[Job], page: int, pages: int, *, with_words: bool) -> list[Row]:
    if not jobs:
        return []
    options = [
        Option(choice_label(job) if with_words else image_name(job.number), str(job.id), state_words(job))
        for job in jobs
    ]
    rows: list[Row] = [
        [Select(custom_id(Action.JOBS_PICK, page), _("Choose an image to cancel, post or edit …"), options)]
    ]
    if turns := turning(Action.JOBS, page=page, pages=pages):
        rows.append(turns)
    return rows
