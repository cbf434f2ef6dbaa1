"""When to ask the provider again: learned from how long finished pictures took.

With f the density and S the survival of the time to completion, asking at the rate r(t) waits 1/2r after the
picture is there and costs r requests a second while it is not. If one request is worth λ seconds, then
∫ f/2r + λ·r·S dt is least for r = √(h/2λ), h = f/S being the hazard. The next poll is due where the integral
of r, from the last one on, has grown by one.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.luma import USUAL_SECONDS_OF_OTHERS

SHORTEST_GAP_SECONDS = 0.25
LONGEST_GAP_SECONDS = 120.0
#: Above this λ has hardly an effect: nearly every poll finds a finished picture.
DEAREST_REQUEST_SECONDS = 30.0

_BIN_RATIO = 1.06
_FIRST_EDGE_SECONDS = 0.5
_LAST_EDGE_SECONDS = 3600.0
#: Each new observation fades the older ones by this factor: the last hundred or so decide.
_FADING = 0.99
#: How many observations the prior is worth.
_PRIOR_WEIGHT = 10.0
#: An observation is spread over its neighbours, so that a few of them make no spikes.
_SPREAD = (0.1, 0.22, 0.36, 0.22, 0.1)


def _edges() -> list[float]:
    count = math.ceil(math.log(_LAST_EDGE_SECONDS / _FIRST_EDGE_SECONDS) / math.log(_BIN_RATIO))
    return [0.0, *(_FIRST_EDGE_SECONDS * _BIN_RATIO**i for i in range(count + 1))]


_EDGES = _edges()


def _lognormal_share(seconds: float, median: float, sigma: float) -> float:
    """The share of a log-normal distribution that lies below `seconds`."""
    return 0.0 if seconds <= 0 else 0.5 * (1 + math.erf(math.log(seconds / median) / (sigma * math.sqrt(2))))


def _prior(usual_seconds: float) -> list[float]:
    """The model's average, a heavy tail for bad days, and a few requests that fail at once."""

    def share(seconds: float) -> float:
        usual = _lognormal_share(seconds, usual_seconds * 0.95, 0.3)
        slow = _lognormal_share(seconds, usual_seconds * 1.5, 0.9)
        at_once = _lognormal_share(seconds, 0.7, 0.5)
        return 0.85 * usual + 0.12 * slow + 0.03 * at_once

    return [_PRIOR_WEIGHT * (share(after) - share(before)) for before, after in pairwise(_EDGES)]


@dataclass(frozen=True, slots=True)
class Supply:
    """How scarce requests are."""

    #: How often each picture that the provider is making may be asked about now.
    requests_a_second: float
    #: By how many seconds one more request delays those who wait in line, added up over all of them.
    line_seconds: float = 0.0


PLENTY = Supply(requests_a_second=math.inf)


class CompletionTimes:
    """A fading histogram of the seconds from submit to end, in bins that grow by 6 %."""

    def __init__(self, usual_seconds: float = USUAL_SECONDS_OF_OTHERS) -> None:
        self._mass = _prior(usual_seconds)
        self._reckon()

    def observe(self, seconds: float) -> None:
        centre = min(max(bisect_right(_EDGES, seconds) - 1, 0), len(self._mass) - 1)
        self._mass = [mass * _FADING for mass in self._mass]
        for offset, share in enumerate(_SPREAD, start=centre - len(_SPREAD) // 2):
            self._mass[min(max(offset, 0), len(self._mass) - 1)] += share
        self._reckon()

    def _reckon(self) -> None:
        """Survival at each bin's start, the hazard within it, and what sums them up; once per observation."""
        left = total = sum(self._mass)
        mean = root = 0.0
        self._survival: list[float] = []
        self._hazard: list[float] = []
        for mass, (before, after) in zip(self._mass, pairwise(_EDGES), strict=True):
            width = after - before
            # Past nearly all that was ever seen, half of what is left is as good a guess as any.
            at_risk = max(left - mass / 2, mass / 2, 1e-9)
            self._survival.append(left / total)
            self._hazard.append(mass / at_risk / width)
            mean += mass / total * (before + after) / 2
            root += math.sqrt(mass * at_risk * width) / total
            left = max(left - mass, 0.0)
        self._mean_seconds = mean
        #: (∫√(f·S))²: over about so many seconds the polls of a picture are spread.
        self._uncertain_seconds = root**2

    def request_seconds(self, supply: Supply) -> float:
        """λ: what one request is worth, in seconds of waiting.

        A picture is asked about as often as `supply` allows while it may end at any moment; yet, all in all,
        no more often than once for each second that it takes, and never so often that those who wait in line
        lose more than it wins.
        """
        polls = min(supply.requests_a_second * self._uncertain_seconds, self._mean_seconds)
        affordable = self._uncertain_seconds / (2 * polls**2) if polls > 0 else math.inf
        return min(max(affordable, supply.line_seconds), DEAREST_REQUEST_SECONDS)

    def quantile(self, share: float) -> float:
        """The seconds within which `share` of the pictures ended."""
        for survival, edge in zip(reversed(self._survival), reversed(_EDGES[:-1]), strict=True):
            if survival >= 1 - share:
                return edge
        return 0.0

    def gap(self, age_seconds: float, request_seconds: float) -> float:
        """Seconds until the next poll, for a request sent `age_seconds` ago, at λ = `request_seconds`."""
        start = min(max(age_seconds, 0.0), _LAST_EDGE_SECONDS - 1)
        index = bisect_right(_EDGES, start) - 1
        gone, wanted = start, 1.0
        while index < len(self._hazard):
            rate = math.sqrt(self._hazard[index] / (2 * request_seconds))
            edge = _EDGES[index + 1]
            if rate * (edge - gone) >= wanted:
                return _clamped(gone + wanted / rate - start)
            wanted -= rate * (edge - gone)
            gone = edge
            index += 1
            if gone - start > LONGEST_GAP_SECONDS:
                break
        return LONGEST_GAP_SECONDS


def _clamped(gap: float) -> float:
    return min(max(gap, SHORTEST_GAP_SECONDS), LONGEST_GAP_SECONDS)
