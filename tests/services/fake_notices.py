"""The notices to servers, as the services post them."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bot.domain.administration import GuildSettings
from bot.domain.block import MemberBlock
from bot.domain.ids import ChannelId, GuildId
from bot.domain.reports import UsageReport


@dataclass(frozen=True)
class Warned:
    """One notice about a budget."""

    guild_id: GuildId
    channel_id: ChannelId
    percent: int
    cap_microusd: int
    used_microusd: int
    resets_at: datetime
    language: str | None


class FakeNotices:
    """What servers' log channels show. `on_notice` holds what the next calls raise."""

    def __init__(self) -> None:
        self.warned: list[Warned] = []
        #: The servers that were welcomed.
        self.welcomed: list[GuildSettings] = []
        #: The servers whose week was summarized, with channel and language.
        self.summarized: list[tuple[GuildId, ChannelId, UsageReport, str]] = []
        #: Raised by the next calls that ask Discord for a server's language.
        self.on_language: deque[Exception] = deque()
        self.on_notice: deque[Exception] = deque()
        #: The blocks of the bot's own that log channels were told, each with the channel.
        self.blocked_members: list[tuple[MemberBlock, ChannelId]] = []

    async def blocked(self, block: MemberBlock, *, channel_id: ChannelId, language: str | None) -> None:
        del language
        if self.on_notice:
            raise self.on_notice.popleft()
        self.blocked_members.append((block, channel_id))

    async def welcome(self, settings: GuildSettings, *, joined_at: datetime) -> None:
        del joined_at
        if self.on_notice:
            raise self.on_notice.popleft()
        self.welcomed.append(settings)

    async def language(self, guild_id: GuildId) -> str:
        del guild_id
        if self.on_language:
            raise self.on_language.popleft()
        return "en"

    async def summary(
        self, guild_id: GuildId, channel_id: ChannelId, report: UsageReport, language: str
    ) -> None:
        if self.on_notice:
            raise self.on_notice.popleft()
        self.summarized.append((guild_id, channel_id, report, language))

    async def budget(
        self,
        *,
        guild_id: GuildId,
        channel_id: ChannelId,
        percent: int,
        cap_microusd: int,
        used_microusd: int,
        resets_at: datetime,
        language: str | None,
    ) -> None:
        if self.on_notice:
            raise self.on_notice.popleft()
        self.warned.append(
            Warned(guild_id, channel_id, percent, cap_microusd, used_microusd, resets_at, language)
        )
