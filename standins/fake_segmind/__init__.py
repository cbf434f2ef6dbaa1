"""A Segmind that runs in this process: queue, results, uploads, history, files, and bills.

It answers as the real one does, refuses what the real one refuses, and misbehaves on request. It knows
nothing of the bot that calls it, and the bot never imports it.
"""

from standins.fake_segmind.facade import FakeSegmind
from standins.fake_segmind.faults import Effect, Fault, FaultKind, Faults, Route
from standins.fake_segmind.records import Bill, KeySeen, Outcome, SeenRequest

__all__ = [
    "Bill",
    "Effect",
    "FakeSegmind",
    "Fault",
    "FaultKind",
    "Faults",
    "KeySeen",
    "Outcome",
    "Route",
    "SeenRequest",
]
