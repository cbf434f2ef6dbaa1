"""The pictures of a card, told by what is happening to them right now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.chat.presenter.failures import failure_words
from bot.chat.presenter.numbers import about, ordinal, since
from bot.domain.card import CardView
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState

#: As long as the worker's deadline: from then on it asks more rarely.
LATE_AFTER = timedelta(minutes=10)


class Phase(Enum):
    """In the order in which a card tells of them."""

    SHOWN = auto()
    ON_ITS_WAY = auto()
    KEPT = auto()
    MAKING = auto()
    LATE = auto()
    CHECKING = auto()
    WAITING = auto()
    HELD = auto()
    FAILED = auto()
    REJECTED = auto()
    CANCELLED = auto()
    DELETED = auto()


_BY_STATE = {
    JobState.QUEUED: Phase.WAITING,
    JobState.SUBMITTING: Phase.MAKING,
    JobState.UNRESOLVED: Phase.CHECKING,
    JobState.RUNNING: Phase.MAKING,
    JobState.READY: Phase.ON_ITS_WAY,
    JobState.HELD: Phase.HELD,
    JobState.DELIVERED: Phase.SHOWN,
    JobState.REJECTED: Phase.REJECTED,
    JobState.FAILED: Phase.FAILED,
    JobState.CANCELLED: Phase.CANCELLED,
}
IS_OVER = frozenset({Phase.SHOWN, Phase.KEPT, Phase.FAILED, Phase.REJECTED, Phase.CANCELLED, Phase.DELETED})


@dataclass(frozen=True, slots=True)
class Moment:
    """A card at one moment: its pictures by phase. `arriving` are the pictures about to be attached to it."""

    view: CardView
    now: datetime
    arriving: Collection[JobId] = ()

    def phase(self, job: Job) -> Phase:
        if job.deleted_at is not None:
            return Phase.DELETED
        if job.id in self.arriving:
            return Phase.SHOWN
        if job.state is JobState.READY and job.parked_at is not None:
            return Phase.KEPT
        if job.state is JobState.RUNNING and self.now - began_at(job) > LATE_AFTER:
            return Phase.LATE
        return _BY_STATE[job.state]

    def jobs(self, *phases: Phase) -> list[Job]:
        return [job for job in self.view.jobs if self.phase(job) in phases]

    @property
    def is_over(self) -> bool:
        return all(self.phase(job) in IS_OVER for job in self.view.jobs)

    def shown(self) -> list[Job]:
        """The pictures on the card, in the order in which Discord shows them: as they were attached."""
        return in_order(self.jobs(Phase.SHOWN))


def in_order(jobs: Sequence[Job]) -> list[Job]:
    """As Discord shows their pictures, which is as they were attached; those that it does not come last."""

    def rank(job: Job) -> tuple[bool, int, int]:
        is_there = job.attachment_id is not None and job.deleted_at is None
        return not is_there, job.attachment_id or 0, job.position

    return sorted(jobs, key=rank)


def began_at(job: Job) -> datetime:
    return job.submitted_at or job.state_at


def status_lines(moment: Moment) -> list[str]:
    """One paragraph for each phase in which pictures are, none for pictures that can be seen."""
    lines = []
    for phase in Phase:
        if phase is Phase.FAILED:
            lines += _failures(moment)
        elif jobs := moment.jobs(phase):
            lines += _line(moment, phase, jobs)
    return lines


def _line(moment: Moment, phase: Phase, jobs: Sequence[Job]) -> list[str]:
    total = len(moment.view.jobs)
    match phase:
        case Phase.SHOWN:
            return [] if len(jobs) == total else [_headline("🖼️", jobs, total, "ready")]
        case Phase.MAKING:
            return [f"{_headline('🎨', jobs, total, 'being made')} · {_elapsed(moment, jobs)}"]
        case Phase.WAITING:
            return [_waiting(moment, jobs, total)]
        case Phase.LATE if moment.view.card.has_last_word(moment.now):
            return [f"{_headline('🐢', jobs, total, 'taking longer than usual')} · started {_since(jobs)}"]
        case _:
            emoji, headline, rest = _SAID[phase]
            return [_headline(emoji, jobs, total, headline) + rest.format(since=_since(jobs))]


_SAID = {
    Phase.ON_ITS_WAY: ("📦", "made", " · on the way to this message"),
    Phase.KEPT: ("📦", "made, but I could not post it", " · `/jobs` keeps it and posts it where you like"),
    Phase.LATE: (
        "🐢",
        "taking longer than usual",
        " · started {since}. Still being made, and will come to this message.",
    ),
    Phase.CHECKING: (
        "🔎",
        "being looked up",
        (
            " · the provider's answer was lost {since}. I am checking whether it has the request, and send it"
            " again if not. This can take a quarter of an hour."
        ),
    ),
    Phase.HELD: ("🛡️", "waiting for a moderator's approval", ""),
    Phase.REJECTED: ("🛡️", "not approved by a moderator", ""),
    Phase.CANCELLED: ("🚫", "cancelled", " · not counted"),
    Phase.DELETED: ("🗑️", "deleted", " · still counts, since it was made"),
}


def _headline(emoji: str, jobs: Sequence[Job], total: int, words: str) -> str:
    if total == 1:
        return f"{emoji} **{words[0].upper()}{words[1:]}**"
    return f"{emoji} **{len(jobs)} of {total}** {words}"


def _since(jobs: Sequence[Job]) -> str:
    return since(min(map(began_at, jobs)))


def _elapsed(moment: Moment, jobs: Sequence[Job]) -> str:
    usual = moment.view.usual_seconds
    started = f"started {_since(jobs)}"
    return started if usual is None else f"{started} · usually {about(usual)}"


def _waiting(moment: Moment, jobs: Sequence[Job], total: int) -> str:
    view = moment.view
    if view.is_paused:
        return (
            f"{_headline('⏸️', jobs, total, 'waiting')} · pictures are paused until whoever runs this bot has "
            "mended something. The place in line is kept."
        )
    place = "in line" if view.place is None else "next in line" if view.place == 1 else None
    line = _headline("⏳", jobs, total, place or f"{ordinal(view.place or 0)} in line")
    asked = f"asked {since(view.card.created_at)}"
    return f"{line} · {asked}" + (f" · usually {about(view.usual_seconds)}" if view.usual_seconds else "")


def _failures(moment: Moment) -> list[str]:
    """One paragraph for each way in which pictures failed."""
    groups: dict[Failure, list[Job]] = {}
    for job in moment.jobs(Phase.FAILED):
        failure = job.failure or Failure(FailureKind.BUG)
        groups.setdefault(Failure(failure.kind, failure.detail), []).append(job)
    total = len(moment.view.jobs)
    return [
        f"{_headline('✖️', jobs, total, words.headline)}\n{words.text}"
        for words, jobs in ((failure_words(failure), jobs) for failure, jobs in groups.items())
    ]
