"""The events that the world reports, one value for each change. Holds no rules and no JSON."""

from __future__ import annotations

from dataclasses import dataclass

from standins.fake_discord.model import (
    Answer,
    Channel,
    Command,
    Guild,
    Interaction,
    Member,
    Message,
    Modal,
    Role,
    User,
)


@dataclass(frozen=True)
class MessageCreated:
    message: Message


@dataclass(frozen=True)
class MessageUpdated:
    message: Message


@dataclass(frozen=True)
class MessageDeleted:
    message: Message
    is_one_of_many: bool = False
    """Whether applications hear of it through `MessagesDeleted` instead."""


@dataclass(frozen=True)
class MessagesDeleted:
    """Several of one channel were deleted at once."""

    messages: tuple[Message, ...]


@dataclass(frozen=True)
class TypingStarted:
    channel: Channel
    user: User


@dataclass(frozen=True)
class InteractionCreated:
    """A person used a command, component or modal; the application hears of it."""

    interaction: Interaction


@dataclass(frozen=True)
class InteractionAnswered:
    """The first answer, whatever its kind; concerns the person who asked."""

    interaction: Interaction
    answer: Answer


@dataclass(frozen=True)
class InteractionFailed:
    """No answer came in time: the person reads "The application did not respond"."""

    interaction: Interaction


@dataclass(frozen=True)
class ModalOpened:
    """A dialogue that only `modal.viewer` sees."""

    modal: Modal


@dataclass(frozen=True)
class CommandsChanged:
    """Other commands are registered now: for one guild, or for all."""

    guild: Guild | None


@dataclass(frozen=True)
class CommandAccessChanged:
    """Admins changed who may use a command (None: any of them): Server Settings ▸ Integrations."""

    guild: Guild
    command: Command | None


@dataclass(frozen=True)
class GuildJoined:
    guild: Guild


@dataclass(frozen=True)
class GuildUpdated:
    """Its name or boost tier changed."""

    guild: Guild


@dataclass(frozen=True)
class GuildLeft:
    """The application was removed from the guild."""

    guild: Guild


@dataclass(frozen=True)
class ChannelCreated:
    channel: Channel


@dataclass(frozen=True)
class ChannelUpdated:
    """Its permissions, its archive state or its name changed."""

    channel: Channel


@dataclass(frozen=True)
class ChannelDeleted:
    channel: Channel


@dataclass(frozen=True)
class RoleCreated:
    guild: Guild
    role: Role


@dataclass(frozen=True)
class MemberUpdated:
    """A member joined, or their roles changed."""

    member: Member


@dataclass(frozen=True)
class AppPresenceChanged:
    """The application came online (at least one READY session) or went offline."""

    is_online: bool


Event = (
    MessageCreated
    | MessageUpdated
    | MessageDeleted
    | MessagesDeleted
    | TypingStarted
    | InteractionCreated
    | InteractionAnswered
    | InteractionFailed
    | ModalOpened
    | CommandsChanged
    | CommandAccessChanged
    | GuildJoined
    | GuildUpdated
    | GuildLeft
    | ChannelCreated
    | ChannelUpdated
    | ChannelDeleted
    | RoleCreated
    | MemberUpdated
    | AppPresenceChanged
)


def concerns(event: Event, user: User) -> bool:
    """Say whether this person's client hears of it, by ephemerality alone; the channel is not checked."""
    match event:
        case MessageCreated(message) | MessageUpdated(message) | MessageDeleted(message, _):
            return message.viewer is None or message.viewer is user
        case InteractionCreated(interaction) | InteractionFailed(interaction):
            return interaction.user is user
        case InteractionAnswered(interaction, _):
            return interaction.user is user
        case ModalOpened(modal):
            return modal.viewer is user
        case _:
            return True


def subjects(event: Event) -> tuple[object, ...]:
    """The message and the interaction that the event is about."""
    match event:
        case MessageCreated(message) | MessageUpdated(message) | MessageDeleted(message, _):
            return (message, message.interaction) if message.interaction else (message,)
        case InteractionCreated(interaction) | InteractionFailed(interaction):
            return (interaction,)
        case InteractionAnswered(interaction, _):
            return (interaction,)
        case _:
            return ()
