"""The stand-in of Discord notices whether a client keeps the rhythm."""

from standins.fake_discord.heartbeats import Heartbeats


class Watch:
    def __init__(self) -> None:
        self.now = 0.0
        self.heartbeats = Heartbeats(lambda: self.now)
        self.heartbeats.interval_seconds = 10.0
        self.heartbeats.begin("client")

    def beat_at(self, seconds: float) -> None:
        self.now = seconds
        self.heartbeats.hear("client")


def test_heartbeats_in_time_are_counted() -> None:
    watch = Watch()
    for seconds in (0.0, 10.0, 21.5):
        watch.beat_at(seconds)
    assert (watch.heartbeats.heard, watch.heartbeats.missed) == (3, 0)
    assert watch.heartbeats.latest_seconds == 1.5


def test_one_that_comes_too_late_was_missed() -> None:
    watch = Watch()
    watch.beat_at(12.5)
    assert watch.heartbeats.missed == 1


def test_one_that_was_due_long_before_the_end_was_missed() -> None:
    watch = Watch()
    watch.now = 13.0
    watch.heartbeats.end("client")
    assert watch.heartbeats.missed == 1


def test_nothing_is_due_of_those_who_left() -> None:
    watch = Watch()
    watch.heartbeats.end("client")
    watch.now = 99.0
    assert watch.heartbeats.missed == 0
