"""The part of `python -m bot check` about the other processes that share the work."""

from bot import factories
from bot.chat.discord_check import Finding
from bot.encryption_keys import load_keys
from bot.ops.text_cipher import KeyedTextCipher
from bot.services.process_links import OTHER_KEY
from bot.settings import Settings
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.driver.database_url import address
from bot.store.fleet import fleet

#: The most sessions of PostgreSQL that a process has: see docs/scaling.md.
SESSIONS = 12
#: No process has this id.
NONE_OF_THEM = 0


async def check_processes(settings: Settings) -> list[Finding]:
    """Check the key, the workers and the sessions. Raises `OperatorError` if the database cannot be read."""
    queue = factories.queue_module(settings)
    if queue is None:
        return []
    url, alive = factories.database_url(settings), settings.queue.stalled_seconds
    cards = queue.CardQueue(address(url), stalled_seconds=alive)
    database = await open_database(url)
    try:
        keys = await database.read(fleet.keys_in_use, NONE_OF_THEM, alive_seconds=alive)
        workers = await database.read(cards.living_workers)
        return [_key(settings, keys), _workers(workers), await _sessions(database, len(keys))]
    finally:
        await database.close()


def _key(settings: Settings, in_use: list[list[str]]) -> Finding:
    keys = load_keys(factories.secret(settings.storage.secret_key), settings.storage.data_dir)
    names = KeyedTextCipher(keys).names
    if not all(fleet.can_read_each_other(names, others) for others in in_use):
        return Finding("Shared key", is_good=False, text=OTHER_KEY)
    running = f"that of all running processes ({len(in_use)})" if in_use else "no process is running"
    return Finding("Shared key", is_good=True, text=running)


def _workers(count: int) -> Finding:
    if not count:
        advice = "none is running, so that requests only wait: start `python -m bot worker`"
        return Finding("Workers", is_good=False, text=advice)
    return Finding("Workers", is_good=True, text=f"{count} running")


async def _sessions(database: Database, processes: int) -> Finding:
    most = await database.read(_most_sessions)
    needed = processes * SESSIONS
    text = f"up to {needed} for all running processes, and PostgreSQL allows {most}"
    if needed > most:
        return Finding("Sessions", is_good=False, text=f"{text}: raise max_connections, or stop some")
    return Finding("Sessions", is_good=True, text=text)


def _most_sessions(connection: Connection) -> int:
    found = connection.exec_driver_sql(
        "SELECT current_setting('max_connections')::int"
        " - current_setting('superuser_reserved_connections')::int AS most"
    ).one()
    return int(found.most)
