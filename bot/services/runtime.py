"""The parts of the process that nearly every service needs."""

import random
from dataclasses import dataclass

from bot.domain.clock import Clock
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.concurrency.outages import Outages
from bot.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    database: Database
    clock: Clock
    metrics: Metrics
    tasks: TaskOwner
    #: Spreads retries over time; it protects nothing.
    rng: random.Random
    outages: Outages
