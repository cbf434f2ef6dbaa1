"""Routes about channels and their messages, with the application's own token and its permissions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from standins.fake_discord.drafts import Draft, create_message, edit_message
from standins.fake_discord.errors import (
    ApiError,
    missing_access,
    missing_permissions,
    not_the_author,
    thread_is_archived,
    unknown_channel,
    unknown_message,
)
from standins.fake_discord.events import TypingStarted
from standins.fake_discord.files import guild_upload_limit
from standins.fake_discord.forms import Form
from standins.fake_discord.model import Channel, Json, Message
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.ratelimits import MESSAGE
from standins.fake_discord.rest import Call, Reply, Route
from standins.fake_discord.wire_guilds import channel_json
from standins.fake_discord.wire_messages import message_for_app
from standins.fake_discord.world import World

_MOST_LISTED = 100


def channel_routes() -> list[Route]:
    messages, message = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
    return [
        Route("GET", "/channels/{channel_id}", _channel),
        Route("PATCH", "/channels/{channel_id}", _open_thread),
        Route("POST", "/channels/{channel_id}/typing", _type),
        Route("GET", messages, _list),
        Route("POST", messages, _post, limit=MESSAGE),
        Route("GET", message, _get),
        Route("PATCH", message, _edit, limit=MESSAGE),
        Route("DELETE", message, _delete, limit=MESSAGE),
        Route("PUT", message + "/reactions/{emoji}/@me", _react),
    ]


def _channel(call: Call) -> Reply:
    return Reply(200, channel_json(call.world, _visible_channel(call)))


def _open_thread(call: Call) -> Reply:
    """Unarchive a thread, which takes what writing there takes; nothing else of a channel is changed here."""
    thread = _visible_channel(call)
    if not thread.is_thread or call.fields != {"archived": False}:
        raise missing_permissions()
    _demand(call, thread, Permissions.MANAGE_THREADS if thread.is_locked else _sending(thread))
    call.world.set_archived(thread, archived=False, locked=thread.is_locked)
    return Reply(200, channel_json(call.world, thread))


def _type(call: Call) -> Reply:
    channel = _visible_channel(call)
    _demand(call, channel, _sending(channel))
    call.world.publish(TypingStarted(channel, call.world.app.user))
    return Reply()


def _list(call: Call) -> Reply:
    channel = _visible_channel(call)
    limit = _number(call, "limit", 50)
    if not 1 <= limit <= _MOST_LISTED:
        form = Form({})
        form.complain("NUMBER_TYPE_MAX", f"int value should be between 1 and {_MOST_LISTED}.", "limit")
        form.raise_complaints()
    if Permissions.READ_MESSAGE_HISTORY not in call.world.app_permissions(channel):
        return Reply(200, [])
    found = [channel.messages[one] for one in reversed(_page(call, channel.message_ids, limit))]
    return Reply(200, [_shown(call.world, message) for message in found])


def _post(call: Call) -> Reply:
    channel = _visible_channel(call)
    _demand(call, channel, _sending(channel) | _needed_for(call))
    if channel.is_archived and channel.is_locked:
        raise thread_is_archived()
    draft = Draft(
        call.fields,
        call.files,
        most_bytes=guild_upload_limit(channel.guild),
        referenced=_referenced(call, channel),
    )
    message = create_message(call.world, channel, draft)
    if channel.is_archived:
        call.world.set_archived(channel, archived=False)
    return Reply(200, _shown(call.world, message))


def _get(call: Call) -> Reply:
    message = _message(call)
    _demand(call, message.channel, Permissions.READ_MESSAGE_HISTORY)
    return Reply(200, _shown(call.world, message))


def _edit(call: Call) -> Reply:
    message = _message(call)
    if message.author is not call.world.app.user:
        raise not_the_author()
    if message.channel.is_archived:
        raise thread_is_archived()
    draft = Draft(call.fields, call.files, most_bytes=guild_upload_limit(message.channel.guild))
    edit_message(call.world, message, draft)
    return Reply(200, _shown(call.world, message))


def _delete(call: Call) -> Reply:
    message = _message(call)
    if message.author is not call.world.app.user:
        _demand(call, message.channel, Permissions.MANAGE_MESSAGES)
    if message.channel.is_archived and message.channel.is_locked:
        raise thread_is_archived()
    call.world.delete_message(message)
    return Reply()


def _react(call: Call) -> Reply:
    message = _message(call)
    _demand(call, message.channel, Permissions.READ_MESSAGE_HISTORY)
    if not message.reactions:
        _demand(call, message.channel, Permissions.ADD_REACTIONS)
    message.reactions.append(call.params["emoji"])
    return Reply()


def _visible_channel(call: Call) -> Channel:
    channel = call.world.channels.get(call.id("channel_id"))
    if channel is None:
        is_elsewhere = call.id("channel_id") in call.world.left_channels
        raise missing_access() if is_elsewhere else unknown_channel()
    if Permissions.VIEW_CHANNEL not in call.world.app_permissions(channel):
        raise missing_access()
    return channel


def _message(call: Call) -> Message:
    """The message that the path names; ephemeral ones cannot be reached with this token."""
    channel = _visible_channel(call)
    message = channel.messages.get(call.id("message_id"))
    if message is None or message.is_ephemeral:
        raise unknown_message()
    return message


def _shown(world: World, message: Message) -> Json:
    return message_for_app(world, message, reads_all=world.app.has_message_content)


def _sending(channel: Channel) -> Permissions:
    return Permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permissions.SEND_MESSAGES


def _needed_for(call: Call) -> Permissions:
    """The permissions that the parts of a new message need."""
    needed = Permissions.ATTACH_FILES if call.files else Permissions.NONE
    return needed | Permissions.EMBED_LINKS if call.fields.get("embeds") else needed


def _demand(call: Call, channel: Channel, needed: Permissions) -> None:
    if needed not in call.world.app_permissions(channel):
        raise missing_permissions()


def _referenced(call: Call, channel: Channel) -> Message | None:
    """The message that the new one replies to, unless it may be missing."""
    reference = call.fields.get("message_reference")
    if not reference:
        return None
    if Permissions.READ_MESSAGE_HISTORY not in call.world.app_permissions(channel):
        raise ApiError(400, 160002, "Cannot reply without permission to read message history")
    message = channel.messages.get(int(reference.get("message_id") or 0))
    if message is None or message.is_ephemeral:
        if reference.get("fail_if_not_exists", True):
            form = Form(call.fields)
            form.complain("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message", "message_reference")
            form.raise_complaints()
        return None
    return message


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    return int(text) if text is not None and text.isdecimal() else default


def _page(call: Call, ids: list[int], limit: int) -> list[int]:
    """Up to `limit` of the sorted ids, oldest first: the newest, or those around, before or after one."""
    if "around" in call.query:
        start = max(0, bisect_left(ids, _number(call, "around", 0)) - limit // 2)
        return ids[start : start + limit]
    if "after" in call.query:
        start = bisect_right(ids, _number(call, "after", 0))
        return ids[start : start + limit]
    end = bisect_left(ids, _number(call, "before", 0)) if "before" in call.query else len(ids)
    return ids[max(0, end - limit) : end]
