"""`python -m bot check`: every part that the bot depends on, tried once, each with what to do about it."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable

from bot import app
from bot.chat.checks import Finding, check_discord
from bot.domain.errors import CreditSpent, KeyRefused, OperatorError, ProviderError
from bot.download import open_session
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.errors import DatabaseInUse, NotMigrated

#: For the database, its backups and sources; less than this is gone within a busy week.
LEAST_FREE_BYTES = 1_000_000_000


async def check(settings: Settings) -> int:
    """Print a line for each finding; the number of things to mend, at most 1, is the exit code."""
    checks: list[Callable[[Settings], Awaitable[list[Finding]]]] = [_discord, _provider, _disk, _database]
    findings = [finding for one in checks for finding in await one(settings)]
    for finding in findings:
        mark = "ok  " if finding.is_good else "MEND"
        sys.stdout.write(f"{mark}  {finding.subject}: {finding.text}\n")
    return int(any(not finding.is_good for finding in findings))


async def _discord(settings: Settings) -> list[Finding]:
    token = app.secret(settings.discord.token)
    if token is None:
        advice = "DISCORD_TOKEN is not set: get one in the developer portal (Bot ▸ Reset Token)"
        return [_bad("Discord token", advice)]
    return await check_discord(token, app.chat_settings(settings))


async def _provider(settings: Settings) -> list[Finding]:
    key = app.secret(settings.segmind.api_key)
    if key is None:
        return [_bad("Segmind key", "SEGMIND_API_KEY is not set: make one in your Segmind account")]
    async with open_session() as session:
        try:
            left = await app.provider(settings, key, session).credits()
        except KeyRefused:
            return [
                _bad("Segmind key", "refused: copy it anew from your Segmind account into SEGMIND_API_KEY")
            ]
        except CreditSpent:
            return [_bad("Segmind credits", "none left: top the account up")]
        except ProviderError as error:
            advice = f"Segmind does not answer ({error.note}): check the network and SEGMIND_API_URL"
            return [_bad("Segmind key", advice)]
    accepted = _good("Segmind key", "accepted")
    if left < settings.segmind.unit_price_usd:
        return [accepted, _bad("Segmind credits", f"{left:.2f} USD left: top the account up")]
    count = int(left / float(settings.segmind.unit_price_usd))
    return [accepted, _good("Segmind credits", f"{left:.2f} USD, about {count} pictures")]


async def _disk(settings: Settings) -> list[Finding]:
    folder = settings.storage.data_dir
    try:
        app.make_data_dir(settings)
        probe = folder / "check.tmp"
        await asyncio.to_thread(probe.write_bytes, b"written")
        await asyncio.to_thread(probe.unlink)
        free = shutil.disk_usage(folder).free
    except OperatorError as error:
        return [_bad("Disk", str(error))]
    except OSError as error:
        return [_bad("Disk", f"{folder} cannot be written ({error.strerror}): mend it, or set DATA_DIR")]
    told = f"{free / 1e9:.1f} GB free in {folder}"
    if free < LEAST_FREE_BYTES:
        return [_bad("Disk", f"{told}: make room, or set DATA_DIR")]
    return [_good("Disk", told)]


async def _database(settings: Settings) -> list[Finding]:
    try:
        database = await open_database(settings.storage.url.get_secret_value())
    except NotMigrated as error:
        return [_good("Database", f"{error.found}; the next start (`run`) sees to that")]
    except DatabaseInUse as error:
        return [_good("Database", f"in use by a running bot (process {error.process})")]
    except OperatorError as error:
        return [_bad("Database", str(error))]
    await database.close()
    return [_good("Database", "opens, and its schema is current")]


def _good(subject: str, text: str) -> Finding:
    return Finding(subject, is_good=True, text=text)


def _bad(subject: str, advice: str) -> Finding:
    return Finding(subject, is_good=False, text=advice)
