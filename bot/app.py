"""The one place that builds and connects all parts: opened in order, closed in reverse. Holds no rules."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import overload

import aiohttp
import structlog
from pydantic import SecretStr
from yarl import URL

from bot import __version__
from bot.chat.chat import Chat
from bot.chat.delivery.courier import DiscordCourier
from bot.chat.delivery.notices import DiscordNotices
from bot.chat.delivery.sealing import load_sealer
from bot.chat.gateway.discord_client import ChatSettings, make_client
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.domain.ids import GuildId
from bot.domain.limits import Allowances, OperatorLimits
from bot.domain.money import MICROUSD
from bot.download import Downloader, open_session
from bot.fault_points import Point, reach
from bot.host import calling_at_stop
from bot.imaging.imaging import Imaging
from bot.ops.clock import SystemClock
from bot.ops.health import Health, OpsServer
from bot.ops.loop_lag import watch_loop_lag
from bot.ops.metrics import Metrics
from bot.ops.private_files import keep_private
from bot.ops.tasks import TaskOwner
from bot.ops.way_out import WayOut, trusting
from bot.segmind.client import SegmindClient, ignore_call
from bot.services.upkeep.backing_up import BackingUp
from bot.services.upkeep.retention import Retention
from bot.services.wiring import Services, Wiring, wire
from bot.settings import Settings, UnusableSettings
from bot.store import backups, dismissed, jobs
from bot.store.backup import backup as back_up
from bot.store.database import Database, open_database
from bot.store.errors import DatabaseDamaged, DatabaseUnavailable
from bot.store.migrate import migrate as bring_up_to_date
from bot.store.restore import Restored
from bot.store.restore import restore as put_back

log = structlog.stdlib.get_logger(__name__)

MOST_RESULT_BYTES = 50_000_000
MOST_SOURCE_BYTES = 50_000_000
#: Discord serves the same files at both.
DISCORDS_CDN = "cdn.discordapp.com"
#: Pictures in embeds come through Discord's own proxies, such as images-ext-1.discordapp.net.
DISCORDS_HOSTS = (DISCORDS_CDN, ".discordapp.net")
USER_AGENT = f"picture-bot/{__version__} (+self-hosted Discord bot)"
#: SIGTERM: ten seconds in all, this for what is left to tasks once the drain is over.
TASKS_GRACE_SECONDS = 1.5
#: So long the start waits for Discord to let the bot in before open jobs go on without it.
LOGIN_SECONDS = 5.0
#: For so long /healthz tells that requests were billed beside those of jobs.
EXTRA_BILLS_TOLD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Bot:
    chat: Chat
    services: Services
    tasks: TaskOwner


# --- the commands -------------------------------------------------------------------------------------


async def run(settings: Settings, clock: Clock | None = None) -> None:
    """Until SIGTERM or SIGINT. Raises `OperatorError`, also when Discord refuses the bot for good."""
    token, key = token_and_key(settings)
    reach(Point.START_BEGUN)
    await migrate(settings)
    async with opened(settings, key, clock or SystemClock()) as bot:
        with _told_to_stop() as told:
            reach(Point.START_OPENED)
            await _until(told, _served(bot, token))
            log.info("stopping")
            await bot.services.stop()


async def migrate(settings: Settings) -> None:
    make_data_dir(settings)
    try:
        await asyncio.to_thread(bring_up_to_date, settings.storage.url.get_secret_value())
    except DatabaseDamaged as error:
        raise OperatorError(await asyncio.to_thread(advice, error, settings)) from error


async def backup(settings: Settings, path: Path) -> None:
    await asyncio.to_thread(back_up, settings.storage.url.get_secret_value(), path)


async def restore(settings: Settings, path: Path, *, is_forced: bool) -> Restored:
    make_data_dir(settings)
    url, at = settings.storage.url.get_secret_value(), SystemClock().now()
    return await asyncio.to_thread(put_back, url, path, at=at, is_forced=is_forced)


# --- building and connecting --------------------------------------------------------------------------


@asynccontextmanager
async def opened(settings: Settings, key: str, clock: Clock) -> AsyncIterator[Bot]:
    """All parts but the connection to Discord; whatever fails, what was opened is closed again."""
    metrics = Metrics()
    out = way_out(settings)
    if proxy := out.proxy:
        log.info("calls go through a proxy", proxy=proxy.name, no_proxy=",".join(settings.network.no_proxy))
    async with AsyncExitStack() as stack:
        database = await open_database(settings.storage.url.get_secret_value())
        stack.push_async_callback(database.close)
        session = await stack.enter_async_context(open_session(out))
        sealer = load_sealer(secret(settings.storage.secret_key), settings.storage.data_dir)
        chatting = chat_settings(settings, out)
        client = make_client(chatting, clock, metrics)
        tasks = TaskOwner(metrics)
        imaging = Imaging()
        stack.callback(imaging.close)
        services = wire(
            Wiring(
                database=database,
                provider=provider(settings, key, session, out, clock, metrics),
                courier=DiscordCourier(client=client, sealer=sealer, clock=clock),
                notices=DiscordNotices(client),
                fetcher=Downloader(session, source_hosts(settings), MOST_SOURCE_BYTES, user_agent=USER_AGENT),
                imaging=imaging,
                clock=clock,
                metrics=metrics,
                tasks=tasks,
                rng=random.Random(),  # noqa: S311  spreads retries, guards nothing
                limits=operator_limits(settings),
                budget_microusd=microusd(settings.budget.monthly_usd),
                unit_price_microusd=microusd(settings.segmind.unit_price_usd),
                model=settings.segmind.model,
                requests_per_minute=settings.segmind.requests_per_minute,
                polls_count=settings.segmind.polls_count,
                least_credits=float(settings.segmind.unit_price_usd),
                sources_folder=sources_folder(settings),
                served_guilds=frozenset(map(GuildId, settings.chat.guild_ids)),
            )
        )
        chat = Chat(
            client=client,
            settings=chatting,
            admission=services.admission,
            gallery=services.gallery,
            administration=services.administration,
            reports=services.reports,
            gone=services.gone,
            sealer=sealer,
            clock=clock,
            metrics=metrics,
        )
        stack.push_async_callback(chat.close, grace_seconds=1.0)
        stack.push_async_callback(tasks.close, TASKS_GRACE_SECONDS)
        backing_up = _backing_up(settings, clock, metrics)
        ops = OpsServer(
            settings.ops.host, settings.ops.port, lambda: _health(chat, database, backing_up, clock), metrics
        )
        await ops.start()
        log.info("serving /healthz and /metrics", host=ops.host, port=ops.port, pid=os.getpid())
        stack.push_async_callback(ops.close)
        tasks.keep(partial(watch_loop_lag, metrics.event_loop_lag_seconds.observe), "loop_lag")
        retention = Retention(
            database=database, days=settings.storage.retention_days, clock=clock, metrics=metrics
        )
        tasks.keep(retention.run, "retention", clock.sleep)
        if backing_up is not None:
            tasks.keep(backing_up.run, "backup", clock.sleep)
        yield Bot(chat, services, tasks)


def _backing_up(settings: Settings, clock: Clock, metrics: Metrics) -> BackingUp | None:
    """None if the operator wants none, or the database is not one that this bot copies by itself."""
    url, hours = settings.storage.url.get_secret_value(), settings.backup.every_hours
    if not backups.is_for(url):
        if hours and "every_hours" in settings.backup.model_fields_set:
            log.warning("BACKUP_EVERY_HOURS has no effect on PostgreSQL: back it up with pg_dump")
        return None
    if not hours:
        return None
    return BackingUp(
        url=url,
        folder=backups_folder(settings),
        every_seconds=hours * 3600.0,
        keep=settings.backup.keep,
        clock=clock,
        metrics=metrics,
    )


def sources_folder(settings: Settings) -> Path:
    return settings.storage.data_dir / "sources"


def backups_folder(settings: Settings) -> Path:
    return settings.storage.data_dir.absolute() / "backups"


def advice(error: DatabaseDamaged, settings: Settings) -> str:
    """The error, and what there is to restore; reads backups until a good one is found."""
    folder = backups_folder(settings)
    copy = backups.newest_good(folder)
    there_is = f"There is no good one in {folder}." if copy is None else f"The newest good one is {copy}."
    return f"{error} {there_is}"


def provider(
    settings: Settings,
    key: str,
    session: aiohttp.ClientSession,
    out: WayOut,
    clock: Clock | None = None,
    metrics: Metrics | None = None,
) -> SegmindClient:
    def count(call: str, outcome: str) -> None:
        assert metrics is not None, "only given when there are metrics"
        metrics.provider_requests.labels(call=call, outcome=outcome).inc()

    return SegmindClient(
        session=session,
        key=key,
        api_url=settings.segmind.api_url,
        assets_url=settings.segmind.assets_url,
        history_url=settings.segmind.history_url,
        model=settings.segmind.model,
        downloader=Downloader(
            session, settings.segmind.output_hosts, MOST_RESULT_BYTES, user_agent=USER_AGENT
        ),
        clock=clock or SystemClock(),
        user_agent=USER_AGENT,
        on_call=ignore_call if metrics is None else count,
        way_out=out,
    )


def chat_settings(settings: Settings, out: WayOut) -> ChatSettings:
    return ChatSettings(
        api_url=settings.discord.api_url,
        gateway_url=settings.discord.gateway_url,
        cdn_url=settings.discord.cdn_url,
        served_guild_ids=frozenset(settings.chat.guild_ids),
        has_budget=settings.budget.monthly_usd is not None,
        dev_guild_id=settings.chat.dev_guild_id,
        has_reply_edits=settings.chat.reply_edits,
        shard_count=None if settings.chat.shard_count == "auto" else settings.chat.shard_count or 1,
        shard_ids=settings.chat.shard_ids,
        login_file=settings.storage.data_dir / "login.json",
        starts_file=settings.storage.data_dir / "starts.json",
        deaf_seconds=settings.chat.deaf_seconds,
        way_out=out,
    )


def way_out(settings: Settings) -> WayOut:
    network = settings.network
    trusted = trusting(network.ssl_cert_file) if network.ssl_cert_file else None
    return WayOut(secret(network.https_proxy), network.no_proxy, trusted)


def source_hosts(settings: Settings) -> tuple[str, ...]:
    """Where sources may be fetched from: Discord's own hosts, or whatever is configured in their place."""
    configured = URL(settings.discord.cdn_url)
    if configured.host == DISCORDS_CDN:
        return DISCORDS_HOSTS
    return (f"{configured.host}:{configured.port}",)


