"""The ids that the last sandbox used: the next one continues, so that the bot's database still fits."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.fake_discord.world import World

FILE = "world.json"


@dataclass(frozen=True)
class LastTime:
    """People, servers and channels got their ids at `began_at` (Unix time); the last of all was `last_id`."""

    began_at: float
    last_id: int = 0

    @property
    def began(self) -> datetime:
        return datetime.fromtimestamp(self.began_at, UTC)


def recalled(data_dir: Path, now: datetime, *, keep: bool) -> LastTime:
    """The last sandbox's, if there was one and it is to be kept; else one that begins now."""
    try:
        return LastTime(**json.loads((data_dir / FILE).read_text("utf-8"))) if keep else _first(now)
    except (OSError, ValueError, TypeError):
        return _first(now)


def remember(data_dir: Path, last: LastTime, world: World) -> None:
    told = LastTime(last.began_at, world.snowflakes.last)
    (data_dir / FILE).write_text(json.dumps(asdict(told)), "utf-8")


def _first(now: datetime) -> LastTime:
    return LastTime(now.timestamp())
