"""The one place that connects all parts: opened in order, closed in reverse. It has no rules."""

import asyncio
import os
import random
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from aiohttp import ClientSession

from bot import factories
from bot.chat.chat import Chat
from bot.chat.delivery.courier import DiscordCourier
from bot.chat.delivery.erasure_answers import DiscordErasureAnswers
from bot.chat.delivery.moderator_channel import DiscordModeratorChannel
from bot.chat.delivery.notices import DiscordNotices
from bot.chat.delivery.operator_channel import OperatorChannel
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.client_setup import make_client
from bot.chat.gateway.watchdog import gateway_troubles
from bot.chat.reports.warm_up import warm_up_charts
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.domain.ids import GuildId
from bot.domain.pseudonyms import Pseudonyms
from bot.download import open_session
from bot.fault_points import Point, reach
from bot.imaging.imaging import Imaging
from bot.operating_system import calling_at_stop
from bot.ops.clock import SystemClock
from bot.ops.health import Health, OpsServer
from bot.ops.loop_lag import watch_loop_lag
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.ops.text_cipher import KeyedTextCipher
from bot.services.choices import Adapters, OperatorChoices, Role, Share
from bot.services.concurrency.outages import Outages
from bot.services.process_links import join
from bot.services.protocols import OperatorPost
from bot.services.runtime import LOOK_ALONE_SECONDS, LOOK_SHARED_SECONDS, Runtime
from bot.services.services import Services
from bot.services.shards import AllShards, Shards, SharedShards
from bot.services.upkeep.departures import Departures
from bot.services.upkeep.key_rotation import KeyRotation
from bot.services.upkeep.retention import Retention
from bot.services.upkeep.scheduled_backups import ScheduledBackups
from bot.services.wiring import wire
from bot.settings import Settings
from bot.store.driver.database import Database, open_database
from bot.store.driver.database_url import address
from bot.store.driver.errors import DatabaseDamaged, DatabaseUnavailable
from bot.store.driver.locks import PROCESS
from bot.store.driver.process_lock import Lock, held
from bot.store.fleet.shard_locks import ShardLocks
from bot.store.pictures import dismissed, jobs
from bot.store.upkeep import backup_folder
from bot.store.upkeep.backup import backup as back_up
from bot.store.upkeep.migrate import migrate as bring_up_to_date
from bot.store.upkeep.restore import Restored
from bot.store.upkeep.restore import restore as put_back

log = structlog.stdlib.get_logger(__name__)

#: Of the ten seconds after SIGTERM, these are for tasks and for answers. A gateway has no drain before.
TASKS_GRACE_SECONDS = 1.5
ALONE_GRACE_SECONDS, GATEWAY_GRACE_SECONDS = 1.0, 4.0
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
    await _run_as(Role.GATEWAY, settings, clock or SystemClock(), when_open)


async def worker(settings: Settings) -> None:
    """Make the pictures of the cards in the queue until SIGTERM or SIGINT. Raises `OperatorError`."""
    if settings.storage.queue is None:
        raise OperatorError("A worker takes cards from a queue: set QUEUE=procrastinate, here and for `run`.")
    await _run_as(Role.WORKER, settings, SystemClock(), lambda: None)


async def _run_as(role: Role, settings: Settings, clock: Clock, when_open: Callable[[], None]) -> None:
    """Run as one of several processes, or alone if there is no queue."""
    token, key = factories.token_and_key(settings)
    reach(Point.START_BEGUN)
    url, share = factories.database_url(settings), _share(role, settings)
    async with held(url, Lock(PROCESS, is_shared=share is not None)) as watch_lock:
        await migrate(settings)
        async with opened(settings, key, clock, share) as bot:
            with _stop_signal() as stop:
                reach(Point.START_OPENED)
                when_open()
                await _until_one_ends(bot.chat.hand_over_at(stop), _work(bot, token, url), watch_lock())
                log.info("stopping")
                await bot.services.stop()


async def migrate(settings: Settings) -> None:
    factories.make_data_dir(settings)
    url, queue = factories.database_url(settings), factories.queue_module(settings)
    besides = None if queue is None else queue.bring_up_to_date
    try:
        await asyncio.to_thread(bring_up_to_date, url, besides)
    except DatabaseDamaged as error:
        raise OperatorError(await asyncio.to_thread(factories.advice, error, settings)) from error


