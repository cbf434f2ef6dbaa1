"""When a message that could not be brought up to date is tried again, and when it is given up."""

import random
from datetime import datetime, timedelta

#: So long a message is tried to be brought up to date.
PATIENCE = timedelta(days=7)
#: The pause is this share of the time for which it has been behind.
SHARE = 1 / 8
SHORTEST_PAUSE = timedelta(minutes=1)
#: Where the bot is not let to the message: many such calls shut out the whole address.
SHARE_IF_BARRED = 1 / 2
SHORTEST_PAUSE_IF_BARRED = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)


def next_try(
    now: datetime, behind_since: datetime, rng: random.Random, *, is_barred: bool
) -> datetime | None:
    """None once it is not worth another one."""
    behind = now - behind_since
    if behind > PATIENCE:
        return None
    share = SHARE_IF_BARRED if is_barred else SHARE
    shortest = SHORTEST_PAUSE_IF_BARRED if is_barred else SHORTEST_PAUSE
    return now + min(LONGEST_PAUSE, max(shortest, behind * share)) * rng.uniform(0.8, 1.2)
