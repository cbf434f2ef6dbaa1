"""Attempts to post a notice of which Discord recognizes the repetition, but only for some minutes."""

from collections.abc import Awaitable, Callable

import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import GuildId
from bot.services.elapsed import Stopwatch
from bot.services.runtime import Runtime

log = structlog.stdlib.get_logger(__name__)

BACKOFF = Backoff((5.0, 15.0, 60.0))
GIVEN_UP_AFTER_SECONDS = 150.0


async def post_for_a_while(
    runtime: Runtime, post: Callable[[], Awaitable[None]], *, notice: str, guild_id: GuildId
) -> None:
    """Try until Discord takes or refuses it, but not for long. `notice` says in the log what it is."""
    watch = Stopwatch(runtime.clock, runtime.clock.now())
    failures = 0
    while watch.watched_seconds < GIVEN_UP_AFTER_SECONDS:
        try:
            await post()
        except CardGone:
            log.info("server notice refused", notice=notice, guild=guild_id)
            return
        except CourierUnavailable:
            failures += 1
            await runtime.clock.sleep(BACKOFF.spread_after(failures, runtime.rng))
        else:
            log.info("server notice posted", notice=notice, guild=guild_id)
            return
    log.info("server notice dropped", notice=notice, guild=guild_id)
