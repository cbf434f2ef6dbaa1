"""Builds what ties a process to the others that share its work."""

from collections.abc import Sequence

from bot.domain.errors import OperatorError
from bot.services.cards.card_locks import CardLocks, NoOtherProcess, SharedCardLocks
from bot.services.choices import Share
from bot.services.provider.account import Sharing
from bot.services.runtime import Runtime
from bot.store.fleet import fleet

OTHER_KEY = (
    "Other processes of the bot are running with another SECRET_KEY, and neither could read what the other "
    "writes: set the same for all."
)
AGAIN_SECONDS = 1.0
#: Of the time after which a process counts as dead, the part in which it shows once that it is alive.
BEATS = 5


async def join(runtime: Runtime, share: Share, key_names: Sequence[str]) -> None:
    """Make the process known to the others. Raises `OperatorError` if it does not have their key."""
    until = runtime.clock.monotonic() + share.stalled_seconds + AGAIN_SECONDS
    while not await runtime.outages.retried(
        lambda: runtime.database.write(
            fleet.join, share.process_id, key_names, alive_seconds=share.stalled_seconds
        ),
        "fleet",
    ):
        if runtime.clock.monotonic() >= until:
            raise OperatorError(OTHER_KEY)
        await runtime.clock.sleep(AGAIN_SECONDS)  # one that was killed a moment ago still counts


def sharing_of(runtime: Runtime, share: Share | None) -> tuple[CardLocks, Sharing | None]:
    """Return the locks on cards, and how the account is shared; for one process alone, neither."""
    if share is None:
        return NoOtherProcess(), None
    locks = SharedCardLocks(runtime=runtime, process_id=share.process_id, alive_seconds=share.stalled_seconds)
    sharing = Sharing(
        process_id=share.process_id,
        every_seconds=share.stalled_seconds / BEATS,
        changing=lambda: locks.changing,
    )
    return locks, sharing
