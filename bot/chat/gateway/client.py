"""discord.py's client with its own `connect` and `login`, which reconnect for as long as the bot runs."""

import asyncio
import random
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import discord
import structlog
import yarl
from discord.http import Route
from discord.state import AutoShardedConnectionState
from discord.webhook.async_ import async_context

from bot.chat.gateway.identify_limits import IdentifyLimits
from bot.chat.gateway.rate_limit_locks import RateLimitGate
from bot.chat.gateway.shard import Shard
from bot.chat.gateway.shard_status import ShardStatus
from bot.chat.gateway.shared_interactions import SharedInteractions
from bot.chat.gateway.websocket import ListeningClient
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.chat.rest.http_client import Rest, WebhookRest
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable, OperatorError
from bot.ops.metrics import Metrics
from bot.ops.way_out import WayOut
from bot.services.shards import Shards

log = structlog.stdlib.get_logger(__name__)

#: At once; calls beyond wait for a moment. A process has 256 files to open, in an overload as well.
MOST_CONNECTIONS = 100
TOKEN_REFUSED = "Discord refuses DISCORD_TOKEN: copy it again from the developer portal (Bot ▸ Reset Token)"  # noqa: S105  no token
UNAUTHORIZED = 401
REST_SECONDS = 10.0
LONGEST_GLOBAL_PAUSE_SECONDS = 60.0
COUNTING = Backoff.doubling(2.0, 20.0)
#: Errors of asking Discord how many shards it recommends.
_GATEWAY_ERRORS: tuple[type[Exception], ...] = (*DISCORD_ERRORS, discord.GatewayNotFound, KeyError, TypeError)


class GatewayClient(ListeningClient):
    """`shards` is their number over all processes; None for as many as Discord recommends."""

    def __init__(
        self,
        *,
        gateway_url: str,
        shards: int | None,
        own_shard_ids: Collection[int],
        sharing: Shards,
        starts_file: Path | None = None,
        clock: Clock,
        metrics: Metrics,
        way_out: WayOut,
        **options: Any,
    ) -> None:
        if own_shard_ids:
            options["shard_ids"] = list(own_shard_ids)
        async_context.set(WebhookRest())  # for all tasks that descend from this one
        super().__init__(shard_count=shards, **options)
        self.shard_status = ShardStatus(clock.monotonic)
        self.metrics = metrics
        #: The ids of the bot's slash commands by name; none until they are registered.
        self.command_ids: Mapping[str, int] = {}
        #: Before, discord.py has no session and can make no calls.
        self.logged_in = asyncio.Event()
        #: Closed while a global rate limit holds back all calls.
        self.gate = RateLimitGate(self.http.max_ratelimit_timeout or LONGEST_GLOBAL_PAUSE_SECONDS)
        self._clock = clock
        self._way_out = way_out
        self._rng = random.Random()  # noqa: S311  spreads attempts, guards nothing
        metrics.shards_hearing.set_function(lambda: self.shard_status.connected)
        metrics.silent_seconds.set_function(lambda: self.shard_status.silent_seconds)
        self._wanted_shards = shards
        self.sharing = sharing
        self.shared_interactions = SharedInteractions(sharing)
        self._main = yarl.URL(gateway_url)
        self.starts = IdentifyLimits(
            read=self.fetch_session_start_limits,
            among_gateways=sharing,
            file=starts_file,
            clock=clock,
            rng=self._rng,
            metrics=metrics,
        )
        self._serving: asyncio.Task[None] | None = None

    def _get_state(self, **options: Any) -> AutoShardedConnectionState:  # type: ignore[override]  # as its parent
        """Replace discord.py's HTTP client. discord.py calls this right after it has made that client."""
        self.http = Rest.instead_of(self.http)
        return super()._get_state(**options)

    def require_login(self) -> None:
        """Raises `CourierUnavailable` while no calls can be made."""
        if not self.logged_in.is_set():
            raise CourierUnavailable

    async def login(self, token: str) -> None:
        """Log in as discord.py does. Unlike there, this may be called again after a failure."""
        await self.http.close()
        self.http.connector = self._way_out.connector(MOST_CONNECTIONS)
        await super().login(token)
        self.http._global_over = self.gate  # noqa: SLF001  which discord.py leaves closed; see `RateLimitGate`
        self.logged_in.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Say that the IDENTIFY leaves: the shard got its turn before it dialled."""
        del initial
        if shard_id is not None:
            await self.starts.leave(shard_id)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Note that the shard is connected before its next frame is read: listeners run later."""
        if event in {"shard_connect", "shard_resumed"}:
            self.shard_status.note_connected(args[0])
        elif event == "shard_ready":
            self.shard_status.note_introduced(args[0])
            self._note_ready()
        elif event == "ready":  # also after a shard was too late for an event of its own
            for shard_id in self._connection.shard_ids:
                self.shard_status.note_introduced(shard_id)
        super().dispatch(event, *args, **kwargs)

    def _note_ready(self) -> None:
        """Let those go on who wait until discord.py is ready: it waits also for the shards of others."""
        if self.shard_status.knows_servers:
            self._connection.call_handlers("ready")

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected until `close`. Raises `OperatorError` when no connection is possible any more."""
        del reconnect  # always
        self._serving = asyncio.create_task(self._serve(), name="shards")
        try:
            await asyncio.wait({self._serving})
        finally:
            await self._stop_serving()
            await self.shared_interactions.settled()
        if not self._serving.cancelled():
            self._serving.result()

    async def _serve(self) -> None:
        shard_ids = await self._shards()
        self.shard_status.expect([])
        await self.sharing.serve(shard_ids, self._serve_shard, self.shard_status.is_ready)

    async def _serve_shard(self, shard_id: int) -> None:
        self.shard_status.begin(shard_id)
        try:
            await self._shard(shard_id).run()
        finally:
            self.shard_status.end(shard_id)

    async def close(self) -> None:
        await self._stop_serving()
        await discord.Client.close(self)  # AutoShardedClient's is about connections that it has not made

    async def token_is_good(self) -> bool:
        """Return False if Discord does not answer. Raises `OperatorError` if it refuses the token."""
        try:
            async with asyncio.timeout(REST_SECONDS):
                await self.http.request(Route("GET", "/users/@me"))
        except discord.HTTPException as error:
            if error.status == UNAUTHORIZED:
                raise OperatorError(TOKEN_REFUSED) from error
            return False
        except DISCORD_ERRORS:
            return False
        return True

    async def _shards(self) -> Collection[int]:
        """Return the ids of this process's shards, out of as many as are set or Discord recommends."""
        # Waiting for the number of shards counts as silence, too.
        self.shard_status.expect(self.shard_ids or [0])
        count = await self.sharing.count(self._wanted_shards, self._recommended_shards)
        ids = self.shard_ids or range(count)
        self.shard_count = self._connection.shard_count = count
        self._connection.shard_ids = ids
        return ids

    async def _recommended_shards(self) -> int:
        failures = 0
        while True:
            try:
                async with asyncio.timeout(REST_SECONDS):
                    count, _, _ = await self.http.get_bot_gateway()
            except _GATEWAY_ERRORS as error:
                failures += 1
                log.warning("Discord does not say how many shards it recommends", why=reason(error))
                await self._clock.sleep(COUNTING.spread_after(failures, self._rng))
            else:
                return count

    def _shard(self, shard_id: int) -> Shard:
        return Shard(
            shard_id, client=self, main=self._main, starts=self.starts, clock=self._clock, rng=self._rng
        )

    async def _stop_serving(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait({self._serving})
