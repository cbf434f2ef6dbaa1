"""One shard's loop: connect, receive, and when the connection ends, reconnect, for as long as the bot runs.

discord.py's own loop would dial the address that READY named without an end, even if nothing answers there,
and start sessions as fast as Discord refuses them.
"""

import asyncio
import random
from contextlib import suppress

import discord
import structlog
import yarl
from discord.gateway import ReconnectWebSocket, WebSocketClosure

from bot.chat.gateway import close_codes
from bot.chat.gateway.identify_limits import IdentifyLimits
from bot.chat.gateway.session_resume import MOST_FAILED, ReconnectAttempts
from bot.chat.gateway.websocket import Connection, ListeningClient
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError

log = structlog.stdlib.get_logger(__name__)

RESUME_DIAL_SECONDS = 6.0
DIAL_SECONDS = 10.0
#: From IDENTIFY to READY, and from RESUME to the first of what was missed.
READY_SECONDS = 15.0
RESUME_SECONDS = 6.0
#: Discord asks for a heartbeat every 41 seconds, and answers it.
SILENCE_SECONDS = 55.0
#: A connection that received events for this long was a good one, and the next is dialled at once.
CALM_SECONDS = 60.0
#: For reading on when the bot is stopped, until Discord has answered the close frame.
REST_SECONDS = 1.0
#: Ends the session, and shows the bot as offline at once.
GOOD_BYE = 1000

#: All errors that end a connection, or prevent it.
ENDS: tuple[type[Exception], ...] = (
    ReconnectWebSocket,
    WebSocketClosure,
    discord.ConnectionClosed,
    *DISCORD_ERRORS,
)


class Shard:
    def __init__(
        self,
        shard_id: int,
        *,
        client: ListeningClient,
        main: yarl.URL,
        starts: IdentifyLimits,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self.id = shard_id
        self._client = client
        self._main = main
        self._starts = starts
        self._clock = clock
        self._attempts = ReconnectAttempts(rng)
        #: Of the latest attempt.
        self._is_dialled = False
        self._heard_since: float | None = None
        self._close_code: int | None = None

    async def run(self) -> None:
        """Run until cancelled. Raises `OperatorError` when no connection is possible any more."""
        while True:
            await self._clock.sleep(self._attempts.pause())
            if self._attempts.session is None:
                await self._starts.turn(self.id)
            self._is_dialled, self._heard_since, self._close_code = False, None, None
            try:
                await self._connect_and_hear()
            except ENDS as end:
                await self._learn(end)
            finally:
                self._client.shard_status.note_disconnected(self.id)

    # --- one connection ---

    async def _connect_and_hear(self) -> None:
        """Raises one of `ENDS`."""
        connection = await self._dialled()
        self._is_dialled = connection.is_dialled = True
        self._client.ws = connection  # where discord.py's own client keeps the latest
        try:
            await self._hear(connection)
        except asyncio.CancelledError:
            await self._hear_the_rest(connection)
            await connection.close(GOOD_BYE)
            raise
        finally:
            self._remember(connection)
            await connection.close()

    async def _dialled(self) -> Connection:
        session = self._attempts.session
        address = session.address if session else None
        async with asyncio.timeout(RESUME_DIAL_SECONDS if address else DIAL_SECONDS):
            return await Connection.from_client(
                self._client,
                gateway=address or self._main,
                shard_id=self.id,
                resume=session is not None,
                session=session.id if session else None,
                sequence=session.sequence if session else None,
            )

    async def _hear(self, connection: Connection) -> None:
        """Read events until the connection ends. One that stays silent is given up."""
        loop, shard_status, before = (
            asyncio.get_running_loop(),
            self._client.shard_status,
            connection.sequence,
        )
        async with asyncio.timeout(RESUME_SECONDS if self._attempts.session else READY_SECONDS) as patience:
            while True:
                await connection.poll_event()
                if shard_status.is_connected(self.id):
                    if self._heard_since is None:
                        self._note_hearing()
                    patience.reschedule(loop.time() + SILENCE_SECONDS)
                elif connection.sequence != before:
                    patience.reschedule(loop.time() + READY_SECONDS)

    async def _hear_the_rest(self, connection: Connection) -> None:
        """Say good-bye, and read on until Discord has heard it: no other connection gets what it sends."""
        with suppress(TimeoutError, *ENDS):
            async with asyncio.timeout(REST_SECONDS):
                await connection.say_good_bye(GOOD_BYE)
                while True:
                    await connection.poll_event()

    def _note_hearing(self) -> None:
        self._heard_since = self._clock.monotonic()
        if self._attempts.failures >= MOST_FAILED:
            log.info("connected to Discord again", shard=self.id)

    # --- after the connection has ended ---

    def _remember(self, connection: Connection) -> None:
        self._close_code = connection.socket.close_code
        self._attempts.remember(connection.session_id, connection.sequence, connection.gateway)

    async def _learn(self, end: Exception) -> None:
        code = end.code if isinstance(end, discord.ConnectionClosed) else self._close_code
        if code in close_codes.FINAL:
            raise OperatorError(f"{close_codes.FINAL[code]}, then start again (close code {code})") from end
        if code == close_codes.AUTHENTICATION_FAILED:
            await self._client.token_is_good()  # raises if it is not; else Discord is confused
        if code in close_codes.WITHOUT_SESSION:
            self._attempts.session = None
        self._count()
        failures = self._attempts.failures
        if failures < MOST_FAILED:
            log.info("connection to Discord ended", shard=self.id, why=_why(end), code=code)
        elif failures == MOST_FAILED:
            log.warning("no connection to Discord; will retry", shard=self.id, why=_why(end), code=code)

    def _count(self) -> None:
        since = self._heard_since
        is_good = since is not None and self._clock.monotonic() - since >= CALM_SECONDS
        if is_good:
            self._starts.lasted(self.id)
        self._attempts.end(is_good=is_good, has_heard=since is not None, is_dialled=self._is_dialled)


def _why(end: Exception) -> str:
    if isinstance(end, ReconnectWebSocket):
        return "Discord asks to resume" if end.resume else "Discord has ended the session"
    return reason(end)
