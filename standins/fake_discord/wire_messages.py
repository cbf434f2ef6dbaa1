"""Messages and their files as Discord's JSON, whole or with what an unprivileged application may not read."""

from __future__ import annotations

import re
from typing import Any

from standins.fake_discord.files import signed_url
from standins.fake_discord.model import (
    ATTACHED,
    Attachment,
    Interaction,
    InteractionKind,
    Json,
    Message,
)
from standins.fake_discord.wire_guilds import bare_member_json, user_json
from standins.fake_discord.world import World

_ROLE_MENTION = re.compile(r"<@&(\d+)>")


def attachment_json(world: World, attachment: Attachment) -> Json:
    url = signed_url(world, attachment)
    shown: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": attachment.size,
        "url": url,
        "proxy_url": url,
        "content_type": attachment.content_type,
        "width": attachment.width,
        "height": attachment.height,
        "description": attachment.description,
        "ephemeral": attachment.is_ephemeral or None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def message_json(world: World, message: Message) -> Json:
    """All that the message shows, with the message that it replies to."""
    return _plain_json(world, message) | _reference_part(world, message)


def message_for_app(world: World, message: Message, *, reads_all: bool) -> Json:
    """The message as the application gets it; without `reads_all` it must be its own or mention it."""
    shown = message_json(world, message)
    if not reads_all and not _is_exempt(world, message):
        shown |= {"content": "", "attachments": [], "embeds": [], "components": []}
    referenced = world.messages.get(message.reply_to_id or 0)
    if referenced is not None and not reads_all and not _is_exempt(world, referenced):
        shown["referenced_message"] |= {"content": "", "attachments": [], "embeds": [], "components": []}
    return shown


def dispatched_message_json(world: World, message: Message, *, reads_all: bool) -> Json:
    """The message as the gateway sends it: with its guild, and the author's membership."""
    shown = message_for_app(world, message, reads_all=reads_all)
    guild = message.channel.guild
    shown["guild_id"] = str(guild.id)
    if member := guild.members.get(message.author.id):
        shown["member"] = bare_member_json(member)
    return shown


def metadata_json(interaction: Interaction) -> Json:
    """The part of a message about the interaction that it answers."""
    shown: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "user": user_json(interaction.user),
        "authorizing_integration_owners": {"0": str(interaction.channel.guild.id)},
    }
    if interaction.kind is InteractionKind.COMPONENT and interaction.message:
        shown["interacted_message_id"] = str(interaction.message.id)
    if interaction.kind is InteractionKind.COMMAND and "target_id" in interaction.data:
        shown["target_message_id"] = interaction.data["target_id"]
    if interaction.opener is not None:
        shown["triggering_interaction_metadata"] = metadata_json(interaction.opener)
    return shown


def _plain_json(world: World, message: Message) -> Json:
    """The message without the one replied to. Files in embeds are not under `attachments`."""
    shown_by_embeds = message.files_in_embeds
    shown: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.kind),
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": message.created_at.isoformat(),
        "edited_timestamp": message.edited_at.isoformat() if message.edited_at else None,
        "flags": int(message.flags),
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": _ROLE_MENTION.findall(message.content),
        "mention_everyone": False,
        "tts": False,
        "pinned": False,
        "attachments": [
            attachment_json(world, one) for one in message.attachments if one.filename not in shown_by_embeds
        ],
        "embeds": [_embed_json(world, message, embed) for embed in message.embeds],
        "components": message.components,
    }
    if message.author is world.app.user:
        shown["application_id"] = str(world.app.id)
    if message.nonce is not None:
        shown["nonce"] = message.nonce
    if message.interaction is not None:
        shown |= _interaction_part(world, message.interaction)
    return shown


def _is_exempt(world: World, message: Message) -> bool:
    return message.author is world.app.user or world.app.user in message.mentions


def _interaction_part(world: World, interaction: Interaction) -> Json:
    shown: Json = {"webhook_id": str(world.app.id), "interaction_metadata": metadata_json(interaction)}
    if interaction.kind is InteractionKind.COMMAND:
        shown["interaction"] = {
            "id": str(interaction.id),
            "type": int(interaction.kind),
            "name": interaction.command_name,
            "user": user_json(interaction.user),
        }
    return shown


def _reference_part(world: World, message: Message) -> Json:
    if message.reply_to_id is None:
        return {}
    referenced = world.messages.get(message.reply_to_id)
    return {
        "message_reference": {
            "type": 0,
            "message_id": str(message.reply_to_id),
            "channel_id": str(message.channel.id),
            "guild_id": str(message.channel.guild.id),
        },
        "referenced_message": _plain_json(world, referenced) if referenced else None,
    }


def _embed_json(world: World, message: Message, embed: Json) -> Json:
    shown = {key: value for key, value in embed.items() if value is not None} | {"type": "rich"}
    for key in ("image", "thumbnail"):
        if key in shown:
            shown[key] = _picture_json(world, message, shown[key])
    for key in ("author", "footer"):
        if key in shown:
            shown[key] = {inner: value for inner, value in shown[key].items() if value is not None}
    return shown


def _picture_json(world: World, message: Message, picture: dict[str, Any]) -> Json:
    name = str(picture["url"]).removeprefix(ATTACHED)
    found = next((one for one in message.attachments if one.filename == name), None)
    if found is None:
        return {"url": picture["url"], "proxy_url": picture["url"]}
    url = signed_url(world, found)
    sized = {"width": found.width, "height": found.height} if found.width else {}
    return {"url": url, "proxy_url": url, "content_type": found.content_type or "", **sized}
