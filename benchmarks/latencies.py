"""How long pictures take, in several shapes: the provider's average is known, the shape is not."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

MEAN_SECONDS = 62.0

#: Seconds from submit to completion, drawn anew for each picture.
Draw = Callable[[random.Random], float]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    draw: Draw


def _lognormal(mean_seconds: float, sigma: float) -> Draw:
    mu = math.log(mean_seconds) - sigma**2 / 2
    return lambda rng: rng.lognormvariate(mu, sigma)


def _two_peaks(rng: random.Random) -> float:
    """Three in five are quick; the others take twice as long."""
    return (_QUICK if rng.random() < 0.6 else _SLOW)(rng)


def _slow_tail(rng: random.Random) -> float:
    """One in eight takes up to four times as long as it would."""
    delay = rng.uniform(1.3, 4.0) if rng.random() < 1 / 8 else 1.0
    return _STEADY(rng) * delay


_QUICK = _lognormal(42.5, 0.15)
_SLOW = _lognormal(91.0, 0.15)
_STEADY = _lognormal(51.5, 0.2)

NARROW = Shape("log-normal, sigma 0.25", _lognormal(MEAN_SECONDS, 0.25))
WIDE = Shape("log-normal, sigma 0.35", _lognormal(MEAN_SECONDS, 0.35))
TWO_PEAKS = Shape("two peaks, 42 s and 91 s", _two_peaks)
SLOW_TAIL = Shape("slow tail, up to 200 s", _slow_tail)
SHAPES = (NARROW, WIDE, TWO_PEAKS, SLOW_TAIL)
