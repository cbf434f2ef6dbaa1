"""The news that several processes on one PostgreSQL database tell each other: that they are alive, what is
wrong with the account, and whose cards they are changing the files of.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.ids import CardId
from bot.domain.trouble import Trouble
from bot.store.driver.connection import Connection
from bot.store.fleet.turns import MICROSECONDS, with_parts

#: Rows of processes that were not seen for this time are deleted.
FORGOTTEN_AFTER_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNews:
    """The news of one process about the account."""

    trouble: Trouble | None
    is_model_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """The state of the account, as all processes know it."""

    revision: int = 0
    news: AccountNews = AccountNews(trouble=None, is_model_refused=False)
    #: How much longer nothing is sent, after a 429.
    pause_seconds: float = 0.0


def join(connection: Connection, process_id: int, key_names: Sequence[str], *, alive_seconds: float) -> bool:
    """Show that the process is alive; return False if it and another cannot read each other's texts."""
    if not all(
        can_read_each_other(key_names, others)
        for others in keys_in_use(connection, process_id, alive_seconds=alive_seconds)
    ):
        return False
    connection.exec_driver_sql(_JOIN, {"process": process_id, "names": ",".join(key_names)})
    return True


def keys_in_use(connection: Connection, process_id: int, *, alive_seconds: float) -> list[list[str]]:
    """Return the names of the keys of each other process that is alive."""
    values = {"process": process_id, "alive": alive_seconds * MICROSECONDS}
    return [row.key_names.split(",") for row in connection.exec_driver_sql(_KEYS, values)]


def can_read_each_other(key_names: Sequence[str], others: Sequence[str]) -> bool:
    return key_names[0] in others and others[0] in key_names


def beat(
    connection: Connection,
    process_id: int,
    *,
    changing: Collection[CardId],
    news: AccountNews | None,
    pause_seconds: float,
) -> AccountState:
    """Show that the process is alive; write down its news, and return those of all.

    Of its locks on cards, it keeps those of the cards that it is `changing`.
    """
    process = {"process": process_id}
    connection.exec_driver_sql(_SEEN, process)
    connection.exec_driver_sql(_UNLOCK_OTHERS, process | {"cards": list(changing)})
    for statement in _TIDYING:
        connection.exec_driver_sql(statement, {"forgotten": FORGOTTEN_AFTER_SECONDS * MICROSECONDS})
    if news is not None:
        values = {"trouble": news.trouble, "is_model_refused": news.is_model_refused}
        connection.exec_driver_sql(_TELL, values)
    if pause_seconds:
        connection.exec_driver_sql(_PAUSE, {"microseconds": pause_seconds * MICROSECONDS})
    return account_state(connection)


def account_state(connection: Connection) -> AccountState:
    row = connection.exec_driver_sql(_STATE).first()
    if row is None:
        return AccountState()
    news = AccountNews(
        trouble=None if row.trouble is None else Trouble(row.trouble), is_model_refused=row.is_model_refused
    )
    return AccountState(revision=row.revision, news=news, pause_seconds=max(row.paused, 0) / MICROSECONDS)


def leave(connection: Connection, process_id: int) -> None:
    """The process ends: nothing waits for it any more."""
    for statement in _LEAVING:
        connection.exec_driver_sql(statement, {"process": process_id})


# --- cards whose files are changed --------------------------------------------------------------------


def lock_card(connection: Connection, process_id: int, card_id: CardId, *, alive_seconds: float) -> bool:
    """Let no other process change the card's files; return False while one that is alive does."""
    values = {"process": process_id, "card": card_id, "alive": alive_seconds * MICROSECONDS}
    return bool(connection.exec_driver_sql(_LOCK, values))


def unlock_card(connection: Connection, process_id: int, card_id: CardId) -> None:
    connection.exec_driver_sql(_UNLOCK, {"process": process_id, "card": card_id})


_KEYS = with_parts("""
    SELECT key_names FROM processes WHERE key_names IS NOT NULL AND id IN (other_processes_)
""")
_JOIN = with_parts("""
    INSERT INTO processes (id, seen_at, key_names) VALUES (%(process)s, now_(), %(names)s)
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, key_names = excluded.key_names
""")
_SEEN = with_parts("""
    INSERT INTO processes (id, seen_at) VALUES (%(process)s, now_())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
""")
_UNLOCK_OTHERS = (
    "DELETE FROM card_locks WHERE process_id = %(process)s AND card_id <> ALL (%(cards)s::bigint[])"
)
_TIDYING = (
    with_parts("DELETE FROM processes WHERE abs(seen_at - now_()) > %(forgotten)s"),
    "DELETE FROM line WHERE process_id NOT IN (SELECT id FROM processes)",
    "DELETE FROM card_locks WHERE process_id NOT IN (SELECT id FROM processes)",
    "DELETE FROM standbys WHERE process_id NOT IN (SELECT id FROM processes)",
    with_parts("DELETE FROM taken_events WHERE abs(taken_at - now_()) > %(forgotten)s"),
)
_LEAVING = (
    "DELETE FROM line WHERE process_id = %(process)s",
    "DELETE FROM card_locks WHERE process_id = %(process)s",
    "DELETE FROM standbys WHERE process_id = %(process)s",
    "DELETE FROM processes WHERE id = %(process)s",
)
_TELL = """
    INSERT INTO account (id, revision, trouble, is_model_refused)
    VALUES (1, 1, %(trouble)s, %(is_model_refused)s)
    ON CONFLICT (id) DO UPDATE SET revision = account.revision + 1,
    trouble = excluded.trouble, is_model_refused = excluded.is_model_refused
"""
_PAUSE = with_parts("""
    INSERT INTO account (id, revision, is_model_refused, paused_until)
    VALUES (1, 0, false, now_() + %(microseconds)s::bigint)
    ON CONFLICT (id) DO UPDATE SET paused_until = greatest(account.paused_until, excluded.paused_until)
""")
_STATE = with_parts(
    "SELECT revision, trouble, is_model_refused, paused_until - now_() AS paused FROM account"
)
_LOCK = with_parts("""
    INSERT INTO card_locks (card_id, process_id) VALUES (%(card)s, %(process)s)
    ON CONFLICT (card_id) DO UPDATE SET process_id = excluded.process_id
    WHERE card_locks.process_id = excluded.process_id
    OR card_locks.process_id NOT IN (SELECT id FROM processes WHERE abs(seen_at - now_()) < %(alive)s)
    RETURNING card_id
""")
_UNLOCK = "DELETE FROM card_locks WHERE card_id = %(card)s AND process_id = %(process)s"
