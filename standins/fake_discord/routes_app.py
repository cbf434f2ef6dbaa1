"""Routes about the application itself: who it is, its guilds, their members, and the gateway."""

from __future__ import annotations

from standins.fake_discord.errors import (
    ApiError,
    missing_access,
    unknown_guild,
    unknown_member,
)
from standins.fake_discord.files import refreshed_url
from standins.fake_discord.gateway import Gateway
from standins.fake_discord.model import Guild
from standins.fake_discord.rest import Call, Reply, Route
from standins.fake_discord.wire_guilds import (
    application_json,
    channel_json,
    guild_json,
    member_json,
    own_guild_json,
    own_user_json,
    user_json,
)


def app_routes(gateway: Gateway, shards: int) -> list[Route]:
    """`shards` is how many Discord recommends."""

    def gateway_url(_call: Call) -> Reply:
        return Reply(200, {"url": gateway.public_url})

    def gateway_bot(_call: Call) -> Reply:
        limit = gateway.session_starts.as_json()
        return Reply(200, {"url": gateway.public_url, "shards": shards, "session_start_limit": limit})

    return [
        Route("GET", "/gateway", gateway_url, needs_token=False),
        Route("GET", "/gateway/bot", gateway_bot),
        Route("GET", "/users/@me", _me),
        Route("GET", "/users/{user_id}", _user),
        Route("POST", "/users/@me/channels", _direct_messages),
        Route("GET", "/users/@me/guilds", _guilds),
        Route("DELETE", "/users/@me/guilds/{guild_id}", _leave),
        Route("GET", "/oauth2/applications/@me", _application),
        Route("GET", "/applications/@me", _application),
        Route("GET", "/guilds/{guild_id}", _guild),
        Route("GET", "/guilds/{guild_id}/channels", _channels),
        Route("GET", "/guilds/{guild_id}/members/{user_id}", _member),
        Route("POST", "/attachments/refresh-urls", _refresh_urls),
    ]


def _me(call: Call) -> Reply:
    return Reply(200, own_user_json(call.world.app.user))


def _user(call: Call) -> Reply:
    user = call.world.users.get(call.id("user_id"))
    if user is None:
        raise ApiError(404, 10013, "Unknown User")
    return Reply(200, user_json(user))


def _direct_messages(_call: Call) -> Reply:
    """No user here accepts messages from applications."""
    raise ApiError(403, 50007, "Cannot send messages to this user")


def _guilds(call: Call) -> Reply:
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 200))
    guilds = sorted((one for one in call.world.guilds.values() if one.id > after), key=lambda one: one.id)
    return Reply(200, [own_guild_json(call.world, one) for one in guilds[:limit]])


def _leave(call: Call) -> Reply:
    call.world.remove_app(guild_of(call))
    return Reply()


def _application(call: Call) -> Reply:
    return Reply(200, application_json(call.world.app, len(call.world.guilds)))


def _guild(call: Call) -> Reply:
    guild = guild_of(call)
    if not call.world.has_bot(guild):
        raise unknown_guild()
    return Reply(200, guild_json(guild))


def _channels(call: Call) -> Reply:
    """The channels of the guild without threads."""
    guild = guild_of(call)
    if not call.world.has_bot(guild):
        raise missing_access()
    channels = [one for one in guild.channels.values() if not one.is_thread]
    return Reply(200, [channel_json(call.world, one) for one in channels])


def _member(call: Call) -> Reply:
    guild = guild_of(call)
    if not call.world.has_bot(guild):
        raise missing_access()
    member = guild.members.get(call.id("user_id"))
    if member is None:
        raise unknown_member()
    return Reply(200, member_json(member))


def _refresh_urls(call: Call) -> Reply:
    urls = call.fields.get("attachment_urls") or []
    fresh = [{"original": url, "refreshed": refreshed_url(call.world, url)} for url in urls]
    return Reply(200, {"refreshed_urls": fresh})


def guild_of(call: Call) -> Guild:
    guild = call.world.guilds.get(call.id("guild_id"))
    if guild is None:
        raise unknown_guild()
    return guild
