"""Discord's rules for the body of a new or changed message, before it looks at the channel."""

from __future__ import annotations

from collections.abc import Iterable

from standins.fake_discord.errors import empty_message
from standins.fake_discord.forms import REQUIRED, Form
from standins.fake_discord.model import Json, MessageFlags
from standins.fake_discord.rules_components import check_components

MOST_CHARACTERS = 2000
MOST_EMBEDS = 10
MOST_EMBED_CHARACTERS = 6000
MOST_FILES = 10
_SETTABLE = MessageFlags.SUPPRESS_EMBEDS | MessageFlags.SUPPRESS_NOTIFICATIONS | MessageFlags.EPHEMERAL
_EMBED_CONTENT = ("title", "description", "fields", "image", "thumbnail", "footer", "author", "video")


def check_message(body: Json, new_files: Iterable[int], path: tuple[str, ...] = ()) -> None:
    """Raises ApiError 50035 naming every wrong field; `new_files` are the n of the `files[n]` sent along."""
    form = Form(body, path)
    form.text("content", MOST_CHARACTERS)
    form.text("nonce", 25) if isinstance(body.get("nonce"), str) else None
    _check_flags(form)
    _check_embeds(form)
    check_components(form)
    _check_attachments(form, set(new_files))
    _check_allowed_mentions(form)
    form.raise_complaints()


def check_not_empty(body: Json, new_files: Iterable[int]) -> None:
    """Raises ApiError 50006 for a new message that would show nothing."""
    shown = str(body.get("content") or "").strip()
    if not (shown or body.get("embeds") or body.get("components") or any(True for _ in new_files)):
        raise empty_message()


def _check_flags(form: Form) -> None:
    flags = form.number("flags", 0, (1 << 31) - 1, 0)
    if flags & MessageFlags.IS_COMPONENTS_V2:
        form.complain("UNSUPPORTED", "This stand-in does not speak Components V2 in messages", "flags")
    elif flags & ~int(_SETTABLE):
        form.complain("MESSAGE_FLAGS_INVALID", "These message flags cannot be set", "flags")


def _check_embeds(form: Form) -> None:
    embeds = form.listed("embeds", MOST_EMBEDS)
    for embed in embeds:
        _check_embed(embed)
    if sum(_embed_characters(embed.value) for embed in embeds) > MOST_EMBED_CHARACTERS:
        message = f"Embed size exceeds maximum size of {MOST_EMBED_CHARACTERS}"
        form.complain("MAX_EMBED_SIZE_EXCEEDED", message, "embeds")


def _check_embed(embed: Form) -> None:
    embed.text("title", 256)
    embed.text("description", 4096)
    embed.url("url")
    embed.number("color", 0, 0xFFFFFF, 0)
    for field in embed.listed("fields", 25):
        field.text("name", 256, required=True)
        field.text("value", 1024, required=True)
    if footer := embed.inner("footer"):
        footer.text("text", 2048)
        footer.url("icon_url", or_attachment=True)
    if author := embed.inner("author"):
        author.text("name", 256, required=True)
        author.url("icon_url", or_attachment=True)
    for key in ("image", "thumbnail"):
        if picture := embed.inner(key):
            picture.require("url")
            picture.url("url", or_attachment=True)
    if not any(embed.value.get(key) for key in _EMBED_CONTENT):
        embed.complain(*REQUIRED, "description")


def _embed_characters(embed: Json) -> int:
    footer, author, fields = (embed.get(key) for key in ("footer", "author", "fields"))
    texts = [embed.get("title"), embed.get("description")]
    for part in (footer, author, *(fields if isinstance(fields, list) else ())):
        if isinstance(part, dict):
            texts += [part.get(key) for key in ("text", "name", "value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _check_attachments(form: Form, new_files: set[int]) -> None:
    """Each named file is either one that came along, or (on an edit) one that the message has."""
    for entry in form.listed("attachments", MOST_FILES):
        if entry.require("id"):
            entry.text("filename", 1024)
            entry.text("description", 1024)
    unnamed = [number for number in new_files if number >= MOST_FILES]
    if unnamed or len(new_files) > MOST_FILES:
        form.complain("BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.", "files")


def _check_allowed_mentions(form: Form) -> None:
    mentions = form.inner("allowed_mentions")
    for kind in ("users", "roles"):
        named = mentions.value.get(kind) if mentions else None
        if mentions and named and kind in (mentions.value.get("parse") or []):
            code, message = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f'parse:["{kind}"] excludes {kind}'
            mentions.complain(code, message)
