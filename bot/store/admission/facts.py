"""All that decides whether a request is admitted, but for its member's use of the limits, in one question."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select

from bot.domain.administration import GuildChoices
from bot.domain.card import NewCard
from bot.domain.ids import CardId, ChannelId, JobId, MemberId, RoleId
from bot.domain.money import Month
from bot.store.admission import blocks, member_blocks
from bot.store.admission.next_ids import next_ids
from bot.store.driver.connection import Connection
from bot.store.pictures import accounts, cards, jobs
from bot.store.schema.tables import cards as card_table
from bot.store.schema.tables import guilds
from bot.store.schema.tables import jobs as job_table
from bot.store.servers import server_settings
from bot.store.servers.server_settings import RulesText


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    #: The card of the same interaction, if it was admitted before.
    card_id: CardId | None
    #: The operator has blocked the server or the member.
    is_blocked: bool
    #: The moderators of the server have blocked the member.
    is_blocked_here: bool
    chosen: GuildChoices
    #: The server's rules that apply to the member in the channel.
    rules: RulesText
    #: What is held or spent in the month: by the server, and by all servers.
    used_microusd: int
    used_everywhere_microusd: int
    #: What the rows will have if it is admitted: the last picture's number in the server comes before theirs.
    last_number: int
    next_card_id: CardId
    next_job_ids: Sequence[JobId]


def of_request(
    connection: Connection,
    new: NewCard,
    *,
    member_ids: Sequence[MemberId],
    role_ids: Collection[RoleId],
    channel_id: ChannelId,
    month: Month,
    count: int,
    at: datetime,
) -> Facts:
    """Return the facts about a request for `count` pictures. The rules are those of `channel_id`.

    `member_ids` are all ids under which there may be rows of the member.
    """
    subjects = server_settings.subjects(
        guild_id=new.guild_id, member_ids=member_ids, role_ids=role_ids, channel_id=channel_id
    )
    asked = {
        "interaction": new.interaction_id,
        "members": member_ids,
        "its_month": month,
        "at": at,
        **subjects,
    }
    row = connection.execute(_facts(count, connection.dialect.name), asked).one()
    return Facts(
        card_id=row.card_id,
        is_blocked=row.is_blocked,
        is_blocked_here=row.is_blocked_here,
        chosen=GuildChoices() if row.guild_id is None else server_settings.choices_from(row),
        rules=RulesText(row.rules or ""),
        used_microusd=row.used or 0,
        used_everywhere_microusd=int(row.used_everywhere),
        last_number=row.last_number or 0,
        next_card_id=row.next_card_id,
        next_job_ids=row[-count:],
    )


#: One row, also for a server that has set nothing.
_ONE = select(literal_column("1").label("one")).subquery("one")
_ASKED = [
    cards.ID_OF_INTERACTION.scalar_subquery().label("card_id"),
    blocks.IS_BLOCKED.label("is_blocked"),
    member_blocks.IS_BLOCKED_HERE.label("is_blocked_here"),
    server_settings.RULES.label("rules"),
    accounts.USED.scalar_subquery().label("used"),
    accounts.USED_EVERYWHERE.scalar_subquery().label("used_everywhere"),
    jobs.LAST_NUMBER.scalar_subquery().label("last_number"),
    *guilds.c,
]


@cache
def _facts(count: int, dialect: str) -> Select[Any]:
    (card_id,) = next_ids(card_table, 1, dialect)
    job_ids = next_ids(job_table, count, dialect)
    selected = select(
        *_ASKED, card_id.label("next_card_id"), *(id_.label(f"job_{n}") for n, id_ in enumerate(job_ids))
    )
    return selected.select_from(_ONE.outerjoin(guilds, guilds.c.guild_id == bindparam("guild")))
