"""The deletion of all that is kept about a server, when it has removed the bot: its settings, and what its
members have written. What was spent, and how many pictures were made, stays without names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, not_, select

from bot.domain.ids import CardId, GuildId, MemberId
from bot.store.driver.connection import Connection
from bot.store.pictures.accounts import BOOKS_OF_MEMBERS
from bot.store.privacy.erasing import IS_LOOKED_FOR, IS_UNSETTLED
from bot.store.schema.tables import (
    audits,
    cards,
    guilds,
    jobs,
    listed_words,
    member_blocks,
    moderation_posts,
    posts,
    presets,
    rules,
    strikes,
    welcomes,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCard:
    id: CardId
    member_id: MemberId
    #: The number of its first picture.
    number: int


def next_cards(connection: Connection, guild_id: GuildId, *, after: int, limit: int) -> list[OldCard]:
    """Return requests of the server that can be deleted, with numbers after `after`, in order.

    All of their pictures have ended, their costs are known, and nothing has to be looked for by their words.
    """
    rows = connection.execute(_NEXT, {"guild": guild_id, "after": after, "most": limit})
    return [OldCard(id=CardId(row.id), member_id=MemberId(row.member_id), number=row.number) for row in rows]


def count_left(connection: Connection, guild_id: GuildId) -> int:
    """Count the requests of the server that are not deleted yet."""
    return int(connection.scalar(_COUNT, {"guild": guild_id}))


def erase_settings(connection: Connection, guild_id: GuildId) -> None:
    """Delete all that is about the server and belongs to no request, and the names from its totals."""
    for erase in _ERASE:
        connection.execute(erase, {"guild": guild_id})


def members_of(found: Sequence[OldCard]) -> dict[MemberId, list[CardId]]:
    """Return the requests of each member."""
    return {
        member_id: [card.id for card in found if card.member_id == member_id]
        for member_id in {card.member_id for card in found}
    }


_GUILD: BindParameter[Any] = bindparam("guild")
#: The id of the interaction is negative once the request is deleted.
_ARE_LEFT = (jobs.c.guild_id == _GUILD, jobs.c.position == 0, cards.c.interaction_id > 0)
_NEXT = (
    select(cards.c.id, cards.c.member_id, jobs.c.number)
    .join(cards, cards.c.id == jobs.c.card_id)
    .where(*_ARE_LEFT, jobs.c.number > bindparam("after"), not_(IS_UNSETTLED), not_(IS_LOOKED_FOR))
    .order_by(jobs.c.number)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(jobs.join(cards, cards.c.id == jobs.c.card_id)).where(*_ARE_LEFT)
_ERASE = (
    *(
        delete(table).where(table.c.guild_id == _GUILD)
        for table in (
            guilds,
            rules,
            welcomes,
            listed_words,
            presets,
            member_blocks,
            strikes,
            moderation_posts,
            posts,
            audits,
        )
    ),
    *(delete(table).where(table.c.guild_id == _GUILD, table.c.member_id != 0) for table in BOOKS_OF_MEMBERS),
)
