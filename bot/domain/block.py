"""Blocks by the operator, everywhere, and by the moderators of a server, of its members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.domain.errors import Refusal
from bot.domain.ids import GuildId, MemberId

#: A member of no server: the bot acts by itself.
THE_BOT = MemberId(0)
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=3650)
MOST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Block:
    #: The id of a server or of a member.
    subject_id: int
    #: The blocked members read it; it may be empty.
    reason: str
    at: datetime
    #: None: without an end.
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberBlock:
    """A member gets no pictures in one server until a time, or permanently."""

    guild_id: GuildId
    member_id: MemberId
    #: The moderator, or `THE_BOT`.
    actor_id: MemberId
    at: datetime
    #: None: without an end.
    until: datetime | None
    #: The member reads it; it may be empty.
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPage:
    """One page of a server's blocks, newest first. Pages count from 0."""

    blocks: Sequence[MemberBlock]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOutcome:
    block: MemberBlock
    #: How many pictures were still waiting, and are cancelled.
    cancelled: int


class BlockedHere(Refusal):
    """The moderators of the server have blocked the member."""

    def __init__(self, block: MemberBlock) -> None:
        super().__init__(block.until)
        self.block = block


class BlockProblem(Enum):
    BOT = auto()
    ONESELF = auto()
    #: The member moderates or manages the server, and does not stand below who asks.
    IN_CHARGE = auto()
    UNBLOCK_ONESELF = auto()
    NOT_BLOCKED = auto()
    LENGTH_UNREADABLE = auto()
    LENGTH_OUT_OF_RANGE = auto()
    REASON_TOO_LONG = auto()


class BlockRefused(Refusal):
    """A moderator cannot block or unblock like this. `text` is what was typed."""

    def __init__(self, problem: BlockProblem, text: str = "") -> None:
        super().__init__(problem)
        self.problem, self.text = problem, text
