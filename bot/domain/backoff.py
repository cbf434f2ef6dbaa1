"""The wait before the next attempt, after a number of failures."""

from dataclasses import dataclass
from random import Random

#: Each wait is twice the last. After this many, any limit is reached.
MOST_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class Backoff:
    """One wait for each failure in a row; the last one is repeated."""

    seconds: tuple[float, ...]
    #: Between which factors `spread_after` varies a wait, so that many who failed at once do not come back at
    #: once.
    spread: tuple[float, float] = (0.7, 1.3)

    @classmethod
    def doubling(cls, first_seconds: float, longest_seconds: float) -> "Backoff":
        """Waits that double up to the longest one, and vary only downwards, so that it stays the longest."""
        doubled = (first_seconds * 2.0**failures for failures in range(MOST_DOUBLINGS + 1))
        return cls(tuple(min(wait, longest_seconds) for wait in doubled), spread=(0.75, 1.0))

    @property
    def longest_seconds(self) -> float:
        return self.seconds[-1]

    def after(self, failures: int) -> float:
        """The wait after so many failures in a row; there is none without a failure."""
        return self.seconds[min(failures, len(self.seconds)) - 1] if failures > 0 else 0.0

    def spread_after(self, failures: int, rng: Random) -> float:
        return self.after(failures) * rng.uniform(*self.spread)
