"""Turns the body of a request into a message: the application's new messages, and its edits.

Holds what both have in common, whichever route they take; knows no route, no token and no permission.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from standins.fake_discord.errors import blocked_by_automod, empty_message, too_large
from standins.fake_discord.files import MOST_REQUEST_BYTES, IncomingFile, new_attachment
from standins.fake_discord.forms import Form
from standins.fake_discord.model import (
    Attachment,
    Channel,
    Interaction,
    InteractionKind,
    Json,
    Message,
    MessageFlags,
    MessageKind,
    User,
)
from standins.fake_discord.rules_components import BUTTON
from standins.fake_discord.rules_messages import MOST_FILES, check_message, check_not_empty
from standins.fake_discord.world import World

NONCE_LIFE = timedelta(minutes=5)
_MENTION = re.compile(r"<@!?(\d+)>")
_KEPT_FLAGS = MessageFlags.EPHEMERAL | MessageFlags.LOADING


@dataclass(frozen=True)
class Draft:
    """A message as a request wants it; `path` is where the message is in its body."""

    body: Json
    files: tuple[IncomingFile, ...] = ()
    path: tuple[str, ...] = ()
    most_bytes: int = 0
    """For each file."""
    referenced: Message | None = field(default=None)
    """What a new message replies to."""


def create_message(
    world: World,
    channel: Channel,
    draft: Draft,
    *,
    interaction: Interaction | None = None,
    viewer: User | None = None,
) -> Message:
    """Post the application's message. Raises ApiError where Discord would refuse it."""
    _check(world, draft)
    numbers = [file.number for file in draft.files]
    check_not_empty(draft.body, numbers)
    if (earlier := _same_nonce(world, draft)) is not None:
        return earlier
    message = _blank(world, channel, interaction, viewer)
    message.attachments = _attachments_after(world, message, draft)
    _fill(world, message, draft)
    if draft.referenced is not None:
        message.kind, message.reply_to_id = MessageKind.REPLY, draft.referenced.id
    _remember_nonce(world, message, draft)
    return world.add_message(message)


def promise_message(world: World, channel: Channel, interaction: Interaction, viewer: User | None) -> Message:
    """Show "… is thinking" where a message will be."""
    message = _blank(world, channel, interaction, viewer)
    message.flags |= MessageFlags.LOADING
    return world.add_message(message)


def edit_message(world: World, message: Message, draft: Draft) -> None:
    """Change only what the body names; a promised message becomes a real one.

    `attachments` keeps the files whose ids it names and drops the others; new files are added in any case.
    """
    _check(world, draft)
    after = _attachments_after(world, message, draft)
    content = draft.body.get("content", message.content)
    shown = (content or "").strip(), _after(draft, "embeds", message.embeds), after
    if not any((*shown, _after(draft, "components", message.components))):
        raise empty_message()
    message.attachments = after
    _fill(world, message, draft)
    if not message.is_thinking:
        message.edited_at = world.clock.now()
    message.flags &= ~MessageFlags.LOADING
    world.update_message(message)


def with_ids(components: Iterable[Json]) -> list[Json]:
    """Components as Discord gives them back: numbered in order, ids as text, without what was null."""
    count = 0

    def numbered(part: Json) -> Json:
        nonlocal count
        count += 1
        shown: Json = {"id": count}
        shown.update((key, value) for key, value in part.items() if value is not None)
        if "components" in shown:
            shown["components"] = [numbered(inner) for inner in shown["components"]]
        elif shown["type"] != BUTTON:
            shown.setdefault("min_values", 1)
            shown.setdefault("max_values", 1)
        if "default_values" in shown:
            shown["default_values"] = [_with_text_id(one) for one in shown["default_values"]]
        return shown

    return [numbered(part) for part in components]


def _with_text_id(chosen: Json) -> Json:
    return chosen | {"id": str(chosen["id"])}


def _check(world: World, draft: Draft) -> None:
    check_message(draft.body, [file.number for file in draft.files], draft.path)
    sizes = [len(file.data) for file in draft.files]
    if any(size > draft.most_bytes for size in sizes):
        raise too_large()
    if sum(sizes) > max(MOST_REQUEST_BYTES, draft.most_bytes):
        raise too_large()
    texts = " ".join(_texts(draft.body)).lower()
    if any(word in texts for word in world.forbidden_words):
        raise blocked_by_automod()


