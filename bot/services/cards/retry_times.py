"""The times at which a message that could not be updated is tried again."""

import random
from datetime import datetime, timedelta

#: After this time the message is given up.
PATIENCE = timedelta(days=7)
#: The wait is this share of the time since it was last up to date.
SHARE = 1 / 8
SHORTEST_PAUSE = timedelta(minutes=1)
#: If the bot may not reach the message. Discord blocks the address after many such calls.
SHARE_IF_BARRED = 1 / 2
SHORTEST_PAUSE_IF_BARRED = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)


def next_try(
    now: datetime, behind_since: datetime, rng: random.Random, *, is_barred: bool
) -> datetime | None:
    """Return the time of the next attempt, or None after the last one."""
    behind = now - behind_since
    if behind > PATIENCE:
        return None
    share = SHARE_IF_BARRED if is_barred else SHARE
    shortest = SHORTEST_PAUSE_IF_BARRED if is_barred else SHORTEST_PAUSE
    return now + min(LONGEST_PAUSE, max(shortest, behind * share)) * rng.uniform(0.8, 1.2)
