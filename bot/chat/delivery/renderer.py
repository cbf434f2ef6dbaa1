"""Turns the presenter's values into discord.py's objects. It chooses no words.

Buttons are put in views that are stopped before they are sent: discord.py then does not store them, and every
press reaches `components.py` by its custom id, also after a restart.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import ui

from bot.chat.incoming.text import clip
from bot.chat.presenter.elements.message import (
    Button,
    ChoiceField,
    FileField,
    Form,
    Item,
    Kind,
    Link,
    Look,
    Message,
    Option,
    Picker,
    Row,
    Select,
    StoredFile,
    TextField,
    TextFile,
)
from bot.domain.ids import JobId
from bot.domain.provider import Picture

_STYLES = {
    Look.PRIMARY: discord.ButtonStyle.primary,
    Look.PLAIN: discord.ButtonStyle.secondary,
    Look.DANGER: discord.ButtonStyle.danger,
}
_CHOSEN = {
    Kind.ROLES: discord.SelectDefaultValueType.role,
    Kind.MEMBERS: discord.SelectDefaultValueType.user,
    Kind.CHANNELS: discord.SelectDefaultValueType.channel,
    Kind.POST_CHANNELS: discord.SelectDefaultValueType.channel,
}
#: Channels in which, or in whose threads, members write. Discord's API does not accept media channels (16)
#: here.
CHANNEL_TYPES = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
)
#: Channels for notices and posts to moderators.
POST_CHANNEL_TYPES = (discord.ChannelType.text, discord.ChannelType.news)
NOBODY = discord.AllowedMentions.none()
#: Characters of a message's plain text.
MOST_CONTENT = 2000

#: Keyword arguments of one of discord.py's many ways to send a message.
Sending = dict[str, Any]


def to_send(message: Message, pictures: Mapping[JobId, Picture] | None = None) -> Sending:
    """Render a new message."""
    sending: Sending = {"embeds": _embeds(message), "allowed_mentions": NOBODY}
    if message.text:
        sending["content"] = message.text
    if message.rows:
        sending["view"] = view(message.rows)
    if files := attached(message, pictures or {}):
        sending["files"] = files
    return sending


def without_embeds(sending: Sending) -> Sending:
    """Turn the embeds into plain text, for channels where the bot may not embed."""
    texts = [sending.get("content") or ""]
    for embed in sending["embeds"]:
        lines = [f"**{embed.title}**" if embed.title else "", embed.description or ""]
        texts += [*lines, *(f"**{field.name}**\n{field.value}" for field in embed.fields)]
    text = clip("\n\n".join(filter(None, texts)), MOST_CONTENT)
    return sending | {"embeds": [], "content": text}


def to_edit(
    message: Message,
    pictures: Mapping[JobId, Picture] | None = None,
    kept: Sequence[discord.Attachment] = (),
) -> Sending:
    """Render an edit: everything but the text is replaced, and only the files in `kept` stay."""
    files = {"attachments": [*kept, *attached(message, pictures or {})]}
    return to_edit_beside_files(message) | files


def to_replace(message: Message, pictures: Mapping[JobId, Picture] | None = None) -> Sending:
    """Render an edit that replaces all of a message: its text and its files, too."""
    return to_edit(message, pictures) | {"content": message.text or None}


def to_edit_beside_files(message: Message) -> Sending:
    """Render an edit that does not mention files: Discord then keeps those that the message has."""
    return {
        "embeds": _embeds(message),
        "allowed_mentions": NOBODY,
        "view": view(message.rows) if message.rows else None,
    }


def attached(message: Message, pictures: Mapping[JobId, Picture]) -> list[discord.File]:
    """Make new files each time: discord.py closes them after each attempt."""
    files = [
        discord.File(
            io.BytesIO(picture.data),
            filename=f"{message.names[job_id]}.{picture.extension}",
            description=message.alt_texts.get(job_id),
            spoiler=job_id in message.spoilers,
        )
        for job_id, picture in sorted(pictures.items())
    ]
    match message.file:
        case TextFile() as file:
            files.append(discord.File(io.BytesIO(file.text.encode(file.encoding)), filename=file.name))
        case StoredFile() as file:
            files.append(discord.File(file.path, filename=file.name))
    if (drawing := message.drawing) is not None:
        png = io.BytesIO(drawing.png)
        files.append(discord.File(png, filename=drawing.name, description=drawing.alt_text))
    return files


def view(rows: Sequence[Row]) -> ui.View:
    drawn = ui.View(timeout=None)
    for at, row in enumerate(rows):
        for part in row:
            drawn.add_item(_part(part, at))
    drawn.stop()
    return drawn


def modal(form: Form) -> ui.Modal:
    drawn = ui.Modal(title=form.title, custom_id=form.custom_id)
    for field in form.fields:
        hint = field.hint if isinstance(field, FileField) else None
        drawn.add_item(ui.Label(text=field.label, description=hint, component=_input(field)))
    drawn.stop()
    return drawn


def _embeds(message: Message) -> list[discord.Embed]:
    items = [_item(item, message.color.value) for item in message.items]
    if items and not (message.title or message.body or message.fields):
        return items
    embed = discord.Embed(title=message.title or None, description=message.body, color=message.color.value)
    for name, value in message.fields:
        embed.add_field(name=name, value=value, inline=False)
    return [embed, *items]


def _item(item: Item, color: int) -> discord.Embed:
    return discord.Embed(description=item.body, color=color).set_thumbnail(url=item.thumbnail_url)


def _part(part: Button | Link | Select | Picker, row: int) -> ui.Item[ui.View]:
    match part:
        case Select():
            return _select(part, row)
        case Picker():
            return _picker(part, row)
    return _button(part, row)


def _button(part: Button | Link, row: int) -> ui.Button[ui.View]:
    if isinstance(part, Link):
        return ui.Button(label=part.label, url=part.url, row=row)
    return ui.Button(
        label=part.label,
        custom_id=part.custom_id,
        style=_STYLES[part.look],
        disabled=part.is_disabled,
        row=row,
    )


def _select(part: Select, row: int) -> ui.Select[ui.View]:
    return ui.Select(
        custom_id=part.custom_id,
        placeholder=part.placeholder,
        options=_options(part.options),
        min_values=part.least,
        max_values=part.most,
        row=row,
    )


def _picker(part: Picker, row: int) -> ui.Item[ui.View]:
    chosen = [discord.SelectDefaultValue(id=id_, type=_CHOSEN[part.kind]) for id_ in part.chosen]
    same: dict[str, Any] = {
        "custom_id": part.custom_id,
        "placeholder": part.placeholder,
        "min_values": part.least,
        "max_values": part.most,
        "default_values": chosen,
        "row": row,
    }
    match part.kind:
        case Kind.ROLES:
            return ui.RoleSelect(**same)
        case Kind.MEMBERS:
            return ui.UserSelect(**same)
        case Kind.CHANNELS:
            return ui.ChannelSelect(**same, channel_types=list(CHANNEL_TYPES))
        case Kind.POST_CHANNELS:
            return ui.ChannelSelect(**same, channel_types=list(POST_CHANNEL_TYPES))


def _options(options: Sequence[Option]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=option.label,
            value=option.value,
            description=option.description or None,
            default=option.is_chosen,
        )
        for option in options
    ]


def _input(field: TextField | ChoiceField | FileField) -> ui.Item[Any]:
    match field:
        case FileField():
            return ui.FileUpload(
                custom_id=field.id,
                min_values=int(field.is_required),
                max_values=1,
                required=field.is_required,
            )
        case ChoiceField():
            return ui.Select(
                custom_id=field.id,
                options=_options(field.options),
                min_values=int(field.is_required),
                required=field.is_required,
            )
        case TextField():
            return ui.TextInput(
                custom_id=field.id,
                style=discord.TextStyle.paragraph if field.is_long else discord.TextStyle.short,
                placeholder=field.placeholder or None,
                default=field.value or None,
                required=field.is_required,
                max_length=field.most_characters,
            )
