"""How late the provider's history shows a request, and how long its absence proves nothing.

The provider documents no number, so the bot measures each accepted request (a "landing"): the time from its
submit until the history shows it. What else the provider keeps, and for how long, is in `domain.luma`.
"""

from collections.abc import Collection
from datetime import timedelta

#: Somebody may have set our clock by a day just before the POST, or after it.
SET_CLOCK = timedelta(hours=25)
#: However fast the history was seen to be. It is read by minutes, so that less cannot be told apart.
FLOOR = timedelta(minutes=2)
#: As long as too little is known: so late, a request that is sent again still ends, a minute or two later,
#: while the interaction token of a quarter of an hour lives, without which a private card cannot be edited.
UNMEASURED = timedelta(minutes=12)
#: A member waits no longer. What is not found out by then is told to be unknown, and never sent again.
DOUBT_ENDS = timedelta(hours=1)
#: So many of the newest measurements are remembered, and the slowest of them counts.
REMEMBERED = 50
#: With fewer, too little is known.
ENOUGH = 3
#: The next one may be so many times slower than the slowest.
MARGIN = 2
#: Rows that land later than this are not looked for any more.
SHOWN_WITHIN = timedelta(days=3)
#: What the history does not tell about an accepted request by then, it never will.
SILENT_AFTER = timedelta(days=7)


def patience(landings: Collection[timedelta], still_missing: timedelta = timedelta(0)) -> timedelta:
    """For how long a request has to be absent from the history until it surely was never accepted.

    `landings` are the newest times within which accepted requests were seen there; `still_missing` is the
    age of the oldest accepted one that is known not to be there yet.
    """
    least = FLOOR if len(landings) >= ENOUGH else UNMEASURED
    slowest = max(*landings, still_missing, timedelta(0))
    return max(least, MARGIN * slowest)
