"""Backstage: the state of the stand-ins and of the bot's process, and the acts that change them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from sandbox.bot_process import BotProcess
from sandbox.page.troubles import Trouble, discord_troubles, provider_troubles
from standins.clock import VirtualClock
from standins.fake_discord.model import Json
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind
from standins.fake_segmind.records import Bill

BILLS_SHOWN = 40


@dataclass
class Machinery:
    """The parts that Backstage controls."""

    discord: FakeDiscord
    clock: VirtualClock
    #: None: the real provider is asked.
    segmind: FakeSegmind | None
    bot: BotProcess


class Stage:
    def __init__(self, machinery: Machinery) -> None:
        self._discord = machinery.discord
        self._clock = machinery.clock
        self._segmind = machinery.segmind
        self.bot = machinery.bot
        self._groups = {"discord": ("Discord", discord_troubles(self._discord.faults))}
        if self._segmind is not None:
            self._groups = {"provider": ("Provider", provider_troubles(self._segmind))} | self._groups

    @property
    def is_bot_online(self) -> bool:
        """Say whether Discord sees the bot."""
        return self._discord.is_connected

    @property
    def acts(self) -> dict[str, Callable[[Json], Awaitable[Json]]]:
        """The acts that the page may ask for, by name."""
        return {
            "trouble": self._switch,
            "automod": self._forbid_word,
            "expire_tokens": self._expire_tokens,
            "all_well": self._end_all_troubles,
            "speed": self._set_speed,
            "bot": self._order_bot,
        }

    def as_json(self) -> Json:
        return {
            "provider": "live" if self._segmind is None else "stand-in",
            "speed": self._clock.speed,
            "groups": [
                {"key": key, "name": name, "troubles": [one.as_json() for one in troubles]}
                for key, (name, troubles) in self._groups.items()
            ],
            "automod_words": sorted(self._discord.world.forbidden_words),
            "account": _account(self._segmind) if self._segmind else None,
            "bills": _bills(self._segmind) if self._segmind else [],
            "bot": {
                "state": self.bot.state,
                "is_alive": self.bot.is_alive,
                "pid": self.bot.pid,
                "changed_at": self.bot.changed_at.isoformat(),
                "ending": self.bot.ending,
            },
            "log_file": str(self.bot.log_file),
        }

    def _troubles(self) -> list[Trouble]:
        return [trouble for _, troubles in self._groups.values() for trouble in troubles]

    async def _switch(self, sent: Json) -> Json:
        trouble = next(one for one in self._troubles() if one.key == sent["key"])
        if trouble.is_on() != sent["is_on"]:
            (trouble.on if sent["is_on"] else trouble.off)()
        return {}

    async def _forbid_word(self, sent: Json) -> Json:
        self._discord.world.forbidden_words.clear()
        if sent["word"]:
            self._discord.faults.forbid_word(sent["word"])
        return {}

    async def _expire_tokens(self, _sent: Json) -> Json:
        self._discord.faults.expire_tokens()
        return {"note": "All interaction tokens given out so far are dead now."}

    async def _end_all_troubles(self, _sent: Json) -> Json:
        for trouble in self._troubles():
            if trouble.is_on():
                trouble.off()
        self._discord.faults.clear()
        if self._segmind is not None:
            self._segmind.faults.clear()
        return {}

    async def _set_speed(self, sent: Json) -> Json:
        self._clock.speed = float(sent["speed"])
        if self._segmind is not None:
            self._segmind.speed = float(sent["speed"])
        return {}

    async def _order_bot(self, sent: Json) -> Json:
        match sent["order"]:
            case "start":
                await self.bot.start()
            case "stop":
                self.bot.terminate()
            case "kill":
                self.bot.kill()
        return {}


def _account(segmind: FakeSegmind) -> Json:
    spent = sum((bill.cost_usd for bill in segmind.bills), start=Decimal(0))
    return {
        "accepted": len(segmind.bills),
        "open": len(segmind.open),
        "paid": len(segmind.paid),
        "spent_usd": f"{spent:.2f}",
        "credits_usd": f"{segmind.credits:.2f}",
    }


def _bills(segmind: FakeSegmind) -> list[Json]:
    """The newest first."""
    return [_bill(bill) for bill in reversed(segmind.bills[-BILLS_SHOWN:])]


def _bill(bill: Bill) -> Json:
    return {
        "id": bill.request_id,
        "prompt": bill.prompt,
        "is_edit": "image" in bill.inputs,
        "accepted_at": bill.accepted_at.isoformat(),
        "outcome": bill.outcome,
        "cost_usd": f"{bill.cost_usd:.4f}" if bill.is_paid else "",
        "error": bill.error,
    }
