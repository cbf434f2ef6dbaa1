"""The rows of the matrix: a fault, the story that it hits, and how the process is treated."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.fault_points import Point
from tests.matrix import stories
from tests.matrix.stories import LIMIT, Story


class Database(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"


class Play(StrEnum):
    """What becomes of the process."""

    KILLED = "killed"  # at the fault point, and started again
    STOPPED = "stopped"  # at the fault point, and resumed after more than two seconds
    TAKEN_OVER = "taken over"  # stopped, and resumed once another process has done all there was to do
    AT_RANDOM = "at random"  # killed three times, at moments that a seed chooses
    BESIDE = "beside"  # two processes on one database from the start


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
    #: Pictures that there are in the end, if the story does not say it by itself.
    exactly: int | None = None
    seed: int = 0
    #: Whether continuous integration plays it, too.
    is_in_ci: bool = False

    @property
    def fault(self) -> str:
        if self.point is None:
            return f"{self.play} {self.seed}" if self.play is Play.AT_RANDOM else str(self.play)
        how = "" if self.play is Play.KILLED else f" {self.play}"
        return f"{self.point}:{self.passing}{how}"

    @property
    def name(self) -> str:
        """Such as "submit.before:1 (one)"."""
        return f"{self.fault} ({self.story.__name__})"


def each(points: tuple[Point, ...], passings: range, **same: object) -> list[Row]:
    return [Row(point=point, passing=n, **same) for n in passings for point in points]  # type: ignore[arg-type]  # mypy cannot see into `same`


CROWD: dict[str, object] = {
    "story": stories.crowded,
    "settings": {"LIMITS_PER_DAY": str(LIMIT)},
    "exactly": LIMIT,
}
COMMIT = (Point.COMMIT_BEFORE, Point.COMMIT_AFTER)
ONCE = range(1, 2)
START = (Point.START_BEGUN, Point.START_OPENED, Point.START_LOGGED_IN)
MIGRATION = (Point.MIGRATION_VERSION, Point.MIGRATION_BEFORE_COMMIT, Point.MIGRATION_COMMITTED)
ANSWER = (Point.ANSWER_BEFORE, Point.ANSWER_AFTER)
EDIT = (Point.EDIT_BEFORE, Point.EDIT_AFTER)
PICTURE = (Point.PICTURE_BEFORE, Point.PICTURE_AFTER)
POST = (Point.POST_BEFORE, Point.POST_AFTER)
UPLOAD = (Point.UPLOAD_BEFORE, Point.UPLOAD_AFTER)
SUBMIT = (Point.SUBMIT_COMMITTED, Point.SUBMIT_BEFORE, Point.SUBMIT_AFTER)

ROWS: list[Row] = [
    *each(START, ONCE),
    *each(MIGRATION, ONCE),
    *each(COMMIT, range(1, 11)),
    *each((Point.COMMIT_BATCH,), range(1, 4), story=stories.four, databases=ONLY_SQLITE),
    *each(ANSWER, ONCE, is_in_ci=True),
    *each(ANSWER, range(2, 3), story=stories.replied),
    *each(EDIT, ONCE),
    *each(PICTURE, ONCE, is_in_ci=True),
    *each(PICTURE, range(2, 4), story=stories.four),
    *each(POST, ONCE, story=stories.moved, is_in_ci=True),
    *each(UPLOAD, ONCE, story=stories.edited),
    *each(SUBMIT, ONCE, is_in_ci=True),
    *each(SUBMIT, range(3, 4), story=stories.four),
    *each(COMMIT, range(2, 5), **CROWD),
    *each((Point.SUBMIT_COMMITTED, Point.SUBMIT_BEFORE), ONCE, play=Play.STOPPED, is_in_ci=True),
    *each((*SUBMIT, *PICTURE), ONCE, play=Play.TAKEN_OVER, databases=ONLY_POSTGRES),
    *(Row(play=Play.AT_RANDOM, seed=seed, story=stories.four) for seed in range(1, 6)),
    *(Row(play=Play.AT_RANDOM, seed=seed, **CROWD) for seed in range(6, 9)),  # type: ignore[arg-type]  # mypy cannot see into CROWD
    Row(play=Play.BESIDE, story=stories.four, databases=ONLY_POSTGRES),
]
