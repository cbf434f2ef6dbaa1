"""The parts of the process that nearly every service needs."""

import random
from dataclasses import dataclass, field

from bot.domain.clock import Clock
from bot.domain.pseudonyms import Pseudonyms
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.concurrency.outages import Outages
from bot.services.concurrency.wake_up import WakeUp
from bot.store.driver.database import Database

#: How often a process looks for what is owed, without a wake-up: alone, and where others may owe it.
LOOK_ALONE_SECONDS, LOOK_SHARED_SECONDS = 60.0, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    database: Database
    clock: Clock
    metrics: Metrics
    tasks: TaskOwner
    #: Spreads retries over time; it protects nothing.
    rng: random.Random
    outages: Outages
    pseudonyms: Pseudonyms
    #: Sent after something is owed to moderators in the store.
    posts_owed: WakeUp = field(default_factory=WakeUp)
    #: Sent after a picture is delivered, which the feed of its server may show.
    feed_owed: WakeUp = field(default_factory=WakeUp)
    #: Sent after a picture is to be hidden, or shown again.
    hiding_owed: WakeUp = field(default_factory=WakeUp)
    look_seconds: float = LOOK_ALONE_SECONDS

    async def until_owed(self, wake_up: WakeUp) -> None:
        """Wait for this wake-up, but not for long: it is of this process alone."""
        await wake_up.wait(self.clock.sleep, self.look_seconds)
