"""The state of the stand-in while it runs; the facade shows it, the routes change it."""

from dataclasses import dataclass, field
from datetime import timedelta

from standins.changes import Changes
from standins.clock import Clock
from standins.fake_segmind.faults import Faults
from standins.fake_segmind.jobs import Workshop
from standins.fake_segmind.limits import RateLimit
from standins.fake_segmind.records import SeenRequest


@dataclass(slots=True, kw_only=True)
class State:
    clock: Clock
    key: str = field(repr=False)
    workshop: Workshop
    rate_limit: RateLimit
    changes: Changes
    history_delay: timedelta
    faults: Faults = field(default_factory=Faults)
    requests: list[SeenRequest] = field(default_factory=list)
    keeps_requests: bool = True
    #: The address of finished pictures; empty: the address at which the client reached the stand-in.
    files_url: str = ""
    #: Uploaded sources by the last part of their path.
    assets: dict[str, "Asset"] = field(default_factory=dict)

    def record(self, request: SeenRequest) -> None:
        if self.keeps_requests:
            self.requests.append(request)
        self.changes.notify()


@dataclass(frozen=True, slots=True)
class Asset:
    data: bytes = field(repr=False)
    content_type: str
