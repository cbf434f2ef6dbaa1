"""Which pictures are in Discord, as everybody there can see it; and what each request was about."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from standins.fake_discord.events import Event, MessageCreated, MessageUpdated
from standins.fake_discord.model import Message
from standins.fake_discord.world import World
from tests.journeys.town import text_of
from tests.shown_pictures import PICTURE_NAME

_TAG = re.compile(r"\bm(\d+)g(\d+)r(\d+)\b")
#: What cards say while something is still to come.
_OPEN_WORDS = (
    "**In line**",
    "**Next in line**",
    "**Generating**",
    "**Checking**",
    "on the way to",
    "**Taking longer",
    "⏸️",
)
_KEPT_WORDS = "**Ready, but couldn't be posted**"


@dataclass(frozen=True, slots=True)
class Tag:
    """Begins a prompt, so that bills, cards and pictures tell whose and which request they are."""

    member: int
    #: Which of the member's two, and not its id: the provider is told no ids.
    guild: int
    request: int

    def __str__(self) -> str:
        return f"m{self.member}g{self.guild}r{self.request}"

    @classmethod
    def found_in(cls, text: str) -> "Tag | None":
        match = _TAG.search(text)
        return cls(*map(int, match.groups())) if match else None


class Numbered(NamedTuple):
    """A job as members know it."""

    guild_id: int
    number: int


class Deliveries:
    """Follows every picture that the bot posts."""

    def __init__(self, world: World) -> None:
        self._world = world
        #: Messages by the job whose picture they show, or showed before they were deleted.
        self.messages_of_job: dict[Numbered, set[Message]] = defaultdict(set)
        self.jobs_of_tag: dict[Tag, set[Numbered]] = defaultdict(set)
        self.by_member: dict[int, int] = defaultdict(int)
        self.total = 0
        #: Sentences about pictures that cannot be what they should be.
        self.problems: list[str] = []
        world.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, MessageCreated | MessageUpdated):
            message = event.message
            if message.author is self._world.app.user:
                self._look_at(message)

    def _look_at(self, message: Message) -> None:
        for attachment in message.attachments:
            if attachment.filename.endswith(".zip"):
                continue  # an export, which the member looks into
            match = PICTURE_NAME.fullmatch(attachment.filename)
            tag = Tag.found_in(attachment.description or "")
            if match is None or tag is None:
                self.problems.append(f"a file that is nobody's picture: {attachment.filename}")
                continue
            job = Numbered(message.channel.guild.id, int(match[1]))
            if job not in self.messages_of_job:
                self.total += 1
                self.by_member[tag.member] += 1
            self.messages_of_job[job].add(message)
            self.jobs_of_tag[tag].add(job)

    def doubled(self) -> list[Numbered]:
        """Jobs whose picture can be seen more than once."""
        return [
            job
            for job, messages in self.messages_of_job.items()
            if sum(
                attachment.filename.startswith(f"picture-{job.number}-")
                for message in messages
                if not message.is_deleted
                for attachment in message.attachments
            )
            > 1
        ]


def is_open(message: Message) -> bool:
    """Whether the card says that something is still to come."""
    text = text_of(message)
    return not message.is_deleted and any(words in text for words in _OPEN_WORDS)


def is_kept(message: Message) -> bool:
    """Whether a picture waits in /jobs, since no way led to its place."""
    return not message.is_deleted and _KEPT_WORDS in text_of(message)
