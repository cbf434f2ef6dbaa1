"""A histogram of how long pictures take. Its buckets are 5 % wide, and counts of many days can be added."""

import math
from collections.abc import Mapping

WIDTH = 1.05


def bucket(seconds: float) -> int:
    """Return the number of the bucket; 0 holds all up to a second. Never change it: databases store it."""
    return math.ceil(math.log(max(seconds, 1.0)) / math.log(WIDTH))


def median(counts: Mapping[int, int]) -> float | None:
    """Return the median in seconds, as the middle of its bucket; None if the histogram is empty."""
    half = (sum(counts.values()) + 1) // 2
    seen = 0
    for number in sorted(counts):
        seen += counts[number]
        if seen >= half > 0:
            return float(WIDTH ** (number - 0.5))
    return None
