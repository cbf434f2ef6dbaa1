"""What a human does with their Discord client: the hands of tests and of the page.

Each act checks what Discord's client checks (options against the registered commands, hidden commands,
disabled buttons) and raises a ClientRefusedError where the client would not let it happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.fake_discord.model import (
    Answer,
    Channel,
    Command,
    Interaction,
    Message,
    Modal,
    Role,
    User,
)

if TYPE_CHECKING:
    from bot.sandbox.fake_discord.world import World


@dataclass(frozen=True)
class Upload:
    """A file that a person picks; without a content type it is told by the name."""

    filename: str
    data: bytes = field(repr=False)
    content_type: str | None = None


OptionValue = str | int | float | bool | Upload | User | Role | Channel
FieldValue = str | bool | Upload | Sequence[str] | Sequence[Upload]


@dataclass(frozen=True)
class Choice:
    """One line of an autocomplete list; `value` is what is sent when it is picked."""

    name: str
    value: str | int | float


class ClientRefusedError(Exception):
    """The client does not let this happen, and nothing was sent. `what` names the part, `why` says it."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why


class NoResponseError(Exception):
    """The person reads "The application did not respond"."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction)
        self.interaction = interaction


class Ask:
    """Something that a person asked the application for, and what came of it."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    async def answer(self) -> Answer:
        """Wait for the first answer; its kind is NONE when none came in time."""
        raise NotImplementedError

    async def message(self, *, within_seconds: float = 10.0) -> Message:
        """Wait until the answer is a message, past any "… is thinking".

        Raises NoResponseError, or ConditionNotMetError when the time is over.
        """
        raise NotImplementedError

    async def modal(self) -> Modal:
        """Wait for the dialogue. Raises NoResponseError, or TypeError for another kind of answer."""
        raise NotImplementedError

    def followups(self) -> list[Message]:
        """The further messages so far."""
        return list(self.interaction.followups.values())


class Person:
    """One user at their client. Channels are given as objects or by name ("pictures")."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user

    # -- what is on the screen

    def channels(self) -> list[Channel]:
        """What the side bar lists, in order, threads after their parents."""
        raise NotImplementedError

    def messages(
        self, channel: Channel | str, *, limit: int = 50, before: Message | None = None
    ) -> list[Message]:
        """The newest that this person sees there, oldest first, with their own ephemeral ones."""
        raise NotImplementedError

    def commands(self, channel: Channel | str) -> list[Command]:
        """The commands that the client offers there: slash commands and menus, without hidden ones."""
        raise NotImplementedError

    # -- what they do

    def slash(self, channel: Channel | str, command: str, /, **options: OptionValue) -> Ask:
        """Use a slash command; a subcommand is named in full, such as "review usage"."""
        raise NotImplementedError

    async def autocomplete(
        self, channel: Channel | str, command: str, option: str, text: str, /, **others: OptionValue
    ) -> list[Choice]:
        """Type `text` into an option and wait for the list; `others` are the options filled in so far.

        Raises NoResponseError: the client then shows "Loading options failed".
        """
        raise NotImplementedError

    def menu(self, message: Message, name: str) -> Ask:
        """Pick an entry under Apps in the message's menu."""
        raise NotImplementedError

    def press(self, message: Message, button: str) -> Ask:
        """Press a button, named by its `custom_id` or its label."""
        raise NotImplementedError

    def choose(self, message: Message, select: str, values: Sequence[str]) -> Ask:
        """Choose in a select menu, named by `custom_id` or placeholder, by the options' values or labels."""
        raise NotImplementedError

    def submit(self, modal: Modal, values: Mapping[str, FieldValue]) -> Ask:
        """Fill in the dialogue, by labels or `custom_id`s, and send it; the rest keeps what it showed."""
        raise NotImplementedError

    def say(
        self,
        channel: Channel | str,
        text: str,
        *,
        reply_to: Message | None = None,
        pings_author: bool = True,
        files: Sequence[Upload] = (),
    ) -> Message:
        """Write a message. `@name` becomes a mention, as the client's completion makes it."""
        raise NotImplementedError

    def edit(self, message: Message, text: str) -> None:
        """Change an own message."""
        raise NotImplementedError

    def delete(self, message: Message) -> None:
        """Delete a message (an own one, or any with Manage Messages), or dismiss an ephemeral one."""
        raise NotImplementedError
