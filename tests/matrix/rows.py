"""The rows of the matrix: a fault, the story that it hits, and how the process is treated."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.fault_points import Point
from bot.store.driver.schema_version import known_versions
from tests.matrix import moderated_stories as moderated
from tests.matrix import stories
from tests.matrix.moderators import Chosen, with_all, with_approval, with_feed, with_hiding, with_posts
from tests.matrix.stories import LIMIT, Story
from tests.matrix.unruly_stories import unruly


class Database(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"


class Play(StrEnum):
    """What becomes of the process."""

    KILLED = "killed"  # at the fault point, and started again
    STOPPED = "stopped"  # at the fault point, and resumed after more than two seconds
    TAKEN_OVER = (
        "taken over"  # stopped and cut off; resumed once another process has done all there was to do
    )
    AT_RANDOM = "at random"  # killed three times, at moments that a seed chooses
    BESIDE = "beside"  # a second process is started on its database
    LEFT_ALONE = "left alone"  # the trouble is the provider's
    BACKED_UP = "backed up"  # it goes on, and a `bot backup` beside it is killed


Trouble = tuple[str, str, int | None, float | None]
#: A route of Discord's, the status and code that it answers with, and how often.
Refused = tuple[str, int, int, int]

BOTH = (Database.SQLITE, Database.POSTGRES)
ONLY_POSTGRES = (Database.POSTGRES,)
ONLY_SQLITE = (Database.SQLITE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    point: Point | None = None
    passing: int = 1
    play: Play = Play.KILLED
    story: Story = stories.one
    databases: tuple[Database, ...] = BOTH
    settings: dict[str, str] = field(default_factory=dict)
    #: What the server has chosen, if anything.
    chosen: Chosen | None = None
    #: Whether two servers have removed the bot before, one of which is to be forgotten ten minutes later.
    has_gone_servers: bool = False
    #: At the provider, from the start: (call, fault, times, seconds).
    troubles: tuple[Trouble, ...] = ()
    #: At Discord, from the start.
    refused: tuple[Refused, ...] = ()
    #: So many seconds late the provider's history shows what it accepted.
    lands_after: float = 0.0
    #: Whether an earlier process has seen the history to be fast.
    is_measured: bool = True
    #: The history is later than it was waited for: one request is billed twice, and the judge wants to see
    #: both bills booked and both pictures to be had.
    is_billed_twice: bool = False
    #: Pictures that there are in the end, if the story does not say it by itself.
    exactly: int | None = None
    seed: int = 0
    #: In real seconds: for what takes longer than the rest of any row.
    takes_seconds: float = 0.0
    #: Whether continuous integration plays it, too.
    is_in_ci: bool = False

    @property
    def label(self) -> str:
        """As documents name it: the same for all passings of a point, and for all stories."""
        if self.point is not None:
            how = "" if self.play in (Play.KILLED, Play.BACKED_UP) else f" {self.play}"
            return f"{self.point}{how}"
        if self.troubles:
            late = f" + history after {self.lands_after:.0f} s" if self.lands_after else ""
            end = ", billed twice" if self.is_billed_twice else ""
            return " + ".join(f"{call} {name}" for call, name, _, _ in self.troubles) + late + end
        if self.refused:
            return " + ".join(f"{route} {status} {code}" for route, status, code, _ in self.refused)
        return f"{self.play} {self.seed}" if self.play is Play.AT_RANDOM else str(self.play)

    @property
    def name(self) -> str:
        """Such as "submit.before, passing 1 (one)"."""
        passing = "" if self.point is None else f", passing {self.passing}"
        return f"{self.label}{passing} ({self.story.__name__.replace('_', ' ')})"


def each(points: tuple[Point, ...], passings: range, **same: Any) -> list[Row]:
    return [Row(point=point, passing=n, **same) for n in passings for point in points]


def at_random(seed: int, **same: Any) -> Row:
    return Row(play=Play.AT_RANDOM, seed=seed, **same)


CROWD: dict[str, Any] = {
    "story": stories.crowded,
    "settings": {"LIMITS_PER_DAY": str(LIMIT)},
    "exactly": LIMIT,
}
TAKEN_OVER: dict[str, Any] = {"play": Play.TAKEN_OVER, "databases": ONLY_POSTGRES}
COMMIT = (Point.COMMIT_BEFORE, Point.COMMIT_AFTER)
ONCE = range(1, 2)
START = (Point.START_BEGUN, Point.START_OPENED, Point.START_LOGGED_IN)
MIGRATION = (Point.MIGRATION_VERSION, Point.MIGRATION_BEFORE_COMMIT, Point.MIGRATION_COMMITTED)
ANSWER = (Point.ANSWER_BEFORE, Point.ANSWER_AFTER)
EDIT = (Point.EDIT_BEFORE, Point.EDIT_AFTER)
PICTURE = (Point.PICTURE_BEFORE, Point.PICTURE_AFTER)
NOTICE = (Point.NOTICE_BEFORE, Point.NOTICE_AFTER)
SERVER_NOTICE = (Point.SERVER_NOTICE_BEFORE, Point.SERVER_NOTICE_AFTER)
OPERATOR_NOTICE = (Point.OPERATOR_NOTICE_BEFORE, Point.OPERATOR_NOTICE_AFTER)
POST = (Point.POST_BEFORE, Point.POST_AFTER)
SOURCE = (Point.SOURCE_BEGUN, Point.SOURCE_KEPT)
UPLOAD = (Point.UPLOAD_BEFORE, Point.UPLOAD_AFTER)
SUBMIT = (Point.SUBMIT_COMMITTED, Point.SUBMIT_BEFORE, Point.SUBMIT_AFTER)

#: Answers to a submit after which nobody knows whether it was taken.
DOUBTFUL = (
    *("reset_before", "reset_after", "error_500", "error_500_after", "bad_gateway", "bad_gateway_after"),
    *("gateway_timeout", "gateway_timeout_after", "html_200", "html_200_after", "empty_200", "without_id"),
)
#: The same, but waited for to the end: a minute, by the machine's own clock.
HANGING = ("hang", "hang_after")
#: All by which a picture comes.
DELIVERIES = ("PATCH /webhooks/*", "PATCH /channels/*", "POST /channels/*")
LOST: Trouble = ("submit", "reset_after", 1, None)


def refused(*routes: str, code: int, **same: Any) -> Row:
    """Turned away by Cloudflare for a while: longer than any way of delivery takes."""
    answers = tuple((route, 403, code, 6) for route in routes)
    return Row(play=Play.LEFT_ALONE, refused=answers, databases=ONLY_SQLITE, **same)


def late(seconds: float, **same: Any) -> Row:
    """The answer is lost, and the history late as well, on either database."""
    return Row(play=Play.LEFT_ALONE, troubles=(LOST,), lands_after=seconds, **same)


def doubtful(*troubles: Trouble, **same: Any) -> Row:
    return Row(play=Play.LEFT_ALONE, troubles=troubles, databases=ONLY_SQLITE, **same)


def fed(point: Point, **same: Any) -> Row:
    """The server has a feed, in the channel of its moderators."""
    return Row(point=point, chosen=with_feed, **same)


def held(point: Point, **same: Any) -> Row:
    """Each picture of the server has to be approved."""
    return Row(point=point, chosen=with_approval, **same)


def hiding(point: Point, **same: Any) -> Row:
    """One report hides a picture of the server, which its log channel says."""
    return Row(point=point, chosen=with_hiding, story=moderated.hidden, **same)


def forgetting(point: Point, **same: Any) -> Row:
    """A process begins to forget ten minutes after its start, and so does the next one."""
    return Row(point=point, has_gone_servers=True, takes_seconds=40.0, **same)


def reported(point: Point, **same: Any) -> Row:
    return Row(point=point, chosen=with_posts, **same)


#: Seeds that choose every act of the unruly, the last one the gravest.
UNRULY = (1, 2, 3, 4, 5, 17)
#: What moderators and members do about pictures that are made.
MODERATED: list[Row] = [
    held(Point.MODERATORS_POST_BEFORE, story=moderated.approved),
    held(Point.MODERATORS_POST_AFTER, story=moderated.approved, is_in_ci=True),
    reported(Point.MODERATORS_POST_BEFORE, story=moderated.reported, passing=2, is_in_ci=True),
    reported(Point.MODERATORS_POST_AFTER, story=moderated.reported, passing=2),
    hiding(Point.MODERATORS_POST_BEFORE),
    hiding(Point.MODERATORS_POST_AFTER, passing=2),
    held(Point.APPROVAL_DECIDED, story=moderated.approved, is_in_ci=True),
    held(Point.APPROVAL_DECIDED, story=moderated.rejected),
    reported(Point.REMOVAL_DECIDED, story=moderated.removed),
    fed(Point.FEED_BEFORE, story=moderated.fed),
    fed(Point.FEED_AFTER, story=moderated.fed, is_in_ci=True),
    fed(Point.FEED_TAKEN_OFF, story=moderated.taken_off),
    hiding(Point.HIDING_KEPT),
    hiding(Point.HIDING_DECIDED, is_in_ci=True),
    hiding(Point.PICTURE_BEFORE, passing=2),
    hiding(Point.PICTURE_AFTER, passing=2),
    fed(Point.ERASURE_BEGUN, story=moderated.erased),
    *(fed(Point.ERASURE_TAKEN_DOWN, passing=n, story=moderated.erased, is_in_ci=n == 1) for n in (1, 2)),
    fed(Point.ERASURE_DONE, story=moderated.erased),
    fed(Point.ERASURE_SAID, story=moderated.erased),
    fed(Point.FEED_AFTER, story=moderated.fed_and_erased, is_in_ci=True),
    reported(Point.MODERATORS_POST_AFTER, story=moderated.reported_and_erased),
    Row(point=Point.SUBMIT_COMMITTED, story=moderated.blocked, is_in_ci=True),
    *each((Point.SUBMIT_BEFORE, Point.SUBMIT_AFTER), ONCE, story=moderated.blocked),
    Row(point=Point.DEPARTURE_NOTED, story=moderated.left),
    forgetting(Point.FORGETTING_BEGUN),
    forgetting(Point.FORGETTING_BEGUN, passing=2, databases=ONLY_SQLITE),
    forgetting(Point.FORGETTING_DONE),
    *(at_random(seed, chosen=with_all, story=unruly, is_in_ci=seed == UNRULY[-1]) for seed in UNRULY),
]

ROWS: list[Row] = [
    *MODERATED,
    *(doubtful(("submit", name, 1, None), takes_seconds=60.0) for name in HANGING),
    *(doubtful(("submit", name, 1, None), is_in_ci=True) for name in DOUBTFUL),
    *(late(seconds, is_measured=False, is_in_ci=True) for seconds in (60.0, 180.0)),
    late(600.0, is_measured=False, takes_seconds=30.0),
    late(180.0, is_billed_twice=True, takes_seconds=60.0, is_in_ci=True),
    late(4000.0, is_measured=False, is_billed_twice=True, takes_seconds=260.0),
    doubtful(LOST, ("history", "error_500", 5, None)),
    doubtful(LOST, ("history", "html_200", 5, None)),
    refused(*DELIVERIES, code=40333, story=stories.four, is_in_ci=True),
    Row(play=Play.LEFT_ALONE, story=stories.on_a_busy_account, databases=ONLY_SQLITE, is_in_ci=True),
    Row(play=Play.LEFT_ALONE, story=stories.unheard, databases=ONLY_SQLITE, is_in_ci=True),
    *each(START, ONCE),
    *each(MIGRATION, ONCE, is_measured=False, is_in_ci=True),
    *each((Point.MIGRATION_VERSION,), range(2, 1 + len(known_versions())), is_measured=False),
    *each((Point.BACKUP_BEGUN, Point.BACKUP_REPLACED), ONCE, play=Play.BACKED_UP),
    *each((Point.BACKUP_COPIED,), ONCE, play=Play.BACKED_UP, is_in_ci=True),
    *each(COMMIT, range(1, 13)),
    *each((Point.COMMIT_BATCH,), range(1, 3), story=stories.four),
    *each((Point.COMMIT_BATCH,), range(3, 4), story=stories.four, is_in_ci=True),
    *each(ANSWER, ONCE, is_in_ci=True),
    *each(ANSWER, range(2, 3), story=stories.replied),
    *each(EDIT, ONCE),
    *each(PICTURE, ONCE, is_in_ci=True),
    *each(PICTURE, range(2, 4), story=stories.four),
    *each(POST, ONCE, story=stories.moved, is_in_ci=True),
    *each(NOTICE, ONCE, is_in_ci=True),
    *each(SERVER_NOTICE, ONCE, story=stories.added, is_in_ci=True),
    *each(OPERATOR_NOTICE, ONCE, story=stories.out_of_credit, is_in_ci=True),
    *each(SOURCE, ONCE, story=stories.edited),
    *each(UPLOAD, ONCE, story=stories.edited, is_in_ci=True),
    *each(SUBMIT, ONCE, is_in_ci=True),
    *each(SUBMIT, range(3, 4), story=stories.four),
    *each((SUBMIT[0], SUBMIT[2]), ONCE, story=stories.taken_down, is_in_ci=True),
    *each(SUBMIT[1:2], ONCE, story=stories.taken_down),
    *each((Point.COMMIT_BEFORE,), range(2, 5), **CROWD),
    *each((Point.COMMIT_AFTER,), range(2, 3), **CROWD, is_in_ci=True),
    *each((Point.COMMIT_AFTER,), range(3, 5), **CROWD),
    *each((Point.SUBMIT_COMMITTED, Point.SUBMIT_BEFORE), ONCE, play=Play.STOPPED, is_in_ci=True),
    *each((*SUBMIT, *EDIT, *PICTURE), ONCE, **TAKEN_OVER, is_in_ci=True),
    *each(PICTURE[:1], ONCE, **TAKEN_OVER, story=stories.four, is_in_ci=True),
    *each(PICTURE[1:], ONCE, **TAKEN_OVER, story=stories.four),
    *each(POST, ONCE, **TAKEN_OVER, story=stories.moved),
    Row(play=Play.BESIDE, story=stories.four, databases=ONLY_POSTGRES, is_in_ci=True),
    at_random(1, story=stories.four, is_in_ci=True),
    *(at_random(seed, story=stories.four) for seed in range(2, 6)),
    *(at_random(seed, **CROWD) for seed in range(6, 9)),
]


def rows_in_ci(database: Database) -> list[Row]:
    return [row for row in ROWS if row.is_in_ci and database in row.databases]
