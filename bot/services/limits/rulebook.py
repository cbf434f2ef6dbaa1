"""What holds for one member in one server: read from the rows, in the transaction that needs it."""

from collections.abc import Collection

from bot.domain.ids import GuildId, MemberId, RoleId
from bot.domain.limits import OperatorLimits, Rule
from bot.store import choices
from bot.store.database import Connection


class Rulebook:
    def __init__(self, operator: OperatorLimits) -> None:
        self.operator = operator

    def rules(
        self, connection: Connection, *, guild_id: GuildId, member_id: MemberId, role_ids: Collection[RoleId]
    ) -> list[Rule]:
        """Tightest window first, each with its reason."""
        server = choices.rules_for(connection, guild_id=guild_id, member_id=member_id, role_ids=role_ids)
        return self.operator.rules(server)
