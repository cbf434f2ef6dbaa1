"""Two servers that removed the bot before a row begins; only one of them is to be forgotten by now."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from bot.domain.administration import GuildChoices, RuleSubject, SetRule
from bot.domain.block import MemberBlock
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.limits import Allowances
from bot.store.admission import member_blocks
from bot.store.driver.connection import Connection
from bot.store.moderation import gone
from bot.store.privacy import departures
from bot.store.schema.tables import cards, metadata
from bot.store.servers import server_settings
from tests.builders import MEMBER, a_request
from tests.databases import admit, beside

OVERDUE, KEPT = GuildId(1_100_000_000_000_000_091), GuildId(1_100_000_000_000_000_092)
CHANNEL = ChannelId(1_200_000_000_000_000_091)
OTHER = MemberId(MEMBER + 1)
#: More than are deleted in one transaction, and than in two.
REQUESTS = 110
LEFT_AGO = {OVERDUE: timedelta(days=40), KEPT: timedelta(days=2)}

#: What stays of a server that is forgotten, without names and words.
STAYS = {"departures", "jobs", "cards", "money", "totals", "span_totals", "durations"}


def leave(connection: Connection, *, now: datetime) -> None:
    """A transaction function: both have left settings and requests behind."""
    at = now - timedelta(days=60)
    for guild_id, ago in LEFT_AGO.items():
        _choose(connection, guild_id, at=at)
        for _ in range(REQUESTS):
            (job,) = admit(
                connection,
                request=a_request(prompt="a puffin"),
                at=at,
                guild_id=guild_id,
                channel_id=CHANNEL,
                sealed_token=None,
                token_expires_at=None,
            )
            gone.give_up(connection, [job.card_id], at=at, why="the bot was removed from the server")
        departures.note(connection, [guild_id], at=now - ago)
    connection.execute(update(cards).values(owes_notice=False))


def _choose(connection: Connection, guild_id: GuildId, *, at: datetime) -> None:
    subject = RuleSubject.member(MEMBER)
    server_settings.put(connection, guild_id, GuildChoices(log_channel_id=CHANNEL))
    server_settings.put_rule(connection, guild_id, SetRule(subject=subject, allowances=Allowances(per_day=9)))
    block = MemberBlock(
        guild_id=guild_id, member_id=OTHER, actor_id=MEMBER, at=at, until=None, reason="too many puffins"
    )
    member_blocks.put(connection, block)


def kept_rows(url: str) -> list[str]:
    """All about the server that is not to be forgotten yet, but for texts, which may be sealed meanwhile."""
    with beside(url, only_reads=True) as connection:
        return sorted(
            f"{table} {[(name, value) for name, value in row.items() if not isinstance(value, str | bytes)]}"
            for table, row in _rows_of(connection, KEPT)
        )


def about_forgetting(url: str, kept_before: list[str]) -> list[str]:
    with beside(url, only_reads=True) as connection:
        rows = list(_rows_of(connection, OVERDUE))
    left = {table for table, _ in rows} - STAYS
    is_forgotten = all(row["forgotten_at"] for table, row in rows if table == "departures")
    members = {row["member_id"] for table, row in rows if table != "departures" and "member_id" in row}
    words = [row for table, row in rows if table == "cards" and row["prompt"]]
    return [
        *([] if is_forgotten else ["the server is not forgotten"]),
        *(f"the forgotten server is still in {table}" for table in sorted(left)),
        *(["a member of the forgotten server is not"] if members & {MEMBER, OTHER} else []),
        *([f"{len(words)} requests of the forgotten server have their words"] if words else []),
        *([] if kept_rows(url) == kept_before else ["what is kept about another server has changed"]),
    ]


def _rows_of(connection: Connection, guild_id: GuildId) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in metadata.sorted_tables:
        if "guild_id" in table.c:
            found = f"SELECT * FROM {table.name} WHERE guild_id = {guild_id}"  # noqa: S608  our own tables
            for row in connection.exec_driver_sql(found):
                yield table.name, row._asdict()
