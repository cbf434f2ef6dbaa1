"""No query on anybody's way reads more rows than it is about: the databases' own plans say so."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.ids import CardId, ChannelId, JobId, MessageId, PictureNumber, RequestId, RoleId
from bot.domain.job import JobState
from bot.domain.limits import WINDOWS
from bot.domain.money import Month
from bot.store.admission import blocks, counts, facts, stops
from bot.store.admission.counts import Counted
from bot.store.driver.connection import Connection, Driver
from bot.store.driver.database import Database
from bot.store.moderation import gone
from bot.store.pictures import cards, dismissed, events, jobs, left_messages, owed_notices
from tests.builders import CHANNEL, GUILD, MEMBER, MESSAGE, NOON, PSEUDONYMS, a_card, a_job, a_new_card

Query = Callable[[Connection], object]

PRIMARY_KEY = "PRIMARY KEY"
HOUR = timedelta(hours=1)
#: Indexes of the few rows that wait for something: to read one from end to end is no harm.
SMALL = {"ix_jobs_open", "ix_cards_due", "ix_cards_owed"}

#: How SQLite finds the highest ids, and those that it has given.
LAST_ROWS = {"SEARCH cards", "SEARCH jobs", "SEARCH sqlite_sequence"}
PROMPT_OF_CARD = "SEARCH request USING INTEGER PRIMARY KEY (rowid=?)"

#: A member's own id, and the one under which rows are kept once they have deleted their data.
MEMBERS = PSEUDONYMS.ids_of(MEMBER)
#: What the limits of a server and a channel count at most.
EVERY_SET = tuple(
    Counted(window, channel_id=channel) for channel in (None, CHANNEL) for window in (None, *WINDOWS.values())
)
HERE, EVERYWHERE = Counted(HOUR), Counted(HOUR, everywhere=True)


def used(*by: Counted) -> Query:
    return lambda c: counts.used(c, member_ids=MEMBERS, guild_id=GUILD, by=by, at=NOON)


def nth(by: Counted) -> Query:
    return lambda c: counts.nth_counted_at(c, member_ids=MEMBERS, guild_id=GUILD, by=by, at=NOON, n=5)


#: By name: the query, and all that it may find its rows by.
QUERIES: dict[str, tuple[Query, set[str]]] = {
    # admission
    "nth_counted_at": (nth(HERE), {"ix_jobs_asked"}),
    "nth_counted_at everywhere": (nth(EVERYWHERE), {"ix_jobs_asked"}),
    "used": (used(HERE, Counted(None)), {"ix_jobs_asked", "ix_jobs_in_work"}),
    "used everywhere": (
        used(EVERYWHERE, Counted(None, everywhere=True)),
        {"ix_jobs_asked", "ix_jobs_in_work"},
    ),
    "used in a channel": (used(*EVERY_SET), {"ix_jobs_asked", "ix_jobs_in_work"}),
    "nth_counted_at in a channel": (nth(Counted(HOUR, channel_id=CHANNEL)), {"ix_jobs_asked"}),
    "nth_counted_at attempts": (nth(Counted(HOUR, are_attempts=True)), {"ix_jobs_asked"}),
    "is_stopped": (
        lambda c: stops.is_stopped(c, GUILD, MEMBERS, asked_at=NOON, at=NOON),
        {"autoindex_blocks", "autoindex_member_blocks", "autoindex_erasures"},
    ),
    "facts": (
        lambda c: facts.of_request(
            c,
            a_new_card(),
            member_ids=MEMBERS,
            role_ids=[RoleId(1)],
            channel_id=CHANNEL,
            month=Month.of(NOON),
            count=2,
            at=NOON,
        ),
        {f"autoindex_{table}" for table in ("cards", "blocks", "member_blocks", "rules", "money", "guilds")}
        | {"ix_jobs_number", *LAST_ROWS},
    ),
    "blocks.of": (lambda c: blocks.of(c, [GUILD, MEMBER], at=NOON), {"autoindex_blocks"}),
    "queued_of": (lambda c: jobs.queued_of(c, MEMBER), {"ix_jobs_open"}),
    # the worker
    "claim": (lambda c: jobs.claim(c, JobId(1)), {PRIMARY_KEY}),
    "claim_all": (lambda c: jobs.claim_all(c, [JobId(1), JobId(2)]), {PRIMARY_KEY}),
    "step": (lambda c: jobs.step(c, a_job(), JobState.SUBMITTING, at=NOON, why=""), {PRIMARY_KEY}),
    "cancel_queued": (
        lambda c: jobs.cancel_queued(c, [a_job(state=JobState.QUEUED)], at=NOON, why=""),
        {PRIMARY_KEY},
    ),
    "note": (lambda c: jobs.note(c, a_job(), touches_card=True, polls=1), {PRIMARY_KEY}),
    "set_source": (
        lambda c: jobs.set_source(c, CardId(1), source_hash="", source_type=""),
        {"autoindex_jobs"},
    ),
    "known_request_ids": (
        lambda c: jobs.known_request_ids(c, [RequestId("a"), RequestId("b")]),
        {"ix_jobs_request_id", "ix_dismissed_request_id"},
    ),
    "has": (lambda c: dismissed.has(c, RequestId("a")), {"ix_dismissed_request_id"}),
    "pictures_of": (lambda c: dismissed.pictures_of(c, [JobId(1), JobId(2)]), {"ix_dismissed_job_id"}),
    "forget": (lambda c: dismissed.forget(c, sent_before=NOON), {"ix_dismissed_open"}),
    "durations": (lambda c: jobs.durations(c, model="m", limit=5), {"ix_jobs_durations"}),
    "shown": (
        lambda c: [
            cards.shown(
                c, a_card(id=CardId(1)), revision=number, message_id=MESSAGE, channel_id=CHANNEL, at=NOON
            )
            for number in (1, 0)
        ],
        {PRIMARY_KEY},
    ),
    "touch_cards": (lambda c: jobs.touch_cards(c, [JobId(1), JobId(2)]), {PRIMARY_KEY}),
    # what Discord tells of
    "in_server": (lambda c: gone.in_server(c, GUILD), {"ix_jobs_open", PRIMARY_KEY}),
    "in_channel": (lambda c: gone.in_channel(c, CHANNEL), {"ix_jobs_open", PRIMARY_KEY}),
    "of_messages": (lambda c: gone.of_messages(c, CHANNEL, [MESSAGE, MESSAGE]), {"ix_cards_message"}),
    # what members look at
    "get": (lambda c: jobs.get(c, JobId(1)), {PRIMARY_KEY}),
    "numbered": (lambda c: jobs.numbered(c, GUILD, PictureNumber(1)), {"ix_jobs_number"}),
    "with_jobs": (lambda c: cards.with_jobs(c, CardId(1)), {PRIMARY_KEY, "autoindex_jobs"}),
    "of_card": (lambda c: jobs.of_card(c, CardId(1)), {"autoindex_jobs"}),
    "of_message": (
        lambda c: jobs.of_message(c, channel_id=CHANNEL, message_id=MESSAGE),
        {"ix_cards_message", "autoindex_jobs"},
    ),
    "recent": (
        lambda c: jobs.recent(c, guild_id=GUILD, member_id=MEMBER, limit=5, states=[JobState.DELIVERED]),
        {"ix_jobs_member"},
    ),
    "of_job": (lambda c: events.of_job(c, JobId(1)), {"ix_events_job_id"}),
    # sweeps: they scan, but only an index of the few rows that are due
    "open_ids": (jobs.open_ids, {"ix_jobs_open", PRIMARY_KEY}),
    "overdue": (lambda c: jobs.overdue(c, {JobState.QUEUED: NOON}), {"ix_jobs_open"}),
    "parked_before": (lambda c: jobs.parked_before(c, NOON), {"ix_jobs_parked"}),
    "in_doubt": (jobs.in_doubt, {"ix_jobs_open"}),
    "takers": (
        lambda c: dismissed.takers(c, sent_since=NOON),
        {"ix_jobs_found_request", "ix_dismissed_found"},
    ),
    "first_queued": (lambda c: jobs.first_queued(c, limit=5), {"ix_jobs_open"}),
    "counts_by_state": (jobs.counts_by_state, {"ix_jobs_open"}),
    "sources_in_use": (jobs.sources_in_use, {"ix_jobs_open"}),
    "due": (lambda c: cards.due(c, at=NOON), {"ix_cards_due"}),
    "touch_fading": (lambda c: cards.touch_fading(c, at=NOON), {"ix_cards_token", "autoindex_jobs"}),
    "owed notices": (owed_notices.due, {"ix_cards_owed", "autoindex_jobs"}),
    "take": (lambda c: owed_notices.take(c, CardId(1)), {PRIMARY_KEY}),
    "left due": (lambda c: left_messages.due(c, at=NOON), {"ix_left_messages_due"}),
    "left of card": (lambda c: left_messages.of_card(c, CardId(1)), {"ix_left_messages_card_id"}),
    "left touch": (
        lambda c: left_messages.touch(c, CardId(1), at=NOON),
        {"ix_left_messages_card_id", "autoindex_jobs"},
    ),
    "copied on": (
        lambda c: left_messages.copied_on(c, ChannelId(1), [MessageId(1), MessageId(2)]),
        {"ix_left_messages_copy"},
    ),
    "copy of": (lambda c: left_messages.copy_of(c, JobId(1)), {"ix_left_messages_copies"}),
    "forget copies": (
        lambda c: left_messages.forget_copies(c, ChannelId(1), [MessageId(1), MessageId(2)]),
        {"ix_left_messages_copy"},
    ),
    "unanswered": (lambda c: cards.unanswered(c, before=NOON), {"ix_cards_unanswered"}),
    "forget_tokens": (lambda c: cards.forget_tokens(c, before=NOON), {"ix_cards_token"}),
}


class Watched(Connection):
    """Keeps the statements that the driver is given, with their values."""

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver)
        self.asked: list[tuple[str, Any]] = []

    def _cursor(self, text: str, parameters: Any) -> Any:
        self.asked.append((text, parameters))
        return super()._cursor(text, parameters)


def plans(connection: Connection, query: Query) -> list[str]:
    """Each line of the plans of all statements that find rows in the course of the query."""
    watched = Watched(connection.driver)
    query(watched)
    statements = [asked for asked in watched.asked if not asked[0].startswith("INSERT")]
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # the tables are too small to tell
        explain = "EXPLAIN "
    else:
        explain = "EXPLAIN QUERY PLAN "
    assert statements
    rows = [
        row
        for statement, parameters in statements
        for row in connection.exec_driver_sql(explain + statement, parameters)
    ]
    return [str(row[-1]) for row in rows]


def found_by(line: str) -> str:
    """What a line of an SQLite plan finds rows by."""
    if index := re.search(r"INDEX (?:sqlite_(autoindex_\w+)_\d+|(\w+))", line):
        return index[1] or index[2]
    return PRIMARY_KEY if "USING INTEGER PRIMARY KEY" in line else line


def complaints(lines: list[str], allowed: set[str]) -> list[str]:
    """What is wrong with a plan: a whole table read, or rows found by something else than is allowed."""
    # SQLite's words; a constant row is no row of a table, each job has its prompt from its card, and what a
    # subquery reads stands in lines of its own.
    subqueries = {
        line.replace("CO-ROUTINE", way)
        for line in lines
        if line.startswith("CO-ROUTINE")
        for way in ("SCAN", "SEARCH")
    }
    finding = [
        line
        for line in lines
        if line.startswith(("SEARCH", "SCAN"))
        and "CONSTANT" not in line
        and line not in {PROMPT_OF_CARD, *subqueries}
    ]
    scanned = [line for line in finding if line.startswith("SCAN") and found_by(line) not in SMALL]
    found_otherwise = {found_by(line) for line in finding} ^ allowed if finding else set()
    return [*scanned, *found_otherwise, *(line for line in lines if "Seq Scan" in line)]


async def test_every_query_finds_its_rows_by_an_index(database: Database) -> None:
    wrong = {
        name: found
        for name, (query, allowed) in QUERIES.items()
        if (found := complaints(await database.write(plans, query), allowed))
    }
    assert wrong == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other goes by how many rows it has
async def test_all_windows_are_counted_in_one_search_of_an_index_alone(database: Database) -> None:
    """However many windows there are, and without a look at the rows themselves."""
    lines = await database.write(plans, QUERIES["used in a channel"][0])
    (over_time,) = [line for line in lines if "ix_jobs_asked" in line]
    assert "USING COVERING INDEX" in over_time


async def test_a_query_without_an_index_is_noticed(database: Database) -> None:
    def by_prompt(connection: Connection) -> object:
        return connection.execute(text("SELECT id FROM jobs WHERE model = 'a fox'")).all()

    assert complaints(await database.write(plans, by_prompt), {"ix_jobs_member"})


async def test_every_function_of_the_shelves_is_looked_at() -> None:
    named = {name.split()[0] for name in QUERIES}
    shelved = {
        name
        for shelf in (jobs, counts, cards, events)
        for name, value in vars(shelf).items()
        if callable(value) and not name.startswith("_") and value.__module__ == shelf.__name__
    }
    by_id_alone = {
        "set_asset",
        "answered",
        "touch",
        "lost",
        "move",
        "record",
        "recording",
        "inserting",
        "put_off",
    }
    assert shelved - named - by_id_alone == {"Changes", "Counted", "Event", "Use"}
