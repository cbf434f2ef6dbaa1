"""Logging in, with patience: a Discord that blocks this address is left alone for longer each time.

Ending the process over it would make the supervisor start it anew at once, and ask again: the block would
never end. So the pauses are remembered beyond the process.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import discord
import structlog

from bot.chat.gateway import state_file as kept
from bot.chat.gateway.client import TOKEN_REFUSED, GatewayClient
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError

log = structlog.stdlib.get_logger(__name__)

ATTEMPT_SECONDS = 30.0
#: No network, no name, 5xx: nobody is harmed by asking again soon.
AWAY = Backoff.doubling(2.0, 20.0)
#: 429 and 403: Discord, or Cloudflare before it, wants to be left alone.
BLOCKED = Backoff.doubling(30.0, 900.0)
LONGEST_ASKED_SECONDS = 3600.0
#: What is no answer of Discord's, such as the page of a proxy, ends in one of these.
_UNREADABLE: tuple[type[Exception], ...] = (KeyError, TypeError, ValueError)
_FORBIDDEN, _TOO_MANY = 403, 429


@dataclass(frozen=True, slots=True)
class LoginRefusals:
    """How often in a row Discord could not be logged in to, and until when it is left alone (Unix time)."""

    count: int = 0
    until: float = 0.0

    @classmethod
    def read(cls, path: Path) -> "LoginRefusals":
        told = kept.read(path)
        return cls(int(told.get("count", 0)), told.get("until", 0.0))

    def write(self, path: Path) -> None:
        kept.write(path, {"count": self.count, "until": self.until} if self.count else {})

    def seconds_left(self, now: datetime) -> float:
        """Whatever has become of the machine's clock meanwhile."""
        return min(max(0.0, self.until - now.timestamp()), LONGEST_ASKED_SECONDS)


class Login:
    def __init__(self, client: GatewayClient, file: Path | None, clock: Clock, rng: random.Random) -> None:
        """`file` remembers the pauses; None: they end with the process."""
        self._client = client
        self._file = file
        self._clock = clock
        self._rng = rng
        self._refusals = LoginRefusals()

    async def run(self, token: str) -> None:
        """Until Discord lets the bot in. Raises `OperatorError` if it refuses the token."""
        if self._file is not None:
            self._refusals = await asyncio.to_thread(LoginRefusals.read, self._file)
        await self._wait_for_earlier_ones()
        while not await self._is_let_in(token):
            await self._clock.sleep(self._refusals.seconds_left(self._clock.now()))

    async def _wait_for_earlier_ones(self) -> None:
        seconds = self._refusals.seconds_left(self._clock.now())
        if seconds:
            log.warning("Discord turned the last process away: waiting to log in", seconds=round(seconds))
            await self._clock.sleep(seconds)

    async def _is_let_in(self, token: str) -> bool:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await self._client.login(token)
        except discord.LoginFailure as error:
            raise OperatorError(TOKEN_REFUSED) from error
        except (*DISCORD_ERRORS, *_UNREADABLE) as error:
            await self._be_patient(error)
            return False
        await self._remember(LoginRefusals())
        return True

    async def _be_patient(self, error: Exception) -> None:
        count = self._refusals.count + 1
        seconds = max(_pauses(error).spread_after(count, self._rng), _asked_seconds(error))
        log.warning("Discord does not let the bot in; trying on", why=reason(error), again_in=round(seconds))
        await self._remember(LoginRefusals(count, self._clock.now().astimezone(UTC).timestamp() + seconds))

    async def _remember(self, refusals: LoginRefusals) -> None:
        is_new = refusals != self._refusals
        self._refusals = refusals
        if self._file is not None and is_new:
            await asyncio.to_thread(refusals.write, self._file)


def _pauses(error: Exception) -> Backoff:
    is_block = isinstance(error, discord.RateLimited) or (
        isinstance(error, discord.HTTPException) and error.status in {_FORBIDDEN, _TOO_MANY}
    )
    return BLOCKED if is_block else AWAY


def _asked_seconds(error: Exception) -> float:
    """For how long Discord asks to be left alone; 0 if it does not say."""
    if isinstance(error, discord.RateLimited):
        return min(error.retry_after, LONGEST_ASKED_SECONDS)
    if not isinstance(error, discord.HTTPException):
        return 0.0
    told = str(error.response.headers.get("Retry-After", ""))
    return min(float(told), LONGEST_ASKED_SECONDS) if told.isdecimal() else 0.0
