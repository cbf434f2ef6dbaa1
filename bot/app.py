"""The one place that connects all parts: opened in order, closed in reverse. It has no rules."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from aiohttp import ClientSession

from bot import factories
from bot.chat.chat import Chat
from bot.chat.delivery.courier import DiscordCourier
from bot.chat.delivery.notices import DiscordNotices
from bot.chat.delivery.operator_channel import OperatorChannel
from bot.chat.delivery.token_encryption import load_token_cipher
from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.client_setup import make_client
from bot.chat.gateway.watchdog import gateway_troubles
from bot.chat.reports.warm_up import warm_up_charts
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.domain.ids import GuildId
from bot.download import open_session
from bot.fault_points import Point, reach
from bot.imaging.imaging import Imaging
from bot.operating_system import calling_at_stop
from bot.ops.clock import SystemClock
from bot.ops.health import Health, OpsServer
from bot.ops.loop_lag import watch_loop_lag
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.concurrency.outages import Outages
from bot.services.protocols import OperatorPost
from bot.services.runtime import Runtime
from bot.services.upkeep.retention import Retention
from bot.services.upkeep.scheduled_backups import ScheduledBackups
from bot.services.wiring import Adapters, OperatorChoices, Services, wire
from bot.settings import Settings
from bot.store import backup_folder, dismissed, jobs
from bot.store.backup import backup as back_up
from bot.store.database import Database, open_database
from bot.store.errors import DatabaseDamaged, DatabaseUnavailable
from bot.store.migrate import migrate as bring_up_to_date
from bot.store.restore import Restored
from bot.store.restore import restore as put_back

log = structlog.stdlib.get_logger(__name__)

#: Of the ten seconds after SIGTERM, these are for tasks that are still running after the drain.
TASKS_GRACE_SECONDS = 1.5
#: How long the start waits for the login to Discord before open jobs go on without it.
LOGIN_SECONDS = 5.0
#: How long /healthz reports extra bills.
EXTRA_BILLS_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Bot:
    chat: Chat
    services: Services
    tasks: TaskOwner


# --- the commands -------------------------------------------------------------------------------------


async def run(
    settings: Settings, clock: Clock | None = None, *, when_open: Callable[[], None] = lambda: None
) -> None:
    """Run until SIGTERM or SIGINT. Raises `OperatorError`, also when Discord refuses the bot for good."""
    token, key = factories.token_and_key(settings)
    reach(Point.START_BEGUN)
    await migrate(settings)
    async with opened(settings, key, clock or SystemClock()) as bot:
        with _stop_signal() as stop:
            reach(Point.START_OPENED)
            when_open()
            await _run_until(stop, _serve(bot, token))
            log.info("stopping")
            await bot.services.stop()


async def migrate(settings: Settings) -> None:
    factories.make_data_dir(settings)
    try:
        await asyncio.to_thread(bring_up_to_date, settings.storage.url.get_secret_value())
    except DatabaseDamaged as error:
        raise OperatorError(await asyncio.to_thread(factories.advice, error, settings)) from error


async def backup(settings: Settings, path: Path) -> None:
    await asyncio.to_thread(back_up, settings.storage.url.get_secret_value(), path)


async def restore(settings: Settings, path: Path, *, is_forced: bool) -> Restored:
    factories.make_data_dir(settings)
    url, at = settings.storage.url.get_secret_value(), SystemClock().now()
    return await asyncio.to_thread(put_back, url, path, at=at, is_forced=is_forced)


# --- building and connecting --------------------------------------------------------------------------


@asynccontextmanager
async def opened(settings: Settings, key: str, clock: Clock) -> AsyncIterator[Bot]:
    """Open all parts except the connection to Discord; after an error, close those that are open."""
    metrics = Metrics()
    out = factories.way_out(settings)
    if proxy := out.proxy:
        log.info("using a proxy", proxy=proxy.name, no_proxy=",".join(settings.network.no_proxy))
    async with AsyncExitStack() as stack:
        database = await open_database(settings.storage.url.get_secret_value())
        stack.push_async_callback(database.close)
        session = await stack.enter_async_context(open_session(out))
        token_cipher = load_token_cipher(
            factories.secret(settings.storage.secret_key), settings.storage.data_dir
        )
        chatting = factories.chat_settings(settings, out)
        client = make_client(chatting, clock, metrics)
        tasks = TaskOwner(metrics)
        imaging = Imaging()
        stack.callback(imaging.close)
        runtime = Runtime(
            database=database,
            clock=clock,
            metrics=metrics,
            tasks=tasks,
            rng=random.Random(),  # noqa: S311  spreads retries, guards nothing
            outages=Outages(clock, metrics),
        )
        scheduled_backups = _backing_up(settings, clock, metrics)
        adapters = Adapters(
            provider=factories.provider(settings, key, session, out, clock, metrics),
            courier=DiscordCourier(client=client, token_cipher=token_cipher, clock=clock),
            notices=DiscordNotices(client),
            fetcher=factories.source_fetcher(settings, session),
            imaging=imaging,
            operator_post=_operator_post(settings, session, client),
            watches=[
                partial(gateway_troubles, client),
                *([] if scheduled_backups is None else [scheduled_backups.troubles]),
            ],
        )
        services = wire(runtime, adapters, _operator_choices(settings))
        chat = Chat(
            client=client,
            settings=chatting,
            admission=services.admission,
            gallery=services.gallery,
            moderation=services.moderation,
            administration=services.administration,
            reports=services.reports,
            own_pictures=services.own_pictures,
            small_copies=services.small_copies,
            qualities=services.qualities,
            gone=services.gone,
            token_cipher=token_cipher,
            clock=clock,
            metrics=metrics,
        )
        stack.push_async_callback(chat.close, grace_seconds=1.0)
        stack.push_async_callback(tasks.close, TASKS_GRACE_SECONDS)
        ops = OpsServer(
            settings.ops.host,
            settings.ops.port,
            lambda: _health(chat, database, scheduled_backups, clock),
            metrics,
        )
        await ops.start()
        log.info("serving /healthz and /metrics", host=ops.host, port=ops.port, pid=os.getpid())
        stack.push_async_callback(ops.close)
        tasks.keep(partial(watch_loop_lag, metrics.event_loop_lag_seconds.observe), "loop_lag")
        retention = Retention(runtime=runtime, days=settings.storage.retention_days)
        tasks.keep(retention.run, "retention", clock.sleep)
        if scheduled_backups is not None:
            tasks.keep(scheduled_backups.run, "backup", clock.sleep)
        yield Bot(chat, services, tasks)


def _operator_choices(settings: Settings) -> OperatorChoices:
    return OperatorChoices(
        limits=factories.operator_limits(settings),
        budget_microusd=factories.microusd(settings.budget.monthly_usd),
        unit_price_microusd=factories.microusd(settings.segmind.unit_price_usd),
        max_unit_price_microusd=factories.max_unit_price_microusd(settings),
        model=settings.segmind.model,
        requests_per_minute=settings.segmind.requests_per_minute,
        polls_count=settings.segmind.polls_count,
        sources_folder=factories.sources_folder(settings),
        announced_after_seconds=settings.chat.notify_after_seconds or None,
        served_guilds=frozenset(map(GuildId, settings.chat.guild_ids)),
    )


def _operator_post(settings: Settings, session: ClientSession, client: GatewayClient) -> OperatorPost | None:
    """Build the place where the operator is notified of troubles; None if none is named."""
    webhook, channel_id = factories.operator_webhook(settings, session), settings.operator.channel_id
    if webhook is not None:
        return webhook
    return None if channel_id is None else OperatorChannel(client, channel_id)


def _backing_up(settings: Settings, clock: Clock, metrics: Metrics) -> ScheduledBackups | None:
    """Build the scheduled backups; None if they are off, or if the database is no SQLite file."""
    url, hours = settings.storage.url.get_secret_value(), settings.backup.every_hours
    if not backup_folder.is_for(url):
        if hours and "every_hours" in settings.backup.model_fields_set:
            log.warning("BACKUP_EVERY_HOURS has no effect on PostgreSQL: back it up with pg_dump")
        return None
    if not hours:
        return None
    return ScheduledBackups(
        url=url,
        folder=factories.backups_folder(settings),
        every_seconds=hours * 3600.0,
        keep=settings.backup.keep,
        clock=clock,
        metrics=metrics,
    )


# --- while it runs ------------------------------------------------------------------------------------


@contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    """Yield an event that the first SIGTERM or SIGINT sets; a second one ends the process at once."""
    stop = asyncio.Event()
    with calling_at_stop(asyncio.get_running_loop(), stop.set):
        yield stop


async def _serve(bot: Bot, token: str) -> None:
    """Log in and serve. Open jobs go on even if Discord lets no bot in. Raises `OperatorError`."""
    logging_in = asyncio.create_task(bot.chat.login(token), name="login")
    try:
        await asyncio.wait({logging_in}, timeout=LOGIN_SECONDS)
        if logging_in.done():
            logging_in.result()
            reach(Point.START_LOGGED_IN)
        await bot.services.start()
        bot.tasks.start(warm_up_charts(bot.services.runtime.clock), "chart")
        await logging_in
        bot.tasks.start(bot.chat.register(), "registration")
        await bot.chat.run()
    finally:
        logging_in.cancel()


async def _run_until(stop: asyncio.Event, serving: Coroutine[None, None, None]) -> None:
    """Run until the stop event is set, or until serving ends by itself; its error is raised."""
    working = asyncio.create_task(serving, name="serving")
    listening = asyncio.create_task(stop.wait(), name="signals")
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        listening.cancel()
    # No new events arrive from here on. The answers under way use HTTP.
    working.cancel()
    await asyncio.wait({working, listening})


async def _health(
    chat: Chat, database: Database, scheduled_backups: ScheduledBackups | None, clock: Clock
) -> Health:
    """Return the health. Failed backups and extra bills are reported, but are no reason for a restart."""
    copies = {} if scheduled_backups is None else scheduled_backups.health()
    try:
        open_jobs = sum((await database.read(jobs.counts_by_state)).values())
        extra_bills = await database.read(dismissed.count_paid, since=clock.now() - EXTRA_BILLS_SHOWN)
    except DatabaseUnavailable:
        return Health(is_ok=False, details={"reason": "the database does not answer"})
    bills = {"extra_bills": extra_bills} if extra_bills else {}
    details = {**chat.health(), "open_jobs": open_jobs, **bills, **copies}
    return Health(is_ok=chat.is_ready, details=details)
