"""The choices that members have made for themselves, on all servers."""

from sqlalchemy import bindparam, select

from bot.domain.ids import MemberId
from bot.domain.notice import Notify
from bot.store.driver.connection import Connection
from bot.store.driver.upsert import upsert
from bot.store.schema.tables import members


def notify_of(connection: Connection, member_id: MemberId) -> Notify:
    chosen = connection.execute(_NOTIFY, {"member": member_id}).scalar_one_or_none()
    return Notify.WHEN_LONG if chosen is None else Notify(chosen)


def set_notify(connection: Connection, member_id: MemberId, notify: Notify) -> None:
    upsert(connection, members, key={"member_id": member_id}, values={"notify": notify})


_NOTIFY = select(members.c.notify).where(members.c.member_id == bindparam("member"))