def _texts(node: Any) -> Iterable[str]:
    """Everything that a reader would see: content, and the strings of embeds."""
    for key in ("content", "embeds"):
        yield from _strings(node.get(key))


def _strings(node: Any) -> Iterable[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def _blank(world: World, channel: Channel, interaction: Interaction | None, viewer: User | None) -> Message:
    message = Message(world.snowflakes.next(), channel, world.app.user, world.clock.now(), viewer=viewer)
    message.interaction = interaction
    if interaction is not None and interaction.kind is InteractionKind.COMMAND:
        is_menu = "target_id" in interaction.data
        message.kind = MessageKind.CONTEXT_MENU_COMMAND if is_menu else MessageKind.CHAT_INPUT_COMMAND
    if viewer is not None:
        message.flags |= MessageFlags.EPHEMERAL
    return message


def _fill(world: World, message: Message, draft: Draft) -> None:
    body = draft.body
    if "content" in body:
        message.content = (body["content"] or "").strip()
        message.mentions = _mentioned(world, message.content, body.get("allowed_mentions"))
    if "embeds" in body:
        message.embeds = body["embeds"] or []
    if "components" in body:
        message.components = with_ids(body["components"] or [])
    if body.get("flags") is not None:
        asked = MessageFlags(body["flags"]) & ~_KEPT_FLAGS
        message.flags = message.flags & _KEPT_FLAGS | asked


def _after(draft: Draft, key: str, before: list[Json]) -> list[Json]:
    return (draft.body[key] or []) if key in draft.body else before


def _attachments_after(world: World, message: Message, draft: Draft) -> list[Attachment]:
    """The message's files once the draft is applied: kept ones first, then the new ones."""
    listed = draft.body.get("attachments")
    entries = {str(entry["id"]): entry for entry in listed or []}
    new_ids = {str(file.number) for file in draft.files}
    kept_ids = {str(one.id) for one in message.attachments}
    form = Form(draft.body, draft.path)
    for at, entry_id in enumerate(entries):
        if entry_id not in new_ids | kept_ids:
            text = f"Attachment data for attachment with id {entry_id} was not found"
            form.complain("ATTACHMENT_NOT_FOUND", text, "attachments", at)
    names_all = "attachments" not in draft.body
    kept = [one for one in message.attachments if names_all or str(one.id) in entries]
    if len(kept) + len(draft.files) > MOST_FILES:
        form.complain("BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.", "attachments")
    form.raise_complaints()
    added = [_added(world, message, file, entries.get(str(file.number), {})) for file in draft.files]
    return kept + added


def _added(world: World, message: Message, file: IncomingFile, entry: Json) -> Attachment:
    named = IncomingFile(file.number, entry.get("filename") or file.filename, file.data)
    description = entry.get("description")
    return new_attachment(
        world, message.channel, named, description=description, is_ephemeral=message.is_ephemeral
    )


def _mentioned(world: World, content: str, allowed: Json | None) -> list[User]:
    """The users that the text mentions, as far as `allowed_mentions` allows."""
    found = [world.users.get(int(user_id)) for user_id in dict.fromkeys(_MENTION.findall(content))]
    users = [user for user in found if user is not None]
    if allowed is None or "users" in (allowed.get("parse") or []):
        return users
    named = {str(user_id) for user_id in allowed.get("users") or []}
    return [user for user in users if str(user.id) in named]


def _same_nonce(world: World, draft: Draft) -> Message | None:
    if not draft.body.get("enforce_nonce"):
        return None
    earlier = world.nonces.get(str(draft.body.get("nonce")))
    is_recent = earlier is not None and world.clock.now() - earlier.created_at < NONCE_LIFE
    return earlier if is_recent else None


def _remember_nonce(world: World, message: Message, draft: Draft) -> None:
    if draft.body.get("nonce") is None:
        return
    message.nonce = str(draft.body["nonce"])
    if draft.body.get("enforce_nonce"):
        world.nonces[message.nonce] = message