def operator_limits(settings: Settings) -> OperatorLimits:
    limits = settings.limits
    return OperatorLimits(
        per_hour=limits.per_hour,
        per_day=limits.per_day,
        running=limits.running,
        attempts_per_hour=limits.attempts_per_hour,
        ceilings=Allowances(
            per_hour=limits.ceiling_per_hour,
            per_day=limits.ceiling_per_day,
            running=limits.ceiling_running,
        ),
    )


@overload
def microusd(usd: Decimal) -> int: ...
@overload
def microusd(usd: Decimal | None) -> int | None: ...
def microusd(usd: Decimal | None) -> int | None:
    """US dollars, which have at most six decimals in settings, as whole millionths."""
    return None if usd is None else int(usd * MICROUSD)


def make_data_dir(settings: Settings) -> None:
    """Nobody but its owner may read what is in there, whatever the umask. Raises `OperatorError`."""
    folder = settings.storage.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(folder)
    except OSError as error:
        raise OperatorError(
            f"{folder} cannot be made ({error.strerror}): set DATA_DIR to a folder that can be written"
        ) from error


def token_and_key(settings: Settings) -> tuple[str, str]:
    """What only the operator can know. Raises `UnusableSettings` with a line for each that is missing."""
    token, key = secret(settings.discord.token), secret(settings.segmind.api_key)
    required = {
        "DISCORD_TOKEN": (token, "the Discord developer portal (Bot ▸ Reset Token)"),
        "SEGMIND_API_KEY": (key, "your Segmind account"),
    }
    problems = [
        f"{name} is not set: get it from {whence}, and put it into .env"
        for name, (value, whence) in required.items()
        if value is None
    ]
    if token is None or key is None:
        raise UnusableSettings(problems)
    return token, key


