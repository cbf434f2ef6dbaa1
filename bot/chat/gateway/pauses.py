"""How long to wait before trying again: longer each time, up to a limit, and never twice the same."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pauses:
    first_seconds: float
    longest_seconds: float

    def after(self, failures: int, rng: random.Random) -> float:
        """The pause after so many failures in a row; none after none."""
        if failures <= 0:
            return 0.0
        doubled = self.first_seconds * 2.0 ** min(failures - 1, 30)
        return min(doubled, self.longest_seconds) * rng.uniform(0.75, 1.0)
