"""The data model of the stand-in's Discord: plain state, linked as objects.

Knows no HTTP and no rules. The only JSON is that of embeds and components, kept as it is shown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum, IntFlag
from typing import Any

from standins.fake_discord.permissions import Permissions

Json = dict[str, Any]
ATTACHED = "attachment://"


class ChannelKind(IntEnum):
    TEXT = 0
    VOICE = 2
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15
    MEDIA = 16

    @property
    def is_thread(self) -> bool:
        return self in {self.ANNOUNCEMENT_THREAD, self.PUBLIC_THREAD, self.PRIVATE_THREAD}


class MessageKind(IntEnum):
    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class MessageFlags(IntFlag):
    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


class CommandKind(IntEnum):
    SLASH = 1
    USER_MENU = 2
    MESSAGE_MENU = 3


class InteractionKind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


@dataclass(eq=False)
class User:
    id: int
    username: str
    display_name: str
    is_bot: bool = False
    has_nitro: bool = False
    locale: str = "en-US"
    """The language that they read Discord in."""

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: Permissions
    position: int
    color: int = 0
    bot: User | None = None
    """Whose role it is: Discord makes one for each bot that is invited with permissions."""


@dataclass(eq=False)
class Member:
    user: User
    guild: Guild = field(repr=False)
    roles: list[Role] = field(repr=False)
    joined_at: datetime


@dataclass(eq=False)
class Overwrite:
    """The permissions that a channel allows and denies to one role or one member (`id` is theirs)."""

    id: int
    is_for_role: bool
    allow: Permissions = Permissions.NONE
    deny: Permissions = Permissions.NONE


@dataclass(eq=False)
class Channel:
    """A channel, or a thread in one (then `parent` is set and its overwrites hold)."""

    id: int
    guild: Guild = field(repr=False)
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    parent: Channel | None = field(default=None, repr=False)
    topic: str | None = None
    position: int = 0
    is_age_restricted: bool = False
    is_archived: bool = False
    archive_changed_at: datetime | None = None
    """When it was last archived or unarchived."""
    is_locked: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict, repr=False)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    """By id, oldest first; ephemeral ones included."""
    message_ids: list[int] = field(default_factory=list, repr=False)
    """The keys of `messages` without the ephemeral ones, sorted, to page through."""

    @property
    def is_thread(self) -> bool:
        return self.kind.is_thread


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner: User = field(repr=False)
    premium_tier: int = 0
    locale: str = "en-US"
    """The language that its admins have chosen for it."""
    system_channel: Channel | None = field(default=None, repr=False)
    """Where Discord posts its own messages, such as about new members."""
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    """By id; the role with the guild's own id is @everyone."""
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    """Including threads."""
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    """By user id."""
    command_access: dict[str | None, dict[int, bool]] = field(default_factory=dict, repr=False)
    """What admins set under Server Settings ▸ Integrations: command name, or None for the application → role,
    user or channel id → allowed. The guild's own id is @everyone, one less is all channels."""


@dataclass(eq=False)
class Attachment:
    id: int
    channel: Channel = field(repr=False)
    filename: str
    content_type: str | None
    data: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    description: str | None = None
    is_ephemeral: bool = False

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel = field(repr=False)
    author: User
    created_at: datetime
    kind: MessageKind = MessageKind.DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list, repr=False)
    """As they were sent; `wire_messages.message_json` resolves their `attachment://` names."""
    components: list[Json] = field(default_factory=list, repr=False)
    """As Discord sends them: action rows of buttons and selects."""
    attachments: list[Attachment] = field(default_factory=list, repr=False)
    """All files of the message, also those which only its embeds show."""
    flags: MessageFlags = MessageFlags.NONE
    mentions: list[User] = field(default_factory=list, repr=False)
    edited_at: datetime | None = None
    reply_to_id: int | None = None
    """The message replied to; it may be gone."""
    viewer: User | None = None
    """The only person who sees this message, if it is ephemeral."""
    interaction: Interaction | None = field(default=None, repr=False)
    """The interaction that this message answers."""
    nonce: str | None = None
    reactions: list[str] = field(default_factory=list)
    """Of the application."""
    is_deleted: bool = False

    @property
    def is_ephemeral(self) -> bool:
        return self.viewer is not None

    @property
    def is_thinking(self) -> bool:
        """Say whether the client shows "… is thinking" in its place."""
        return MessageFlags.LOADING in self.flags

    @property
    def files_in_embeds(self) -> set[str]:
        """Names of the files that its embeds show; Discord does not list these under `attachments`."""
        pictures = [embed.get(key) or {} for embed in self.embeds for key in ("image", "thumbnail")]
        urls = [str(picture.get("url", "")) for picture in pictures]
        return {url.removeprefix(ATTACHED) for url in urls if url.startswith(ATTACHED)}

    def parts(self) -> list[Json]:
        """Its buttons and selects from left to right, top to bottom."""
        return [part for row in self.components for part in row.get("components", [])]


