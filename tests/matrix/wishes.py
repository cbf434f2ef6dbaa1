"""What members asked for, and what of it Discord shows them."""

from collections.abc import Iterator
from dataclasses import dataclass

from standins.fake_discord.asks import Ask
from standins.fake_discord.model import AnswerKind, Attachment, Message
from standins.fake_discord.world import World
from tests.journeys.town import text_of

Shown = tuple[Message, Attachment]

#: The channel of the moderators, which is also that of the feed and the log channel, as on a small server.
MODERATORS = "moderators"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request for `count` pictures, by a command or by a reply; no other wish has its prompt."""

    prompt: str
    count: int = 1
    by: Ask | Message
    #: Whether its card can no longer be edited, so that its picture comes in a new message.
    is_locked: bool = False
    #: Whether its card was taken down: its pictures are either never paid, or kept for /jobs.
    is_gone: bool = False
    #: Whether it is refused, if it is answered at all: its member is blocked.
    is_refused: bool = False
    #: Of its pictures: made and paid, and seen by nobody in the end, since moderators or members say so.
    taken_away: int = 0
    #: Of its pictures: counted towards no limit any more.
    given_back: int = 0

    def card(self, world: World) -> Message | None:
        """The public message that answered it, also if it was deleted since."""
        if isinstance(self.by, Message):
            replies = (one for one in _of_the_bot(world) if one.reply_to_id == self.by.id)
            return next(replies, None)
        answer = self.by.interaction.answer
        message = answer.message if answer else None
        return None if message is None or message.is_ephemeral else message

    @property
    def is_pending(self) -> bool:
        """Whether its member still looks at an unanswered command."""
        return isinstance(self.by, Ask) and self.by.interaction.answer is None

    @property
    def refusal(self) -> str | None:
        """What an ephemeral answer said."""
        answer = self.by.interaction.answer if isinstance(self.by, Ask) else None
        if answer is None or answer.kind is AnswerKind.NONE or answer.message is None:
            return None
        return text_of(answer.message) if answer.message.is_ephemeral else None

    def pictures(self, world: World) -> list[Shown]:
        """Every picture in Discord that was made for it, by its alt text."""
        return [shown for shown in pictures_in(world) if self.prompt in (shown[1].description or "")]


def pictures_in(world: World) -> Iterator[Shown]:
    for message in _of_the_bot(world):
        for attachment in message.attachments:
            if not attachment.filename.endswith(".zip"):  # of an export
                yield message, attachment


def _of_the_bot(world: World) -> list[Message]:
    """Its messages to members."""
    return [message for message in world.messages.values() if is_for_members(world, message)]


def is_for_members(world: World, message: Message) -> bool:
    return message.author is world.app.user and message.channel.name != MODERATORS
