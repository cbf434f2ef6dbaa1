"""Logs in, with growing pauses while Discord blocks this address.

If the process ended instead, its supervisor would restart it at once, it would ask again, and the block would
never end. So the pauses are remembered beyond the process.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import discord
import structlog

from bot.chat.gateway.client import TOKEN_REFUSED, GatewayClient
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.ops import state_file

log = structlog.stdlib.get_logger(__name__)

ATTEMPT_SECONDS = 30.0
#: No network, no name, 5xx: asking again soon does no harm.
AWAY = Backoff.doubling(2.0, 20.0)
#: 429 and 403: Discord, or Cloudflare in front of it, blocks this address.
BLOCKED = Backoff.doubling(30.0, 900.0)
LONGEST_ASKED_SECONDS = 3600.0
#: An answer that is not Discord's, such as the page of a proxy, raises one of these.
_UNREADABLE: tuple[type[Exception], ...] = (KeyError, TypeError, ValueError)
_FORBIDDEN, _TOO_MANY = 403, 429


@dataclass(frozen=True, slots=True)
class LoginRefusals:
    """The number of failed logins in a row, and when to try again (Unix time)."""

    count: int = 0
    until: float = 0.0

    @classmethod
    def read(cls, path: Path) -> "LoginRefusals":
        state = state_file.read(path)
        return cls(int(state.get("count", 0)), state.get("until", 0.0))

    def write(self, path: Path) -> None:
        state_file.write(path, {"count": self.count, "until": self.until} if self.count else {})

    def seconds_left(self, now: datetime) -> float:
        """Return the rest of the pause, within bounds even if the machine's clock was changed."""
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
        """Try until Discord accepts the login. Raises `OperatorError` if it refuses the token."""
        if self._file is not None:
            self._refusals = await asyncio.to_thread(LoginRefusals.read, self._file)
        await self._wait_for_earlier_ones()
        while not await self._is_let_in(token):
            await self._clock.sleep(self._refusals.seconds_left(self._clock.now()))

    async def _wait_for_earlier_ones(self) -> None:
        seconds = self._refusals.seconds_left(self._clock.now())
        if seconds:
            log.warning("Discord blocked the last process: waiting before the login", seconds=round(seconds))
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
        log.warning("login to Discord failed; will retry", why=reason(error), again_in=round(seconds))
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
    """Return how long Discord asks to wait (`Retry-After`); 0 if it does not say."""
    if isinstance(error, discord.RateLimited):
        return min(error.retry_after, LONGEST_ASKED_SECONDS)
    if not isinstance(error, discord.HTTPException):
        return 0.0
    retry_after = str(error.response.headers.get("Retry-After", ""))
    return min(float(retry_after), LONGEST_ASKED_SECONDS) if retry_after.isdecimal() else 0.0