async def backup(settings: Settings, path: Path) -> None:
    await asyncio.to_thread(back_up, factories.database_url(settings), path)


async def restore(settings: Settings, path: Path, *, is_forced: bool) -> Restored:
    factories.make_data_dir(settings)
    url, at = factories.database_url(settings), SystemClock().now()
    return await asyncio.to_thread(put_back, url, path, at=at, is_forced=is_forced)


# --- building and connecting --------------------------------------------------------------------------


@asynccontextmanager
async def opened(
    settings: Settings, key: str, clock: Clock, share: Share | None = None
) -> AsyncIterator[Bot]:
    """Open all parts except the connection to Discord; after an error, close those that are open."""
    metrics = Metrics()
    out = factories.way_out(settings)
    if proxy := out.proxy:
        log.info("using a proxy", proxy=proxy.name, no_proxy=",".join(settings.network.no_proxy))
    async with AsyncExitStack() as stack:
        keys = factories.encryption_keys(settings)
        texts = KeyedTextCipher(keys)
        database = await open_database(factories.database_url(settings), texts)
        stack.push_async_callback(database.close)
        session = await stack.enter_async_context(open_session(out))
        token_cipher = TokenCipher(keys)
        chatting = factories.chat_settings(settings, out)
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
            pseudonyms=Pseudonyms(keys),
            look_seconds=LOOK_ALONE_SECONDS if share is None else LOOK_SHARED_SECONDS,
        )
        if share is not None:
            await join(runtime, share, texts.names)
        client = make_client(chatting, clock, metrics, _sharing(runtime, share, settings))
        scheduled_backups = _backing_up(settings, clock, metrics)
        adapters = Adapters(
            provider=factories.provider(settings, key, session, out, clock, metrics),
            courier=DiscordCourier(client=client, token_cipher=token_cipher, clock=clock),
            notices=DiscordNotices(client),
            erasure_answers=DiscordErasureAnswers(client=client, token_cipher=token_cipher, clock=clock),
            moderator_channel=DiscordModeratorChannel(client),
            fetcher=factories.source_fetcher(settings, session),
            imaging=imaging,
            operator_post=_operator_post(settings, session, client),
            watches=[
                partial(gateway_troubles, client),
                *([] if scheduled_backups is None else [scheduled_backups.troubles]),
            ],
        )
        services = wire(runtime, adapters, _operator_choices(settings), share)
        departures = Departures(
            runtime=runtime,
            gone=services.gone,
            forget_after=timedelta(days=settings.storage.forget_servers_after_days),
        )
        chat = Chat(
            client=client,
            settings=chatting,
            admission=services.admission,
            gallery=services.gallery,
            block_list=services.block_list,
            strike_list=services.strike_list,
            moderation=services.moderation,
            complaints=services.complaints,
            approvals=services.approvals,
            administration=services.administration,
            reports=services.reports,
            welcomes=services.welcomes,
            own_pictures=services.own_pictures,
            own_data=services.own_data,
            erasures=services.erasures,
            small_copies=services.small_copies,
            qualities=services.qualities,
            previews=services.previews,
            word_lists=services.word_lists,
            presets=services.presets,
            gone=services.gone,
            departures=departures,
            token_cipher=token_cipher,
            clock=clock,
            metrics=metrics,
        )
        bot = Bot(chat, services, tasks)
        answers = GATEWAY_GRACE_SECONDS if services.role is Role.GATEWAY else ALONE_GRACE_SECONDS
        stack.push_async_callback(chat.close, grace_seconds=answers)
        stack.push_async_callback(tasks.close, TASKS_GRACE_SECONDS)
        ops = OpsServer(
            settings.ops.host,
            settings.ops.port,
            lambda: _health(bot, database, scheduled_backups, clock),
            metrics,
        )
        await ops.start()
        log.info("serving /healthz and /metrics", host=ops.host, port=ops.port, pid=os.getpid())
        stack.push_async_callback(ops.close)
        tasks.keep(partial(watch_loop_lag, metrics.event_loop_lag_seconds.observe), "loop_lag")
        retention = Retention(runtime=runtime, days=settings.storage.retention_days)
        key_rotation = KeyRotation(runtime=runtime, prefix=texts.prefix)
        if services.role is Role.GATEWAY:
            services.chores.besides += [lambda: tasks.start(chat.register_for_all(), "registration")]
        else:
            services.chores.besides += [
                lambda: tasks.keep(retention.run, "retention", clock.sleep),
                lambda: tasks.keep(departures.run, "departures", clock.sleep),
                lambda: tasks.start(key_rotation.run(), "sealing"),
            ]
        if scheduled_backups is not None:
            tasks.keep(scheduled_backups.run, "backup", clock.sleep)
        yield bot


