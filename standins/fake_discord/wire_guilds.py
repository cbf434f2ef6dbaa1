"""Users, members, roles, channels and guilds as Discord's JSON."""

from __future__ import annotations

from standins.fake_discord.ids import made_at
from standins.fake_discord.model import (
    Application,
    Channel,
    ChannelKind,
    Guild,
    Json,
    Member,
    Overwrite,
    Role,
    User,
)
from standins.fake_discord.permission_rules import channel_permissions, guild_permissions
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.world import World

HIDDEN_NAME = "___hidden___"
_MESSAGE_CONTENT_LIMITED, _GUILD_MEMBERS_LIMITED, _PRESENCE_LIMITED = 1 << 19, 1 << 15, 1 << 13


def user_json(user: User) -> Json:
    shown: Json = {
        "id": str(user.id),
        "username": user.username,
        "global_name": None if user.is_bot else user.display_name,
        "discriminator": "0001" if user.is_bot else "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
        "avatar_decoration_data": None,
        "collectibles": None,
    }
    return shown | {"bot": True} if user.is_bot else shown


def own_user_json(user: User) -> Json:
    return user_json(user) | {"mfa_enabled": True, "locale": user.locale, "verified": True, "email": None}


def application_json(app: Application, guild_count: int) -> Json:
    return {
        "id": str(app.id),
        "name": app.name,
        "icon": None,
        "description": "",
        "summary": "",  # empty until v11 leaves it out; libraries count on it
        "type": None,
        "bot": user_json(app.user),
        "owner": user_json(app.owner),
        "team": None,
        "verify_key": "0" * 64,
        "flags": application_flags(app),
        "flags_new": str(application_flags(app)),
        "bot_public": True,
        "bot_require_code_grant": False,
        "redirect_uris": [],
        "interactions_endpoint_url": app.interactions_endpoint_url,
        "role_connections_verification_url": None,
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_status": 1,
        "eligible_oauth2_scopes": [],
        "explicit_content_filter": 0,
    }


def application_flags(app: Application) -> int:
    flags = _MESSAGE_CONTENT_LIMITED * app.has_message_content
    flags |= _GUILD_MEMBERS_LIMITED * app.has_guild_members
    return flags | _PRESENCE_LIMITED * app.has_presences


def member_json(member: Member) -> Json:
    return bare_member_json(member) | {"user": user_json(member.user)}


def bare_member_json(member: Member) -> Json:
    """A member beside their user, as in messages and resolved options."""
    return {
        "avatar": None,
        "banner": None,
        "collectibles": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": member.joined_at.isoformat(),
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": [str(role.id) for role in member.roles],
        "mute": False,
        "deaf": False,
    }


def member_in_channel_json(member: Member, channel: Channel) -> Json:
    """A member with what they may do there, as in interactions."""
    permissions = channel_permissions(member, channel)
    return member_json(member) | {"permissions": str(int(permissions))}


def role_json(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.bot is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
        **({"tags": {"bot_id": str(role.bot.id)}} if role.bot else {}),
    }


def channel_json(world: World, channel: Channel) -> Json:
    """The channel as the application sees it: without its name where the application may not look."""
    shown: Json = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "flags": 0,
        "last_message_id": str(channel.message_ids[-1]) if channel.message_ids else None,
        "rate_limit_per_user": 0,
    }
    if not _sees(world, channel):
        shown |= {"name": HIDDEN_NAME, "last_message_id": None}
    elif not channel.is_thread:
        shown |= {"topic": channel.topic, "nsfw": channel.is_age_restricted}
    return shown | (_thread_part(channel) if channel.is_thread else _text_part(channel))


def guild_json(guild: Guild) -> Json:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "premium_tier": guild.premium_tier,
        "roles": [role_json(role) for role in guild.roles.values()],
        "preferred_locale": guild.locale,
        "application_id": None,
        "features": [],
        "emojis": [],
        "stickers": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_id": str(guild.system_channel.id) if guild.system_channel else None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 1,
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
    } | dict.fromkeys(_NOTHING)


def own_guild_json(world: World, guild: Guild) -> Json:
    """The guild as it appears in the list of the application's guilds."""
    me = guild.members.get(world.app.user.id)
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(int(guild_permissions(me) if me else Permissions.NONE)),
        "features": [],
    }


def guild_create_json(world: World, guild: Guild) -> Json:
    """The guild as the gateway introduces it: with channels, threads, and no member but the application."""
    channels = [channel for channel in guild.channels.values() if not channel.is_thread]
    threads = [
        channel for channel in guild.channels.values() if channel.is_thread and not channel.is_archived
    ]
    me = guild.members[world.app.user.id]
    return guild_json(guild) | {
        "joined_at": me.joined_at.isoformat(),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(me)],
        "channels": [channel_json(world, channel) for channel in channels],
        "threads": [channel_json(world, thread) for thread in threads if _sees(world, thread)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


_SPOKEN: Json = {"bitrate": 64_000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
_POSTED: Json = {
    "available_tags": [],
    "default_reaction_emoji": None,
    "default_sort_order": None,
    "default_forum_layout": 0,
    "default_thread_rate_limit_per_user": 0,
}
#: What channels of some kinds have besides.
_OF_KIND = {
    ChannelKind.VOICE: _SPOKEN,
    ChannelKind.STAGE: _SPOKEN,
    ChannelKind.FORUM: _POSTED,
    ChannelKind.MEDIA: _POSTED,
}
_NOTHING = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "afk_channel_id",
    "widget_channel_id",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)


def _sees(world: World, channel: Channel) -> bool:
    return Permissions.VIEW_CHANNEL in world.app_permissions(channel)


def _text_part(channel: Channel) -> Json:
    overwrites = [_overwrite_json(one) for one in channel.overwrites.values()]
    shown: Json = {"position": channel.position, "parent_id": None, "permission_overwrites": overwrites}
    return shown | _OF_KIND.get(channel.kind, {})


def _thread_part(thread: Channel) -> Json:
    return {
        "parent_id": str(thread.parent.id) if thread.parent else None,
        "owner_id": str(thread.guild.owner.id),
        "message_count": len(thread.message_ids),
        "total_message_sent": len(thread.message_ids),
        "member_count": 1,
        "thread_metadata": {
            "archived": thread.is_archived,
            "locked": thread.is_locked,
            "auto_archive_duration": 1440,
            "archive_timestamp": (thread.archive_changed_at or made_at(thread.id)).isoformat(),
        },
    }


def _overwrite_json(one: Overwrite) -> Json:
    return {
        "id": str(one.id),
        "type": 0 if one.is_for_role else 1,
        "allow": str(int(one.allow)),
        "deny": str(int(one.deny)),
    }
