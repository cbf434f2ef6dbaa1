"""How long pictures take, counted in buckets that are 5 % wide, so that counts of many days can be added."""

import math
from collections.abc import Mapping

WIDTH = 1.05


def bucket(seconds: float) -> int:
    """The bucket's number; 0 holds all up to a second. Databases keep it: never change it."""
    return math.ceil(math.log(max(seconds, 1.0)) / math.log(WIDTH))


def median(counts: Mapping[int, int]) -> float | None:
    """The middle, in seconds, of the bucket with the middle one of all; None without any."""
    half = (sum(counts.values()) + 1) // 2
    seen = 0
    for number in sorted(counts):
        seen += counts[number]
        if seen >= half > 0:
            return float(WIDTH ** (number - 0.5))
    return None