def _share(role: Role, settings: Settings) -> Share | None:
    """Return the share of this process; None if it works alone. Raises `OperatorError`."""
    queue = factories.queue_module(settings)
    if queue is None:
        return None
    return Share(
        role=role,
        process_id=secrets.randbits(62),
        queue=queue.CardQueue(
            address(factories.database_url(settings)), stalled_seconds=settings.queue.stalled_seconds
        ),
        most_cards=settings.queue.cards,
        stalled_seconds=settings.queue.stalled_seconds,
    )


def _sharing(runtime: Runtime, share: Share | None, settings: Settings) -> Shards:
    if share is None:
        return AllShards()
    return SharedShards(
        runtime=runtime,
        process_id=share.process_id,
        locks=ShardLocks(factories.database_url(settings)),
        alive_seconds=share.stalled_seconds,
    )


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
        prompt_days=settings.storage.retention_days,
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
    url, hours = factories.database_url(settings), settings.backup.every_hours
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


async def _work(bot: Bot, token: str, url: str) -> None:
    """Serve; of several processes of a kind, one does the chores of all."""
    if bot.services.role is Role.ALONE:
        await _serve(bot, token)
    else:
        log.info("at work", role=bot.services.role)
        await _until_one_ends(_serve(bot, token), bot.services.chores.run_in_turn(url))


async def _serve(bot: Bot, token: str) -> None:
    """Log in and serve. Open jobs go on even if Discord lets no bot in. Raises `OperatorError`."""
    logging_in = asyncio.create_task(bot.chat.login(token), name="login")
    try:
        await asyncio.wait({logging_in}, timeout=LOGIN_SECONDS)
        if logging_in.done():
            logging_in.result()
            reach(Point.START_LOGGED_IN)
        await bot.services.start()
        if bot.services.role is Role.WORKER:
            await logging_in
            await bot.chat.learn_commands()
            await asyncio.Event().wait()
        bot.tasks.start(warm_up_charts(bot.services.runtime.clock), "chart")
        await logging_in
        is_alone = bot.services.role is Role.ALONE
        bot.tasks.start(bot.chat.register() if is_alone else bot.chat.follow_commands(), "registration")
        await bot.chat.run()
    finally:
        logging_in.cancel()


async def _until_one_ends(*works: Coroutine[Any, Any, object]) -> None:
    """Run all until one of them ends by itself; its error is raised. Then cancel the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        # No new events arrive from here on. The answers under way use HTTP.
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _health(
    bot: Bot, database: Database, scheduled_backups: ScheduledBackups | None, clock: Clock
) -> Health:
    """Return the health. Failed backups and extra bills are reported, but are no reason for a restart."""
    copies = {} if scheduled_backups is None else scheduled_backups.health()
    worker = bot.services.card_worker
    try:
        open_jobs = sum((await database.read(jobs.counts_by_state)).values())
        extra_bills = await database.read(dismissed.count_paid, since=clock.now() - EXTRA_BILLS_SHOWN)
        takes_cards = worker is None or await worker.takes_cards()
    except DatabaseUnavailable:
        return Health(is_ok=False, details={"reason": "the database does not answer"})
    bills = {"extra_bills": extra_bills} if extra_bills else {}
    if bot.services.role is Role.GATEWAY and bot.chat.is_standby:
        return Health(is_ok=True, details={"standby": True, "open_jobs": open_jobs})
    if worker is not None:
        return Health(
            is_ok=takes_cards, details={"takes_cards": takes_cards, "open_jobs": open_jobs, **bills}
        )
    details = {**bot.chat.health(), "open_jobs": open_jobs, **bills, **copies}
    return Health(is_ok=bot.chat.is_ready, details=details)