@dataclass(eq=False)
class Modal:
    """A dialogue that the application opened for one person."""

    opener: Interaction = field(repr=False)
    custom_id: str
    title: str
    components: list[Json]

    @property
    def viewer(self) -> User:
        return self.opener.user

    def fields(self) -> list[ModalField]:
        found = []
        for outer in self.components:
            inner = [outer["component"]] if "component" in outer else outer.get("components", [])
            found += [ModalField(str(outer.get("label", one.get("label", ""))), outer, one) for one in inner]
        return found


@dataclass(frozen=True)
class ModalField:
    label: str
    outer: Json
    """The label (type 18) or action row (type 1) around it."""
    inner: Json
    """The text input (4), select (3, 5 to 8), file upload (19), or choice (21 to 23)."""

    @property
    def custom_id(self) -> str:
        return str(self.inner["custom_id"])

    @property
    def type(self) -> int:
        return int(self.inner["type"])


class AnswerKind(Enum):
    """The application's first answer to an interaction."""

    MESSAGE = "message"
    THINKING = "thinking"
    """A new message was promised, and "… is thinking" is shown."""
    UPDATED = "updated"
    """The message with the button was changed."""
    UPDATING = "updating"
    """Nothing is shown; the message with the button may change later."""
    MODAL = "modal"
    CHOICES = "choices"
    NONE = "none"
    """Three seconds passed: "The application did not respond"."""


@dataclass(frozen=True)
class Answer:
    kind: AnswerKind
    message: Message | None = None
    modal: Modal | None = None
    choices: tuple[Json, ...] = ()


@dataclass(eq=False)
class Interaction:
    id: int
    token: str = field(repr=False)
    kind: InteractionKind
    channel: Channel = field(repr=False)
    user: User
    data: Json = field(repr=False)
    """As Discord sends it under `data`."""
    created_at: datetime
    expires_at: datetime
    """When its token expires, by the stand-in's clock."""
    message: Message | None = field(default=None, repr=False)
    """The message with the component that was used."""
    command_name: str = ""
    """The full name, such as "review usage", of a command."""
    opener: Interaction | None = field(default=None, repr=False)
    """What opened the modal that was submitted."""
    answer: Answer | None = None
    original: Message | None = field(default=None, repr=False)
    """What `@original` means: the first answer's message."""
    followups: dict[int, Message] = field(default_factory=dict, repr=False)
    deadline: asyncio.TimerHandle | None = field(default=None, repr=False)


@dataclass(eq=False)
class Command:
    """An application command as registered, with the id that the stand-in gave it."""

    id: int
    kind: CommandKind
    name: str
    definition: Json = field(repr=False)
    """As the application sent it."""
    version: int
    guild: Guild | None = None


@dataclass(eq=False)
class Application:
    """The bot's side of the developer portal."""

    id: int
    name: str
    user: User
    token: str = field(repr=False)
    owner: User = field(repr=False)
    has_message_content: bool = False
    has_guild_members: bool = False
    has_presences: bool = False
    interactions_endpoint_url: str | None = None
    """If set, Discord would send interactions there; the stand-in only shows it."""
