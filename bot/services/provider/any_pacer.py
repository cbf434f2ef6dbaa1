"""The interface of both pacers: that of one process alone, and the one that several processes share."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.ids import JobId, MemberId
from bot.domain.poll_timing import Supply


class AnyPacer(Protocol):
    async def submit_turn(self, job_id: JobId, member_id: MemberId) -> bool:
        """Wait in line. From its turn on, the job counts as being with the provider until `release`.

        Return False if it no longer waits, as far as the pacer knows: then it has no turn.
        """

    async def result_turn(self) -> None: ...
    async def poll_turn(self) -> None: ...

    def occupy(self, job_id: JobId, member_id: MemberId) -> None:
        """Count the job as being with the provider. A second call changes nothing."""

    def release(self, job_id: JobId) -> None:
        """Count the job as no longer being with the provider."""

    def pause(self, seconds: float) -> None:
        """Send nothing for this time, after a 429."""

    @property
    def pause_seconds(self) -> float:
        """Return how much longer nothing is sent; 0 if there is no pause."""

    def supply(self) -> Supply:
        """Return how scarce requests are now; see `poll_timing`."""

    def places(self) -> Mapping[JobId, int]:
        """Return the place in line of each job that waits here; 1 is next."""

    def place(self, job_id: JobId, member_id: MemberId) -> int | None:
        """Return one job's place in line, or None if it does not wait."""

    async def run(self) -> None:
        """Grant turns."""
