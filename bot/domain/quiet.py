"""Members who are refused often and fast: for the rest of a minute they are answered from memory.

So one person cannot keep the database busy. Nothing else depends on it: a member who would be allowed by now
waits for less than a minute, and one who is forgotten here is only looked up in the database again.
"""

from collections import OrderedDict, deque

from bot.domain.errors import Refusal

MOST_REFUSALS = 20
WITHIN_SECONDS = 60.0
#: Those who were refused last; the others are forgotten.
MOST_MEMBERS = 2000


class Quieted(Refusal):
    """The member was refused too often within a minute. It ends in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class QuietRefusals:
    """Counts refusals by member. All times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        #: The last refusals of each member, the oldest first.
        self._refused: OrderedDict[int, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._refused)

    def note(self, member_id: int, now: float) -> None:
        """Count a refusal that had to be found out."""
        times = self._refused.setdefault(member_id, deque(maxlen=MOST_REFUSALS))
        times.append(now)
        self._refused.move_to_end(member_id)
        if len(self._refused) > MOST_MEMBERS:
            self._refused.popitem(last=False)

    def require_patience(self, member_id: int, now: float) -> None:
        """Raises `Quieted` if the member was refused too often within the last minute."""
        times = self._refused.get(member_id)
        if times is None or len(times) < MOST_REFUSALS:
            return
        left = times[0] + WITHIN_SECONDS - now
        if left > 0:
            raise Quieted(left)
