"""The pictures of a card, grouped by what is happening to them right now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cached_property

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.numbers import about, since
from bot.chat.presenter.wording.failures import failure_words
from bot.domain.card import CardView
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.domain.trouble import Trouble
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _
from bot.words.formats import number

#: The same time as the worker's deadline, after which the worker asks more rarely.
LATE_AFTER = timedelta(minutes=10)
#: The most characters of a moderator's reason on a card.
_MOST_REASON = 500


class Phase(Enum):
    """The phases of a picture, in the order in which a card shows them."""

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
    #: No moderator has looked at it in time.
    EXPIRED = auto()
    CANCELLED = auto()
    HIDDEN = auto()
    REMOVED = auto()
    DELETED = auto()


_BY_STATE = {
    JobState.QUEUED: Phase.WAITING,
    JobState.SUBMITTING: Phase.WAITING,  # until it is accepted
    JobState.UNRESOLVED: Phase.CHECKING,
    JobState.RUNNING: Phase.MAKING,
    JobState.READY: Phase.ON_ITS_WAY,
    JobState.HELD: Phase.HELD,
    JobState.DELIVERED: Phase.SHOWN,
    JobState.REJECTED: Phase.REJECTED,
    JobState.FAILED: Phase.FAILED,
    JobState.CANCELLED: Phase.CANCELLED,
}
IS_OVER = frozenset(
    {
        *(Phase.SHOWN, Phase.KEPT, Phase.FAILED, Phase.REJECTED, Phase.CANCELLED),
        *(Phase.EXPIRED, Phase.HIDDEN, Phase.REMOVED, Phase.DELETED),
    }
)


@dataclass(frozen=True)
class Moment:
    """A card at one moment: its pictures by phase. `arriving` are pictures about to be attached."""

    view: CardView
    now: datetime
    arriving: Collection[JobId] = ()

    def phase(self, job: Job) -> Phase:  # noqa: PLR0911  one flat list, to be read as one
        if job.deleted_at is not None:
            return Phase.REMOVED if job.is_removed else Phase.DELETED
        if job.is_hidden and job.id not in self.arriving:
            return Phase.HIDDEN
        if job.id in self.arriving:
            return Phase.SHOWN
        if job.state is JobState.READY and job.parked_at is not None:
            return Phase.KEPT
        if job.state is JobState.RUNNING and self.now - began_at(job) > LATE_AFTER:
            return Phase.LATE
        if job.state is JobState.REJECTED and job.moderation_reason is None:
            return Phase.EXPIRED
        return _BY_STATE[job.state]

    @cached_property
    def phases(self) -> Sequence[Phase]:
        """The phase of each picture, in the pictures' order. A card asks for them often, so they are kept."""
        return [self.phase(job) for job in self.view.jobs]

    def jobs(self, *phases: Phase) -> list[Job]:
        found = zip(self.view.jobs, self.phases, strict=True)
        return [job for job, phase in found if phase in phases]

    @property
    def is_over(self) -> bool:
        return IS_OVER.issuperset(self.phases)

    def shown(self) -> list[Job]:
        """Return the pictures on the card in the order in which Discord shows them."""
        return in_order(self.jobs(Phase.SHOWN))


def in_order(jobs: Sequence[Job]) -> list[Job]:
    """Sort jobs as Discord shows their pictures: as they were attached. Jobs without one come last."""

    def rank(job: Job) -> tuple[bool, int, int]:
        is_there = job.attachment_id is not None and not job.is_away
        return not is_there, job.attachment_id or 0, job.position

    return sorted(jobs, key=rank)


def place_on_card(job: Job, on_card: Sequence[Job]) -> str:
    """Return which of the card's pictures this is, as Discord shows them, such as "2 of 4"."""
    return share([other.id for other in in_order(on_card)].index(job.id) + 1, len(on_card))


def began_at(job: Job) -> datetime:
    return job.submitted_at or job.state_at


def status_lines(moment: Moment) -> list[str]:
    """Return one paragraph for each phase that pictures are in, or none if all pictures are shown."""
    lines = []
    there = set(moment.phases)
    for phase in Phase:
        if phase not in there:
            continue
        if phase is Phase.FAILED:
            lines += _failures(moment)
        else:
            lines += _line(moment, phase, moment.jobs(phase))
    return lines


def _line(moment: Moment, phase: Phase, jobs: Sequence[Job]) -> list[str]:
    total = len(moment.view.jobs)
    match phase:
        case Phase.SHOWN:
            return [] if len(jobs) == total else [_headline("🖼️", _("Ready"), jobs, total)]
        case Phase.MAKING:
            return [" · ".join([_headline("🎨", _("Generating"), jobs, total), *_elapsed(moment, jobs)])]
        case Phase.WAITING:
            return [_waiting(moment, jobs, total)]
        case Phase.LATE:
            return [_late(moment, jobs, total)]
        case Phase.CHECKING:
            headline = _headline("🔎", _("Checking"), jobs, total)
            return [f"{headline}\n{_checking(jobs)}"]
        case _:
            emoji, headline, rest = _WORDS[phase]
            return [_headline(emoji, _(headline), jobs, total) + (f" · {_(rest)}" if rest else "")]


