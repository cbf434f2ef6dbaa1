"""The dispatch for each change in the world: name and payload, by intents and privileges."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag

from standins.fake_discord.events import (
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    CommandAccessChanged,
    Event,
    GuildJoined,
    GuildLeft,
    GuildUpdated,
    InteractionCreated,
    MemberUpdated,
    MessageCreated,
    MessageDeleted,
    MessagesDeleted,
    MessageUpdated,
    RoleCreated,
    TypingStarted,
)
from standins.fake_discord.model import Application, Channel, Guild, Json, Member, Message
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.wire_guilds import (
    channel_json,
    guild_create_json,
    guild_json,
    member_json,
    role_json,
)
from standins.fake_discord.wire_interactions import command_access_json, interaction_json
from standins.fake_discord.wire_messages import dispatched_message_json
from standins.fake_discord.world import World


class Intents(IntFlag):
    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_TYPING = 1 << 11
    MESSAGE_CONTENT = 1 << 15


Dispatch = tuple[str, Json]


def allowed_intents(app: Application, asked: int) -> bool:
    """Say whether the portal's toggles allow the privileged ones among the intents."""
    toggles = {
        Intents.GUILD_MEMBERS: app.has_guild_members,
        Intents.GUILD_PRESENCES: app.has_presences,
        Intents.MESSAGE_CONTENT: app.has_message_content,
    }
    return all(is_on for intent, is_on in toggles.items() if asked & intent)


def guild_of(event: Event) -> Guild | None:
    """The guild whose shard hears of the event."""
    guild = None
    match event:
        case MessageCreated(message) | MessageUpdated(message) | MessageDeleted(message, _):
            guild = message.channel.guild
        case MessagesDeleted(messages):
            guild = messages[0].channel.guild if messages else None
        case InteractionCreated(interaction):
            guild = interaction.channel.guild
        case ChannelCreated(channel) | ChannelUpdated(channel) | ChannelDeleted(channel):
            guild = channel.guild
        case TypingStarted(channel, _):
            guild = channel.guild
        case GuildJoined(one) | GuildUpdated(one) | GuildLeft(one) | RoleCreated(one, _):
            guild = one
        case MemberUpdated(member):
            guild = member.guild
        case CommandAccessChanged(one, _):
            guild = one
    return guild


def dispatch(world: World, event: Event, intents: int) -> Dispatch | None:
    """The dispatch of the event for a session with these intents."""
    told = None
    match event:
        case InteractionCreated(interaction):
            told = "INTERACTION_CREATE", interaction_json(world, interaction)
        case MessageCreated(message) | MessageUpdated(message) | MessageDeleted(message, _):
            told = _of_message(world, event, message, intents)
        case MessagesDeleted(messages):
            told = _of_messages(world, messages, intents)
        case TypingStarted(channel, user):
            told = _typing(world, channel, user.id) if intents & Intents.GUILD_MESSAGE_TYPING else None
        case CommandAccessChanged(guild, command):  # takes no intent
            told = "APPLICATION_COMMAND_PERMISSIONS_UPDATE", command_access_json(world, guild, command)
        case MemberUpdated(member):
            is_heard = intents & Intents.GUILD_MEMBERS or member.user is world.app.user
            told = _member(member) if is_heard else None
        case _:
            told = _of_guilds(world, event) if intents & Intents.GUILDS else None
    return told


def _of_guilds(world: World, event: Event) -> Dispatch | None:
    told: Dispatch | None = None
    match event:
        case GuildJoined(guild):
            told = "GUILD_CREATE", guild_create_json(world, guild)
        case GuildUpdated(guild):
            told = "GUILD_UPDATE", guild_json(guild)
        case GuildLeft(guild):
            told = "GUILD_DELETE", {"id": str(guild.id)}
        case RoleCreated(guild, role):
            told = "GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role_json(role)}
        case ChannelCreated(channel):
            told = _channel(world, channel, "CREATE")
        case ChannelUpdated(channel):
            told = _channel(world, channel, "UPDATE")
        case ChannelDeleted(channel):
            is_with_its_parent = channel.parent is not None and channel.parent.id not in world.channels
            told = None if is_with_its_parent else _channel(world, channel, "DELETE")
    return told


def _channel(world: World, channel: Channel, what: str) -> Dispatch:
    return f"{'THREAD' if channel.is_thread else 'CHANNEL'}_{what}", channel_json(world, channel)


def _hears(world: World, message: Message, intents: int) -> bool:
    """Ephemeral messages never reach the gateway, nor those of channels that the application cannot view."""
    sees = Permissions.VIEW_CHANNEL in world.app_permissions(message.channel)
    return bool(intents & Intents.GUILD_MESSAGES) and sees and not message.is_ephemeral


def _of_message(world: World, event: Event, message: Message, intents: int) -> Dispatch | None:
    if not _hears(world, message, intents):
        return None
    if isinstance(event, MessageDeleted):
        if event.is_one_of_many:
            return None
        ids = {"id": message.id, "channel_id": message.channel.id, "guild_id": message.channel.guild.id}
        return "MESSAGE_DELETE", {key: str(value) for key, value in ids.items()}
    name = "MESSAGE_CREATE" if isinstance(event, MessageCreated) else "MESSAGE_UPDATE"
    reads_all = bool(intents & Intents.MESSAGE_CONTENT)
    return name, dispatched_message_json(world, message, reads_all=reads_all)


def _of_messages(world: World, messages: Sequence[Message], intents: int) -> Dispatch | None:
    heard = [message for message in messages if _hears(world, message, intents)]
    if not heard:
        return None
    channel = heard[0].channel
    ids = {"channel_id": str(channel.id), "guild_id": str(channel.guild.id)}
    return "MESSAGE_DELETE_BULK", ids | {"ids": [str(message.id) for message in heard]}


def _typing(world: World, channel: Channel, user_id: int) -> Dispatch:
    ids = {"channel_id": str(channel.id), "guild_id": str(channel.guild.id), "user_id": str(user_id)}
    return "TYPING_START", ids | {"timestamp": int(world.clock.now().timestamp())}


def _member(member: Member) -> Dispatch:
    return "GUILD_MEMBER_UPDATE", member_json(member) | {"guild_id": str(member.guild.id)}
