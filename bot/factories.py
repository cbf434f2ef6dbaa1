"""Single parts of the bot, each built from the settings alone. `app` and the commands connect them."""

from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import overload

import aiohttp
from pydantic import SecretStr

from bot import __version__
from bot.chat.gateway.client_setup import ChatSettings
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.domain.limits import Allowances, OperatorLimits
from bot.domain.luma import FILE_MOST_BYTES
from bot.domain.money import MICROUSD
from bot.domain.privacy import PrivacyFacts
from bot.download import Downloader, source_hosts
from bot.encryption_keys import load_keys
from bot.operator_webhook import OperatorWebhook
from bot.ops.clock import SystemClock
from bot.ops.metrics import Metrics
from bot.ops.private_files import keep_private
from bot.ops.way_out import WayOut, trusting
from bot.segmind.client import SegmindClient, ignore_call
from bot.settings import Settings, UnusableSettings
from bot.store.driver.database_url import address
from bot.store.driver.errors import DatabaseDamaged
from bot.store.upkeep import backup_folder

USER_AGENT = f"picture-bot/{__version__} (+self-hosted Discord bot)"


# --- secrets ----------------------------------------------------------------------------------------


def secret(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()


def token_and_key(settings: Settings) -> tuple[str, str]:
    """Return both secrets that the bot needs. Raises `UnusableSettings` with a line for each missing one."""
    token, key = secret(settings.discord.token), secret(settings.segmind.api_key)
    required = {
        "DISCORD_TOKEN": (token, "the Discord developer portal (Bot ▸ Reset Token)"),
        "SEGMIND_API_KEY": (key, "your Segmind account"),
    }
    problems = [
        f"{name} is not set: get it from {source}, and put it into .env"
        for name, (value, source) in required.items()
        if value is None
    ]
    if token is None or key is None:
        raise UnusableSettings(problems)
    return token, key


def encryption_keys(settings: Settings) -> list[str]:
    """Return the Fernet keys, the newest first; the first start makes one. Raises `OperatorError`."""
    return load_keys(secret(settings.storage.secret_key), settings.storage.data_dir)


# --- connections ------------------------------------------------------------------------------------


def way_out(settings: Settings) -> WayOut:
    network = settings.network
    trusted = trusting(network.ssl_cert_file) if network.ssl_cert_file else None
    return WayOut(secret(network.https_proxy), network.no_proxy, trusted)


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
        privacy_facts=privacy_facts(settings),
        way_out=out,
    )


def privacy_facts(settings: Settings) -> PrivacyFacts:
    return PrivacyFacts(
        contact=settings.operator.contact,
        policy_url=settings.privacy.url,
        prompt_days=settings.storage.retention_days,
        backup_days=_backup_days(settings),
    )


def _backup_days(settings: Settings) -> int | None:
    """Return for how long scheduled backups hold what was deleted; None if the bot makes none."""
    hours = settings.backup.every_hours * settings.backup.keep
    if not hours or not backup_folder.is_for(settings.storage.url.get_secret_value()):
        return None
    return -(-hours // 24)


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
        downloader=Downloader(session, settings.segmind.output_hosts, FILE_MOST_BYTES, user_agent=USER_AGENT),
        clock=clock or SystemClock(),
        user_agent=USER_AGENT,
        on_call=ignore_call if metrics is None else count,
        way_out=out,
    )


def operator_webhook(settings: Settings, session: aiohttp.ClientSession) -> OperatorWebhook | None:
    url = secret(settings.operator.webhook_url)
    return None if url is None else OperatorWebhook(session, url, user_agent=USER_AGENT)


def source_fetcher(settings: Settings, session: aiohttp.ClientSession) -> Downloader:
    return Downloader(session, source_hosts(settings.discord.cdn_url), FILE_MOST_BYTES, user_agent=USER_AGENT)


# --- limits and money -------------------------------------------------------------------------------


def operator_limits(settings: Settings) -> OperatorLimits:
    limits = settings.limits
    return OperatorLimits(
        per_hour=limits.per_hour,
        per_day=limits.per_day,
        per_week=limits.per_week,
        per_month=limits.per_month,
        running=limits.running,
        attempts_per_hour=limits.attempts_per_hour,
        ceilings=Allowances(
            per_hour=limits.ceiling_per_hour,
            per_day=limits.ceiling_per_day,
            per_week=limits.ceiling_per_week,
            per_month=limits.ceiling_per_month,
            running=limits.ceiling_running,
        ),
    )


def max_unit_price_microusd(settings: Settings) -> int | None:
    """Return what a picture of the highest quality costs; None if that is not offered."""
    return microusd(settings.segmind.max_unit_price_usd) if settings.segmind.max_quality else None


@overload
def microusd(usd: Decimal) -> int: ...
@overload
def microusd(usd: Decimal | None) -> int | None: ...
def microusd(usd: Decimal | None) -> int | None:
    """Convert US dollars to integer micro-USD: settings allow at most six decimals."""
    return None if usd is None else int(usd * MICROUSD)


# --- the database -----------------------------------------------------------------------------------


def database_url(settings: Settings) -> str:
    return settings.storage.url.get_secret_value()


def queue_module(settings: Settings) -> ModuleType | None:
    """Import the module of the queue, if one is asked for. Raises `OperatorError` if there can be none."""
    if settings.storage.queue is None:
        return None
    if isinstance(address(database_url(settings)), Path):
        raise OperatorError("QUEUE=procrastinate needs PostgreSQL: set DATABASE_URL, or leave QUEUE empty.")
    if settings.storage.secret_key is None:
        raise OperatorError("QUEUE=procrastinate needs SECRET_KEY, the same for all processes.")
    try:
        from bot.store.fleet import queue
    except ModuleNotFoundError as error:
        raise OperatorError(
            f"QUEUE=procrastinate needs packages that are not installed ({error.name}). Install them: "
            "python -m pip install --require-hashes -r requirements-queue.lock"
        ) from error
    return queue


# --- folders ----------------------------------------------------------------------------------------


def make_data_dir(settings: Settings) -> None:
    """Create the data folder, which only its owner may read, whatever the umask. Raises `OperatorError`."""
    folder = settings.storage.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(folder)
    except OSError as error:
        raise OperatorError(
            f"{folder} cannot be created ({error.strerror}): set DATA_DIR to a folder that can be written"
        ) from error


def sources_folder(settings: Settings) -> Path:
    return settings.storage.data_dir / "sources"


def backups_folder(settings: Settings) -> Path:
    return settings.storage.data_dir.absolute() / "backups"


def advice(error: DatabaseDamaged, settings: Settings) -> str:
    """Return the error, and the backup to restore; reads backups until it finds a good one."""
    folder = backups_folder(settings)
    copy = backup_folder.newest_good(folder)
    found = f"There is no good backup in {folder}." if copy is None else f"The newest good backup is {copy}."
    return f"{error} {found}"
