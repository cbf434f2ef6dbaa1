"""Accepted requests, and the work on them: validate, fetch the source, wait, draw, bill."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from standins.changes import Changes
from standins.clock import Clock
from standins.fake_segmind import drawing, model
from standins.fake_segmind.pace import Pace
from standins.fake_segmind.records import Bill, Outcome
from standins.fake_segmind.sources import SourceFetch, SourceTrouble

RECORD_LIVES = timedelta(hours=1)
FILE_LIVES = timedelta(days=7)
#: A refusal by the content filter comes well before a picture would.
BLOCK_SHARE = 0.1
QUEUE_SHARE = 0.02
#: As observed, of a body that the model refuses.
REFUSAL_METRICS = {"inference_time": 0.003, "queue_time": 0.026}

BLOCK_TEXT = "content_moderated: the request was flagged by our moderation system"
FATES = {
    "blocked": BLOCK_TEXT,
    "generation_failed": "generation_failed: the picture could not be generated, please try again",
    "corrupt_input": "corrupt_input: the input image could not be decoded",
}

#: How long a picture takes, in seconds of work: one number, or drawn from a distribution.
Latency = float | Callable[[random.Random], float]


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    bill: Bill
    fates: tuple[str, ...]
    takes_seconds: float
    queued_at_seconds: float
    metrics: dict[str, object] = field(default_factory=dict)
    picture: drawing.Drawn | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def request_id(self) -> str:
        return self.bill.request_id

    @property
    def file_name(self) -> str:
        extension = self.picture.extension if self.picture else "bin"
        return f"{self.request_id}.{extension}"


class Workshop:
    """Takes jobs and works on all of them at once."""

    def __init__(self, *, clock: Clock, pace: Pace, changes: Changes, rng: random.Random) -> None:
        self.jobs: dict[str, Job] = {}
        self._running: dict[str, Job] = {}
        self.bills: list[Bill] = []
        self.credits = Decimal(100)
        self.latency: Latency | None = None
        self.is_small = False
        self._clock, self._pace, self._changes, self._rng = clock, pace, changes, rng
        self._held_usd = Decimal(0)
        self._sources = SourceFetch()
        self._tasks: set[asyncio.Task[None]] = set()

    def price_of(self, model_name: str) -> Decimal:
        return model.MODELS[model_name].price_usd

    def can_afford(self, model_name: str) -> bool:
        """Say whether there is enough for one more, beside the cost of the running jobs."""
        return self.credits - self._held_usd >= self.price_of(model_name)

    @property
    def open(self) -> list[Bill]:
        return [job.bill for job in self._running.values()]

    def accept(self, model_name: str, inputs: dict[str, object], fates: tuple[str, ...] = ()) -> Job:
        """Take a job. It is billable from here on, even if the answer never arrives."""
        bill = Bill(
            request_id=f"{self._rng.getrandbits(128):032x}",
            model=model_name,
            inputs=inputs,
            accepted_at=self._clock.now(),
        )
        job = Job(
            bill=bill,
            fates=fates,
            takes_seconds=self._duration_seconds(model_name),
            queued_at_seconds=self._pace.done_seconds(),
        )
        self.bills.append(bill)
        self.jobs[job.request_id] = self._running[job.request_id] = job
        self._held_usd += self.price_of(model_name)
        task = asyncio.create_task(self._work(job), name=f"stand-in job {job.request_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._changes.notify()
        return job

    def known(self, request_id: str) -> Job | None:
        """The job, for an hour after it was accepted."""
        job = self.jobs.get(request_id)
        return job if job and self._clock.now() - job.bill.accepted_at <= RECORD_LIVES else None

    def by_file_name(self, name: str) -> Job | None:
        job = self.jobs.get(name.partition(".")[0])
        if job is None or job.picture is None or job.file_name != name:
            return None
        return job if self._clock.now() - job.bill.accepted_at <= FILE_LIVES else None

    def word_of(self, job: Job) -> str:
        if job.bill.outcome is not Outcome.RUNNING:
            return job.bill.outcome.upper()
        worked_seconds = self._pace.done_seconds() - job.queued_at_seconds
        return "QUEUED" if worked_seconds < job.takes_seconds * QUEUE_SHARE else "PROCESSING"

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sources.close()

    def _duration_seconds(self, model_name: str) -> float:
        if self.latency is None:
            return model.MODELS[model_name].duration_seconds(self._rng)
        return self.latency(self._rng) if callable(self.latency) else self.latency

    async def _work(self, job: Job) -> None:
        problem = model.problem_of(job.bill.inputs)
        if problem is not None:
            self._fail(job, problem, REFUSAL_METRICS)
            return
        try:
            source = await self._source(job)
            drawn = await self._draw(job, source)
        except (SourceTrouble, drawing.NotAPicture) as trouble:
            self._fail(job, str(trouble))
            return
        await self._finish(job, drawn)

    async def _source(self, job: Job) -> bytes | None:
        image = job.bill.inputs.get("image")
        return None if image is None else await self._sources.fetch(str(image))

    async def _draw(self, job: Job, source: bytes | None) -> drawing.Drawn:
        brief = drawing.Brief.of(job.bill.inputs, source=source, is_small=self.is_small)
        return await asyncio.to_thread(drawing.draw, brief)

    async def _finish(self, job: Job, drawn: drawing.Drawn) -> None:
        fate = next((FATES[name] for name in job.fates if name in FATES), None)
        share = BLOCK_SHARE if fate == BLOCK_TEXT else 1.0
        await self._pace.work_until(job.queued_at_seconds + job.takes_seconds * share)
        if "stuck" in job.fates:
            return
        if fate is not None:
            self._fail(job, fate)
            return
        job.picture = drawn
        job.bill.cost_usd = self.price_of(job.bill.model)
        self.credits -= job.bill.cost_usd
        job.metrics = {
            "cost": float(job.bill.cost_usd),
            "remaining_credits": float(self.credits),
            **self._timings(job),
        }
        self._end(job, Outcome.COMPLETED)

    def _fail(self, job: Job, error: str, metrics: dict[str, float] | None = None) -> None:
        job.bill.error = error
        job.metrics = dict(metrics or self._timings(job))
        self._end(job, Outcome.FAILED)

    def _timings(self, job: Job) -> dict[str, float]:
        total_seconds = (self._clock.now() - job.bill.accepted_at).total_seconds()
        queue_seconds = total_seconds * QUEUE_SHARE
        return {
            "inference_time": round(total_seconds - queue_seconds, 3),
            "queue_time": round(queue_seconds, 3),
            "total_time": round(total_seconds, 3),
        }

    def _end(self, job: Job, outcome: Outcome) -> None:
        job.bill.outcome = outcome
        job.bill.finished_at = self._clock.now()
        del self._running[job.request_id]
        self._held_usd -= self.price_of(job.bill.model)
        job.done.set()
        self._changes.notify()
