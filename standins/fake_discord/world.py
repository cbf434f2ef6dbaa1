"""The state of the stand-in's Discord, and an event for each change.

Holds who and what exists; changing it goes through here, so that listeners (gateway, page, tests) hear of it.
Knows no HTTP and no rule about what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from standins.changes import Changes
from standins.clock import Clock
from standins.fake_discord.creations import Creations
from standins.fake_discord.events import (
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    Event,
    GuildJoined,
    GuildLeft,
    GuildUpdated,
    MemberUpdated,
    MessageCreated,
    MessageDeleted,
    MessagesDeleted,
    MessageUpdated,
    RoleCreated,
    subjects,
)
from standins.fake_discord.ids import Snowflakes
from standins.fake_discord.model import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Command,
    Guild,
    Interaction,
    Member,
    Message,
    Overwrite,
    Role,
    User,
)
from standins.fake_discord.names import NameNotFoundError, channels_named, only
from standins.fake_discord.permission_rules import channel_permissions
from standins.fake_discord.permissions import EVERYONE, Permissions

__all__ = ["DEFAULT_TOKEN", "NameNotFoundError", "World"]

DEFAULT_TOKEN = "sandbox-discord-token"  # noqa: S105  (opens nothing but this stand-in)
Listener = Callable[[Event], None]
T = TypeVar("T")


class World:
    """Guilds, people, messages and one application; build your own, or use `demo.demo_world(clock)`."""

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = DEFAULT_TOKEN,
        app_name: str = "Lantern",
        began_at: datetime | None = None,
    ) -> None:
        self.clock = clock
        self.snowflakes = Snowflakes(clock, began_at)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        """The guilds that the application is in."""
        self.channels: dict[int, Channel] = {}
        #: Of guilds that have kicked the application: they exist, but it cannot reach them.
        self.left_channels: set[int] = set()
        self.messages: dict[int, Message] = {}
        """All messages that are not deleted, including ephemeral ones."""
        self.attachments: dict[int, Attachment] = {}
        self.commands: dict[int, Command] = {}
        """The registered commands, in the order of their registration."""
        self.creations = Creations(clock)
        self.interactions: dict[int, Interaction] = {}
        self.tokens: dict[str, Interaction] = {}
        """The interactions by their tokens, including expired ones."""
        self.webhooks: dict[int, Any] = {}
        """The incoming webhooks: see `incoming_webhooks`."""
        self.nonces: dict[str, Message] = {}
        """The application's messages by their enforced nonces."""
        self.forbidden_words: set[str] = set()
        """What AutoMod rejects, in lower case."""
        self.signing_key = f"{token} signs".encode()
        self.cdn_url = "http://cdn.invalid"
        """Where files are served; set when the server starts."""
        self.answer_within_seconds = 3.0
        """Real seconds, not the clock's: the time that the application has for its first answer."""
        self.token_life_seconds = 900.0
        """By the clock: how long an interaction token works."""
        self.file_life_seconds = 86_400.0
        """By the clock: how long a signed file URL works."""
        self._listeners: list[Listener] = []
        self._changes = Changes()
        owner = self.add_user("owner", "Owner")
        user = self.add_user(app_name.lower(), app_name, is_bot=True)
        self.app = Application(
            id=user.id,  # as of all applications since 2016
            name=app_name,
            user=user,
            token=token,
            owner=owner,
        )

    # -- who and what is there

    def user(self, username: str) -> User:
        return only([user for user in self.users.values() if user.username == username], username)

    def guild(self, name: str) -> Guild:
        return only([guild for guild in self.guilds.values() if guild.name == name], name)

    def channel(self, name: str) -> Channel:
        """A channel or thread by name, with or without `#`; `Guild name/channel` where several have it."""
        return only(channels_named(name, self.channels.values()), name)

    def permissions(self, user: User, channel: Channel) -> Permissions:
        """The permissions of the user there: none, if not a member."""
        member = channel.guild.members.get(user.id)
        return channel_permissions(member, channel) if member else Permissions.NONE

    def app_permissions(self, channel: Channel) -> Permissions:
        return self.permissions(self.app.user, channel)

    def has_bot(self, guild: Guild) -> bool:
        """Say whether its bot user is there: not where the application was added for its commands only."""
        return self.app.user.id in guild.members

    def can_see(self, user: User, message: Message) -> bool:
        """Say whether the message is on this user's screen when they open its channel."""
        if message.viewer is not None:
            return message.viewer is user
        return Permissions.VIEW_CHANNEL in self.permissions(user, message.channel)

    # -- building and rebuilding it

    def add_user(self, username: str, display_name: str, *, is_bot: bool = False) -> User:
        user = User(self.snowflakes.next(), username, display_name, is_bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User) -> Guild:
        """A guild with @everyone, its owner and the application in it, and no channels."""
        guild = Guild(self.snowflakes.next(), name, owner)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE, position=0)
        self.guilds[guild.id] = guild
        self._join(guild, owner, [])
        self._join(guild, self.app.user, [])
        self.publish(GuildJoined(guild))
        return guild

    def add_role(
        self, guild: Guild, name: str, permissions: Permissions, *, color: int = 0, bot: User | None = None
    ) -> Role:
        """A role above all others; with `bot`, the role that Discord makes for that bot."""
        role = Role(self.snowflakes.next(), name, permissions, len(guild.roles), color, bot)
        guild.roles[role.id] = role
        self.publish(RoleCreated(guild, role))
        return role

    def add_member(self, guild: Guild, user: User, *roles: Role) -> Member:
        member = self._join(guild, user, list(roles))
        self.publish(MemberUpdated(member))
        return member

    def add_channel(
        self,
        guild: Guild,
        name: str,
        kind: ChannelKind = ChannelKind.TEXT,
        *,
        topic: str | None = None,
        age_restricted: bool = False,
    ) -> Channel:
        channel = Channel(
            self.snowflakes.next(),
            guild,
            name,
            kind,
            topic=topic,
            position=len(guild.channels),
            is_age_restricted=age_restricted,
        )
        return self._open(channel)

    def add_thread(
        self, parent: Channel, name: str, kind: ChannelKind = ChannelKind.PUBLIC_THREAD
    ) -> Channel:
        return self._open(Channel(self.snowflakes.next(), parent.guild, name, kind, parent))

    def set_overwrite(
        self,
        channel: Channel,
        whom: Role | User,
        *,
        allow: Permissions = Permissions.NONE,
        deny: Permissions = Permissions.NONE,
    ) -> None:
        """Allow and deny to a role or one user in this channel and its threads; neither clears it."""
        if allow or deny:
            channel.overwrites[whom.id] = Overwrite(whom.id, isinstance(whom, Role), allow, deny)
        else:
            channel.overwrites.pop(whom.id, None)
        self.publish(ChannelUpdated(channel))

    def set_age_restricted(self, channel: Channel, *, is_on: bool) -> None:
        channel.is_age_restricted = is_on
        self.publish(ChannelUpdated(channel))

    def set_roles(self, member: Member, *roles: Role) -> None:
        member.roles = list(roles)
        self.publish(MemberUpdated(member))

    def set_premium_tier(self, guild: Guild, tier: int) -> None:
        guild.premium_tier = tier
        self.publish(GuildUpdated(guild))

    def set_archived(self, thread: Channel, *, archived: bool, locked: bool = False) -> None:
        if thread.is_archived is not archived:
            thread.archive_changed_at = self.clock.now()
        thread.is_archived, thread.is_locked = archived, locked
        self.publish(ChannelUpdated(thread))

    def delete_channel(self, channel: Channel) -> None:
        """Remove it with its messages, and its threads with theirs."""
        del channel.guild.channels[channel.id], self.channels[channel.id]
        for message in channel.messages.values():
            message.is_deleted = True
            self.messages.pop(message.id, None)
        for thread in [one for one in channel.guild.channels.values() if one.parent is channel]:
            self.delete_channel(thread)
        self.publish(ChannelDeleted(channel))

    def remove_app(self, guild: Guild) -> None:
        """Kick the application from the guild: it can no longer reach the guild's channels."""
        for channel in guild.channels.values():
            if self.channels.pop(channel.id, None):
                self.left_channels.add(channel.id)
        del guild.members[self.app.user.id], self.guilds[guild.id]
        self.publish(GuildLeft(guild))

    def add_app(self, guild: Guild) -> None:
        """Add the application to a guild that is there, or once more to one that had kicked it."""
        self.guilds[guild.id] = guild
        for channel in guild.channels.values():
            self.channels[channel.id] = channel
            self.left_channels.discard(channel.id)
        self._join(guild, self.app.user, [])
        self.publish(GuildJoined(guild))

    def remove_bot(self, guild: Guild) -> None:
        """Remove the bot user, as if the scope `bot` had not been granted: the commands stay."""
        del guild.members[self.app.user.id]

    # -- messages and files

    def add_message(self, message: Message) -> Message:
        self.messages[message.id] = message
        message.channel.messages[message.id] = message
        if not message.is_ephemeral:
            message.channel.message_ids.append(message.id)
        self.publish(MessageCreated(message))
        return message

    def update_message(self, message: Message) -> None:
        """Report a change that was made to the message."""
        self.publish(MessageUpdated(message))

    def delete_message(self, message: Message, *, is_one_of_many: bool = False) -> None:
        message.is_deleted = True
        self.messages.pop(message.id, None)
        message.channel.messages.pop(message.id, None)
        if not message.is_ephemeral:
            message.channel.message_ids.remove(message.id)
        for attachment in message.attachments:
            self.attachments.pop(attachment.id, None)
        self.publish(MessageDeleted(message, is_one_of_many))

    def delete_messages(self, messages: Sequence[Message]) -> None:
        """Delete several messages of one channel at once, as moderation tools do."""
        for message in messages:
            self.delete_message(message, is_one_of_many=True)
        self.publish(MessagesDeleted(tuple(messages)))

    def add_attachment(self, attachment: Attachment) -> Attachment:
        self.attachments[attachment.id] = attachment
        return attachment

    # -- news

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on, in order, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)
        self.reconsider(*subjects(event))

    def reconsider(self, *about: object) -> None:
        """Test again what `until` waits for: something changed, perhaps without an event."""
        self._changes.notify(*about)

    async def until(
        self,
        condition: Callable[[World], T | None],
        *,
        within_seconds: float = 10.0,
        about: Message | Interaction | None = None,
    ) -> T:
        """Wait until `condition(world)` is true, and return what it returned; see `Changes.until`."""
        return await self._changes.until(partial(condition, self), within_seconds=within_seconds, about=about)

    def _join(self, guild: Guild, user: User, roles: list[Role]) -> Member:
        member = Member(user, guild, roles, self.clock.now())
        guild.members[user.id] = member
        return member

    def _open(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel.guild.channels[channel.id] = channel
        self.publish(ChannelCreated(channel))
        return channel
