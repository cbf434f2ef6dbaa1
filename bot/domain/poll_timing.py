"""The timing of polls, learned from how long finished pictures took.

Let f be the density and S the survival function of the time to completion. Polling at the rate r(t) finds the
picture 1/2r after it is finished, and costs r requests a second until then. If one request is worth λ
seconds, then ∫ f/2r + λ·r·S dt is least for r = √(h/2λ), where h = f/S is the hazard. The next poll is due
when the integral of r since the last poll has grown by one.
"""

import math
import operator
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.luma import USUAL_SECONDS_OF_OTHERS

SHORTEST_GAP_SECONDS = 0.25
LONGEST_GAP_SECONDS = 120.0
#: A larger λ has almost no effect: nearly every poll finds a finished picture.
DEAREST_REQUEST_SECONDS = 30.0

_BIN_RATIO = 1.06
_FIRST_EDGE_SECONDS = 0.5
_LAST_EDGE_SECONDS = 3600.0
#: Each new observation fades the older ones by this factor, so about the last hundred decide.
_FADING = 0.99
#: The weight of the prior, as a number of observations.
_PRIOR_WEIGHT = 10.0
#: An observation is spread over neighbouring bins, so that a few observations make no spikes.
_SPREAD = (0.1, 0.22, 0.36, 0.22, 0.1)


def _edges() -> list[float]:
    count = math.ceil(math.log(_LAST_EDGE_SECONDS / _FIRST_EDGE_SECONDS) / math.log(_BIN_RATIO))
    return [0.0, *(_FIRST_EDGE_SECONDS * _BIN_RATIO**i for i in range(count + 1))]


_EDGES = _edges()


def _lognormal_share(seconds: float, median: float, sigma: float) -> float:
    """Return the share of a log-normal distribution that lies below `seconds`."""
    return 0.0 if seconds <= 0 else 0.5 * (1 + math.erf(math.log(seconds / median) / (sigma * math.sqrt(2))))


def _prior(usual_seconds: float) -> list[float]:
    """Return the prior: the model's average, a heavy tail for bad days, a few requests that fail at once."""

    def share(seconds: float) -> float:
        usual = _lognormal_share(seconds, usual_seconds * 0.95, 0.3)
        slow = _lognormal_share(seconds, usual_seconds * 1.5, 0.9)
        at_once = _lognormal_share(seconds, 0.7, 0.5)
        return 0.85 * usual + 0.12 * slow + 0.03 * at_once

    return [_PRIOR_WEIGHT * (share(after) - share(before)) for before, after in pairwise(_EDGES)]


@dataclass(frozen=True, slots=True)
class Supply:
    """The supply of requests: it says how scarce they are."""

    #: How often each running picture may be polled now.
    requests_a_second: float
    #: The seconds by which one more request delays the waiting members, summed over all of them.
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
        """Compute the survival at each bin's start, the hazard within it, and their sums."""
        left = total = sum(self._mass)
        mean = root = 0.0
        self._survival: list[float] = []
        self._hazard: list[float] = []
        for mass, (before, after) in zip(self._mass, pairwise(_EDGES), strict=True):
            width = after - before
            # Beyond nearly all observations, half of what is left is as good a guess as any.
            at_risk = max(left - mass / 2, mass / 2, 1e-9)
            self._survival.append(left / total)
            self._hazard.append(mass / at_risk / width)
            mean += mass / total * (before + after) / 2
            root += math.sqrt(mass * at_risk * width) / total
            left = max(left - mass, 0.0)
        self._mean_seconds = mean
        #: (∫√(f·S))²: the polls of a picture are spread over about this many seconds.
        self._uncertain_seconds = root**2

    def request_seconds(self, supply: Supply) -> float:
        """Return λ: the value of one request, in seconds of waiting.

        While a picture may end at any moment, it is polled as often as `supply` allows. In total, it is
        polled no more often than once per second, and never so often that waiting members lose more than it
        gains.
        """
        polls = min(supply.requests_a_second * self._uncertain_seconds, self._mean_seconds)
        affordable = self._uncertain_seconds / (2 * polls**2) if polls > 0 else math.inf
        return min(max(affordable, supply.line_seconds), DEAREST_REQUEST_SECONDS)

    def quantile(self, share: float) -> float:
        """Return the seconds within which `share` of the pictures ended."""
        reached = bisect_right(self._survival, share - 1, key=operator.neg)  # they only fall
        return _EDGES[max(reached - 1, 0)]

    def gap(self, age_seconds: float, request_seconds: float) -> float:
        """Return the seconds until the next poll of a request of this age, at λ = `request_seconds`."""
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