def reason_lines(jobs: Sequence[Job]) -> list[str]:
    """Quote each reason once that moderators have given for what they removed or did not approve."""
    judged = [job for job in jobs if job.is_removed or job.state is JobState.REJECTED]
    reasons = [plain(one_line(job.moderation_reason or "", _MOST_REASON)) for job in judged]
    return [f"> {reason}" for reason in dict.fromkeys(reasons) if reason]


_WORDS = {
    Phase.ON_ITS_WAY: ("📦", deferred("Generated"), deferred("on the way to this message")),
    Phase.KEPT: (
        "📦",
        deferred("Ready, but couldn't be posted"),
        deferred("use `/jobs` to post where you like"),
    ),
    Phase.HELD: (
        "🛡️",
        deferred("Waiting for a moderator's approval"),
        deferred("a moderator will look at it before anyone sees it"),
    ),
    Phase.REJECTED: ("🛡️", deferred("Not approved by a moderator"), ""),
    Phase.EXPIRED: ("⌛", deferred("Not approved"), deferred("no moderator looked at it in time")),
    Phase.CANCELLED: ("🚫", deferred("Cancelled"), deferred("doesn't count toward the limit")),
    Phase.HIDDEN: ("🛡️", deferred("Hidden"), deferred("members reported it; a moderator will decide")),
    Phase.REMOVED: ("🛡️", deferred("Removed by a moderator"), ""),
    Phase.DELETED: ("🗑️", deferred("Deleted"), deferred("still counts toward the limit")),
}


def _headline(emoji: str, words: str, jobs: Sequence[Job], total: int) -> str:
    if total == 1:
        return f"{emoji} **{words}**"
    return f"{emoji} **{words}** · {share(len(jobs), total)}"


def share(count: int, total: int) -> str:
    # Translators: how many of the images of one request, or which of them, such as "2 of 4".
    return _("{count} of {total}", count=number(count), total=number(total))


def _started(jobs: Sequence[Job]) -> str:
    # Translators: {time} becomes words such as "5 minutes ago", in the reader's own language.
    return _("started {time}", time=_since(jobs))


def _since(jobs: Sequence[Job]) -> str:
    return since(min(map(began_at, jobs)))


def _elapsed(moment: Moment, jobs: Sequence[Job]) -> list[str]:
    return [_started(jobs), *_usually(moment)]


def _usually(moment: Moment) -> list[str]:
    usual = moment.view.usual_seconds
    # Translators: {duration} is, for example, "about 1 minute".
    return [_("usually {duration}", duration=about(usual))] if usual else []


def _late(moment: Moment, jobs: Sequence[Job], total: int) -> str:
    headline = _headline("🐢", _("Taking longer than usual"), jobs, total)
    line = f"{headline} · {_started(jobs)}"
    if moment.view.card.has_last_word(moment.now):
        return line
    still = _("Still generating. The result will appear in this message.")
    return f"{line}\n{still}"


def _checking(jobs: Sequence[Job]) -> str:
    return _(
        "The image service's answer was lost {time}. I'm checking whether it received the request, and I'll "
        "send it again if not. This can take up to 15 minutes.",
        time=_since(jobs),
    )


def _waiting(moment: Moment, jobs: Sequence[Job], total: int) -> str:
    view = moment.view
    if view.paused_by is not None:
        headline = _headline("⏸️", _("Paused"), jobs, total)
        return f"{headline}\n{_paused(view.paused_by)}"
    headline = _("Next in line") if view.place == 1 else _("In line")
    parts = [_headline("⏳", headline, jobs, total)]
    if view.place is not None and view.place > 1:
        # Translators: the place in a line of people who wait; 1 comes next.
        parts.append(_("place {place}", place=number(view.place)))
    # Translators: {time} becomes words such as "5 minutes ago", in the reader's own language.
    parts.append(_("requested {time}", time=since(view.card.created_at)))
    return " · ".join([*parts, *_usually(moment)])


def _paused(why: Trouble) -> str:
    if why is Trouble.CREDITS:
        return _(
            "The account that pays for images is out of credit. The bot's owner needs to fix this. You keep "
            "your place in line."
        )
    if why is Trouble.KEY:
        return _(
            "The image service doesn't accept this bot's key. The bot's owner needs to fix this. You keep "
            "your place in line."
        )
    return _("The bot's owner needs to fix something. You keep your place in line.")


def _failures(moment: Moment) -> list[str]:
    """Return one paragraph for each way in which images failed."""
    groups: dict[Failure, list[Job]] = {}
    for job in moment.jobs(Phase.FAILED):
        failure = job.failure or Failure(FailureKind.BUG)
        groups.setdefault(Failure(failure.kind, failure.detail), []).append(job)
    total = len(moment.view.jobs)
    return [
        f"{_headline('✖️', words.headline, jobs, total)}\n{words.text}"
        for words, jobs in ((failure_words(failure), jobs) for failure, jobs in groups.items())
    ]
