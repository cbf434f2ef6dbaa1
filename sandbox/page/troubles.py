"""The troubles that Backstage can switch on: each with a name, a description, and how it is switched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from standins.fake_discord.faults import Fault as DiscordFault
from standins.fake_discord.faults import Faults as DiscordFaults
from standins.fake_discord.model import Json
from standins.fake_segmind.facade import FakeSegmind
from standins.fake_segmind.faults import API, READS, Route
from standins.fake_segmind.faults import Fault as SegmindFault

#: Within the 3 s for a first answer, but noticeable.
DISCORD_DELAY_SECONDS = 2.0
DISCORD_RETRY_AFTER_SECONDS = 2.0
SEGMIND_DELAY_SECONDS = 5.0


@dataclass(frozen=True)
class Trouble:
    """`on` and `off` switch it; `is_on` asks the stand-in itself, so that it is never wrong."""

    key: str
    label: str
    note: str
    on: Callable[[], None]
    off: Callable[[], None]
    is_on: Callable[[], bool]

    def as_json(self) -> Json:
        return {"key": self.key, "label": self.label, "note": self.note, "is_on": self.is_on()}


def provider_troubles(segmind: FakeSegmind) -> list[Trouble]:
    def faulty(key: str, label: str, note: str, routes: tuple[Route, ...], *names: str) -> Trouble:
        pairs = [(route, name) for route in routes for name in names]

        def active() -> list[SegmindFault]:
            return [one for one in segmind.faults.active if (one.route, one.name) in pairs]

        def on() -> None:
            for route, name in pairs:
                seconds = SEGMIND_DELAY_SECONDS if name == "slow" else None
                segmind.faults.add(route, name, seconds=seconds)

        def off() -> None:
            for fault in active():
                segmind.faults.remove(fault)

        return Trouble(f"provider_{key}", label, note, on, off, lambda: bool(active()))

    submit = (Route.SUBMIT,)
    return [
        faulty("slow", "Slow", "Every call takes 5 s longer", (*API, Route.OUTPUT), "slow"),
        faulty(
            "limited", "Rate limited", "429 on every call, with the time of the reset", API, "rate_limited"
        ),
        faulty("errors", "Server errors", "500 on every call", API, "error_500"),
        faulty("blocked", "Content filter", "Blocks every picture that is asked for", submit, "blocked"),
        faulty(
            "broken", "Pictures fail", "Takes the request, then cannot make it", submit, "generation_failed"
        ),
        faulty("stuck", "Never finishes", "Takes the request and never finishes it", submit, "stuck"),
        faulty("lost", "Answer lost, accepted", "Takes the request, then hangs up", submit, "reset_after"),
        faulty(
            "cut", "Answer lost, not accepted", "Hangs up before it took the request", submit, "reset_before"
        ),
        faulty("forgets", "Forgets requests", "404 for status and result", READS, "lost"),
        _empty_account(segmind),
        faulty("key", "Wrong key", "401 on every call", API, "key_refused"),
    ]


def _empty_account(segmind: FakeSegmind) -> Trouble:
    saved = [segmind.credits]

    def on() -> None:
        saved.append(segmind.credits)
        segmind.credits = Decimal(0)

    def off() -> None:
        segmind.credits = saved.pop()

    return Trouble("provider_credits", "No credits", "The account is empty", on, off, lambda: len(saved) > 1)


def discord_troubles(faults: DiscordFaults) -> list[Trouble]:
    def faulty(key: str, label: str, note: str, add: Callable[[], DiscordFault]) -> Trouble:
        held: list[DiscordFault] = []

        def off() -> None:
            while held:
                faults.remove(held.pop())

        def is_on() -> bool:
            return any(fault in faults.active for fault in held)

        return Trouble(f"discord_{key}", label, note, lambda: held.append(add()), off, is_on)

    outage = Trouble(
        "discord_outage",
        "Outage",
        "Hangs up, and answers nothing until it is over",
        faults.start_outage,
        faults.end_outage,
        lambda: faults.gateway.is_refusing,
    )
    return [
        outage,
        faulty(
            "slow", "Slow", "Every call takes 2 s longer", lambda: faults.slow(seconds=DISCORD_DELAY_SECONDS)
        ),
        faulty("errors", "Server errors", "500 on every call", lambda: faults.add(status=500)),
        faulty(
            "limited",
            "Rate limited",
            "429 on every call",
            lambda: faults.rate_limit(times=None, retry_after_seconds=DISCORD_RETRY_AFTER_SECONDS),
        ),
        faulty(
            "lost",
            "Answers lost",
            "Does what is asked, then hangs up",
            lambda: faults.lose_answer(times=None),
        ),
    ]
