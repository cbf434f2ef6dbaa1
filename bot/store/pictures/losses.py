"""Losses of the operator's money, each kept until it is announced."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select

from bot.domain.trouble import Loss
from bot.store.driver.connection import Connection
from bot.store.schema.tables import losses


@dataclass(frozen=True, slots=True)
class KeptLoss:
    id: int
    kind: Loss


def keep(connection: Connection, kind: Loss) -> None:
    """Save a loss in the transaction that finds it out."""
    connection.execute(losses.insert().values(kind=kind))


def kept(connection: Connection) -> list[KeptLoss]:
    return [KeptLoss(row.id, row.kind) for row in connection.execute(_KEPT)]


def announced(connection: Connection, ids: Collection[int]) -> None:
    connection.execute(_ANNOUNCED, {"ids": list(ids)})


_KEPT = select(losses).order_by(losses.c.id)
_ANNOUNCED = delete(losses).where(losses.c.id.in_(bindparam("ids", expanding=True)))