def secret(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()


# --- while it runs ------------------------------------------------------------------------------------


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Set by the first SIGTERM or SIGINT; a second one ends the process at once."""
    told = asyncio.Event()
    with calling_at_stop(asyncio.get_running_loop(), told.set):
        yield told


async def _served(bot: Bot, token: str) -> None:
    """Open jobs go on first, also while Discord lets nobody in; raises `OperatorError`."""
    logging_in = asyncio.create_task(bot.chat.login(token), name="login")
    try:
        await asyncio.wait({logging_in}, timeout=LOGIN_SECONDS)
        if logging_in.done():
            logging_in.result()
            reach(Point.START_LOGGED_IN)
        await bot.services.start()
        await logging_in
        bot.tasks.start(bot.chat.register(), "registration")
        await bot.chat.run()
    finally:
        logging_in.cancel()


async def _until(told: asyncio.Event, serving: Coroutine[None, None, None]) -> None:
    """Until somebody says stop; or until it ends by itself, such as by an error, which is raised."""
    working = asyncio.create_task(serving, name="serving")
    listening = asyncio.create_task(told.wait(), name="signals")
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        listening.cancel()
    # Nothing new is heard from here on; the answers under way go by HTTP.
    working.cancel()
    await asyncio.wait({working, listening})


async def _health(chat: Chat, database: Database, backing_up: BackingUp | None, clock: Clock) -> Health:
    """A failed backup and bills that nobody expected are told, but are no reason to start the bot again."""
    copies = {} if backing_up is None else backing_up.health()
    try:
        open_jobs = sum((await database.read(jobs.counts_by_state)).values())
        extra_bills = await database.read(dismissed.count_paid, since=clock.now() - EXTRA_BILLS_TOLD)
    except DatabaseUnavailable:
        return Health(is_ok=False, details={"reason": "the database does not answer"})
    bills = {"extra_bills": extra_bills} if extra_bills else {}
    details = {**chat.health(), "open_jobs": open_jobs, **bills, **copies}
    return Health(is_ok=chat.is_ready, details=details)
