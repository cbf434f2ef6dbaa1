"""The delay until the provider's history shows a request, and how long an absence proves nothing.

The provider documents no number, so the bot measures each accepted request (a "landing"): the time from its
submit until the history shows it. What else the provider keeps, and for how long, is in `domain.luma`.
"""

from collections.abc import Collection
from datetime import timedelta

#: Somebody may have set our clock by a day just before the POST, or after it.
SET_CLOCK = timedelta(hours=25)
#: The shortest patience, however fast the history is. It is read by the minute, so less cannot be measured.
FLOOR = timedelta(minutes=2)
#: The patience as long as too little is known. A request that is sent again after it still ends a minute or
#: two later, before the interaction token expires after 15 minutes. Without the token, a private card cannot
#: be edited.
UNMEASURED = timedelta(minutes=12)
#: A member waits no longer. If the outcome is not known by then, the job fails as `unknown`, and is never
#: sent again.
DOUBT_ENDS = timedelta(hours=1)
#: The number of newest measurements that are kept. The slowest of them counts.
REMEMBERED = 50
#: With fewer measurements, too little is known.
ENOUGH = 3
#: The next request may be this many times slower than the slowest.
MARGIN = 2
#: The bot does not look for rows that appear later than this.
SHOWN_WITHIN = timedelta(days=3)
#: What the history does not say about an accepted request by then, it never will.
SILENT_AFTER = timedelta(days=7)


def patience(landings: Collection[timedelta], still_missing: timedelta = timedelta(0)) -> timedelta:
    """Return how long a request has to be absent from the history to prove that it was never accepted.

    `landings` are the newest measured delays of accepted requests; `still_missing` is the
    age of the oldest accepted one that is known not to be there yet.
    """
    least = FLOOR if len(landings) >= ENOUGH else UNMEASURED
    slowest = max(*landings, still_missing, timedelta(0))
    return max(least, MARGIN * slowest)
