"""The cards whose members are still to be notified. A notice is taken once, and its taker alone sends it."""

from sqlalchemy import bindparam, exists, select, update

from bot.domain.ids import CardId
from bot.store.driver.connection import Connection
from bot.store.schema.conditions import IS_OPEN, OWES_NOTICE
from bot.store.schema.tables import cards, jobs


def due(connection: Connection) -> list[CardId]:
    """Return the cards that owe a notice and have no open job left, oldest first."""
    return [CardId(id_) for id_ in connection.scalars(_DUE)]


def take(connection: Connection, card_id: CardId) -> bool:
    """Mark the notice as settled; return False if it was settled before. Only the taker may send it."""
    return bool(connection.execute(_TAKE, {"card": card_id}).rowcount)


_HAS_OPEN = exists().where(jobs.c.card_id == cards.c.id, IS_OPEN)
_DUE = select(cards.c.id).where(OWES_NOTICE, ~_HAS_OPEN).order_by(cards.c.id)
_TAKE = update(cards).where(cards.c.id == bindparam("card"), OWES_NOTICE).values(owes_notice=False)
