"""`python -m bot check`: it tries every part that the bot depends on, and says what to do about each."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yarl import URL

from bot import factories
from bot.chat.discord_check import Finding, check_discord
from bot.cli import money_check
from bot.cli.processes_check import check_processes
from bot.domain.errors import CourierUnavailable, CreditSpent, KeyRefused, OperatorError, ProviderError
from bot.domain.luma import USUAL_PRICES_USD
from bot.domain.trouble import PostRefused
from bot.download import open_session
from bot.encryption_keys import KEY_FILE, load_keys
from bot.ops.secrets import without_secrets
from bot.ops.way_out import UNREACHED, WayOut, trouble
from bot.services.upkeep.surveys import LEAST_FREE_BYTES
from bot.settings import Settings
from bot.store.driver.database import open_database
from bot.store.driver.errors import DatabaseDamaged, DatabaseInUse, NotMigrated
from bot.store.upkeep import backup_folder
from bot.store.upkeep.backup import is_whole
from bot.store.upkeep.migrate import rehearse

_NO_NOTICES = "none: troubles are only in the log (set OPERATOR_WEBHOOK_URL or OPERATOR_CHANNEL_ID)"
#: A newest backup older than this many intervals means that something prevents backups.
LATE_BACKUPS = 2


async def check(settings: Settings) -> int:
    """Print a line for each finding, and return the exit code: 1 if there is anything to fix, else 0."""
    checks: list[Callable[[Settings], Awaitable[list[Finding]]]] = [
        _proxy,
        _discord,
        _provider,
        _model,
        _money,
        _operator,
        _disk,
        _database,
        _processes,
        _backups,
        _left_copies,
        _key,
    ]
    findings = [finding for check_part in checks for finding in await _tried(check_part(settings))]
    for finding in findings:
        mark = "ok  " if finding.is_good else "FIX "
        sys.stdout.write(f"{mark}  {finding.subject}: {without_secrets(finding.text)}\n")
    return int(any(not finding.is_good for finding in findings))


async def _tried(findings: Awaitable[list[Finding]]) -> list[Finding]:
    """Turn a file that cannot be read into a finding, so that the other checks go on."""
    try:
        return await findings
    except OSError as error:
        return [
            _bad("Files", f"{error.filename} cannot be read ({error.strerror}): give it to the bot's user")
        ]


async def _proxy(settings: Settings) -> list[Finding]:
    """Check that the proxy connects to every host. A missing host of results would cost paid pictures."""
    way_out, outside = factories.way_out(settings), _outside(settings)
    if way_out.proxy is None:
        return []
    through = [url for url in outside if way_out.proxy_for(url)]
    troubles = await asyncio.gather(*(_trouble_with(url, way_out) for url in through))
    lines = list(dict.fromkeys(filter(None, troubles)))
    if lines:
        others = f" ({len(lines) - 1} more such lines left out)" if len(lines) > 1 else ""
        return [_bad("Proxy", f"{lines[0]}{others}")]
    directly = [str(url.host) for url in outside if url not in through]
    besides = f"; directly: {', '.join(directly)}" if directly else ""
    led_to = ", ".join(str(url.host) for url in through) or "nothing"
    return [_good("Proxy", f"{way_out.proxy.name}, for {led_to}{besides}")]


def _outside(settings: Settings) -> list[URL]:
    """Return a URL of every host that the bot calls."""
    segmind, discord = settings.segmind, settings.discord
    results = (f"https://{host}" for host in segmind.output_hosts)
    apis = (segmind.api_url, segmind.assets_url, segmind.history_url)
    webhook = factories.secret(settings.operator.webhook_url)
    notices = () if webhook is None else (str(URL(webhook).origin()),)
    urls = map(URL, (discord.api_url, discord.gateway_url, discord.cdn_url, *apis, *results, *notices))
    return list({(url.host, url.port): url for url in urls}.values())


async def _trouble_with(url: URL, way_out: WayOut) -> str:
    try:
        await way_out.reach(url)
    except UNREACHED as error:
        return trouble(error)
    return ""


async def _discord(settings: Settings) -> list[Finding]:
    token = factories.secret(settings.discord.token)
    if token is None:
        advice = "DISCORD_TOKEN is not set: get one in the developer portal (Bot ▸ Reset Token)"
        return [_bad("Discord token", advice)]
    chat_settings = factories.chat_settings(settings, factories.way_out(settings))
    has_webhook = settings.operator.webhook_url is not None
    return await check_discord(token, chat_settings, None if has_webhook else settings.operator.channel_id)


async def _provider(settings: Settings) -> list[Finding]:
    key = factories.secret(settings.segmind.api_key)
    if key is None:
        return [_bad("Segmind key", "SEGMIND_API_KEY is not set: create one in your Segmind account")]
    out = factories.way_out(settings)
    async with open_session(out) as session:
        try:
            left = await factories.provider(settings, key, session, out).credits()
        except KeyRefused:
            return [
                _bad("Segmind key", "refused: copy it again from your Segmind account into SEGMIND_API_KEY")
            ]
        except CreditSpent:
            return [_bad("Segmind credits", "none left: top the account up")]
        except ProviderError as error:
            advice = f"Cannot connect to Segmind ({error.note}): check the network and SEGMIND_API_URL"
            return [_bad("Segmind key", advice)]
    accepted = _good("Segmind key", "accepted")
    if left < settings.segmind.unit_price_usd:
        return [accepted, _bad("Segmind credits", f"{left:.2f} USD left: top the account up")]
    count = int(left / float(settings.segmind.unit_price_usd))
    return [accepted, _good("Segmind credits", f"{left:.2f} USD, about {count} pictures")]


async def _model(settings: Settings) -> list[Finding]:
    problem = money_check.model_problem(settings) or money_check.price_problem(settings)
    if problem is not None:
        return [_bad("Model", problem)]
    return [_good("Model", f"{settings.segmind.model}, about {_price(settings)} USD a picture")]


def _price(settings: Settings) -> str:
    return str(USUAL_PRICES_USD.get(settings.segmind.model, settings.segmind.unit_price_usd))


async def _money(settings: Settings) -> list[Finding]:
    """Name the limits and the budget in force. Empty ones may be meant, so they are no fault."""
    empty = ", ".join(money_check.empty_limits(settings))
    note = f" (set to nothing, which means no limit: {empty})" if empty else ""
    return [
        _good("Limits", f"{money_check.limits_line(settings)}{note}"),
        _good("Budget", money_check.budget_line(settings)),
    ]


async def _operator(settings: Settings) -> list[Finding]:
    """Check the webhook without a post. `check_discord` checks the channel."""
    subject = "Notices to you"
    async with open_session(factories.way_out(settings)) as session:
        webhook = factories.operator_webhook(settings, session)
        if webhook is None:
            return [] if settings.operator.channel_id else [_good(subject, _NO_NOTICES)]
        try:
            await webhook.look()
        except PostRefused as error:
            return [_bad(subject, error.advice)]
        except CourierUnavailable:
            advice = "the host of OPERATOR_WEBHOOK_URL does not answer: check the network and the URL"
            return [_bad(subject, advice)]
    return [_good(subject, "OPERATOR_WEBHOOK_URL answers")]


async def _disk(settings: Settings) -> list[Finding]:
    folder = settings.storage.data_dir
    try:
        factories.make_data_dir(settings)
        free = shutil.disk_usage(folder).free
        await asyncio.to_thread(_write_into, folder)
        for folder in (factories.sources_folder(settings), factories.backups_folder(settings)):
            if folder.exists():  # owned by another user, such as root, it would only stop edits or backups
                await asyncio.to_thread(_write_into, folder)
    except OperatorError as error:
        return [_bad("Disk", str(error))]
    except OSError as error:
        return [_bad("Disk", f"{folder} cannot be written ({error.strerror}): fix that, or set DATA_DIR")]
    space = f"{free / 1e9:.1f} GB free in {settings.storage.data_dir}"
    if free < LEAST_FREE_BYTES:
        return [_bad("Disk", f"{space}: free some space, or set DATA_DIR")]
    return [_good("Disk", space)]


def _write_into(folder: Path) -> None:
    probe = folder / "check.tmp"
    probe.write_bytes(b"written")
    probe.unlink()


async def _database(settings: Settings) -> list[Finding]:
    url = settings.storage.url.get_secret_value()
    try:
        state = await _state_of(url)
        await asyncio.to_thread(backup_folder.require_whole, url)
    except NotMigrated as error:
        return await _migration(settings, error.found)
    except DatabaseDamaged as error:
        return [_bad("Database", await asyncio.to_thread(factories.advice, error, settings))]
    except OperatorError as error:
        return [_bad("Database", str(error))]
    return [_good("Database", state)]


async def _migration(settings: Settings, found: str) -> list[Finding]:
    """Check that the next start can migrate the database, which `found` describes."""
    try:
        queue = factories.queue_module(settings)
        besides = None if queue is None else queue.bring_up_to_date
        await asyncio.to_thread(rehearse, factories.database_url(settings), besides)
    except OperatorError as error:
        return [_bad("Database", str(error))]
    return [_good("Database", f"{found}; the next start (`run`) migrates it")]


async def _processes(settings: Settings) -> list[Finding]:
    try:
        return await check_processes(settings)
    except NotMigrated:
        return []
    except OperatorError as error:
        return [_bad("Processes", str(error))]


async def _state_of(url: str) -> str:
    """Open the database and describe it. Raises `OperatorError`."""
    try:
        database = await open_database(url)
    except DatabaseInUse as error:
        return f"in use by a running bot (process {error.process})"
    await database.close()
    return "opens, and its schema is current"


async def _key(settings: Settings) -> list[Finding]:
    """Read the key file as `run` does, but create none."""
    path = settings.storage.data_dir / KEY_FILE
    if settings.storage.secret_key is None and not path.exists():
        return []
    try:
        await asyncio.to_thread(load_keys, factories.secret(settings.storage.secret_key), path.parent)
    except OperatorError as error:
        return [_bad("Key for tokens", str(error))]
    return [_good("Key for tokens", "readable")]


async def _backups(settings: Settings) -> list[Finding]:
    hours = settings.backup.every_hours
    if not backup_folder.is_for(settings.storage.url.get_secret_value()):
        return [_good("Backups", "for PostgreSQL, use pg_dump: the bot makes none")]
    folder = factories.backups_folder(settings)
    copies = await asyncio.to_thread(backup_folder.newest_first, folder)
    if not copies:
        when = "the first one is made a minute after a start" if hours else "BACKUP_EVERY_HOURS is 0"
        return [_good("Backups", f"none in {folder}: {when}")]
    age = datetime.now(UTC) - backup_folder.made_at(copies[0])
    if not await asyncio.to_thread(is_whole, copies[0]):
        return [_bad("Backups", f"the newest, {copies[0]}, is damaged: check the disk")]
    state = f"{len(copies)} in {folder}, the newest is good and {age / timedelta(hours=1):.1f} hours old"
    if hours and age > LATE_BACKUPS * timedelta(hours=hours):
        return [_bad("Backups", f"{state}: start the bot, or read in its log why there is no newer one")]
    return [_good("Backups", state)]


async def _left_copies(settings: Settings) -> list[Finding]:
    """Check the databases that a restore has moved aside. They contain prompts, and retention skips them."""
    where = settings.storage.url.get_secret_value()
    copies = await asyncio.to_thread(backup_folder.left_by_restore, where)
    if not copies:
        return []
    kept_since = datetime.now(UTC) - timedelta(days=settings.storage.retention_days)
    old = [path for path, moved_at in copies if moved_at < kept_since]
    names = ", ".join(str(path) for path, _ in copies)
    if old:
        return [_bad("Moved aside", f"{names}: older than RETENTION_DAYS, delete what you do not need")]
    return [_good("Moved aside", f"{names}: left by a restore, delete what you do not need")]


def _good(subject: str, text: str) -> Finding:
    return Finding(subject, is_good=True, text=text)


def _bad(subject: str, advice: str) -> Finding:
    return Finding(subject, is_good=False, text=advice)
