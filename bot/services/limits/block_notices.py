"""Says in a server's log channel whom the bot has blocked by itself, once for each block."""

import asyncio
from dataclasses import dataclass, field

import structlog

from bot.domain.block import MemberBlock
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import ChannelId
from bot.services.protocols import Notices
from bot.services.runtime import Runtime
from bot.store.admission import member_blocks

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class BlockNotices:
    """A failed notice is retried."""

    runtime: Runtime
    notices: Notices
    #: Only one at a time, or one would be posted twice.
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    async def post_due(self) -> None:
        """Post what is owed. Without a log channel, nothing is said, later neither."""
        async with self._turn:
            for block, channel_id, language in await self.runtime.database.read(member_blocks.owing_notice):
                if channel_id is None or await self._said(block, channel_id, language):
                    await self.runtime.database.write(member_blocks.settle_notice, block)

    async def _said(self, block: MemberBlock, channel_id: ChannelId, language: str | None) -> bool:
        """Return False if it has to be tried again."""
        try:
            await self.notices.blocked(block, channel_id=channel_id, language=language)
        except CourierUnavailable:
            return False
        except CardGone:
            log.warning("a server's log channel cannot be written to", guild=block.guild_id)
        return True
