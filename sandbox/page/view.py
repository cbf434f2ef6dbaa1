"""Everything that one person sees, as JSON. Ids are strings, since JavaScript would round them.

Callers have checked that the person may see it; the functions that list things check it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.page.times import Times
from standins.fake_discord.model import (
    Attachment,
    Channel,
    Command,
    Guild,
    Json,
    Member,
    Message,
    MessageKind,
    Modal,
    Role,
    User,
)
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.person import Person
from standins.fake_discord.world import World

MESSAGES_AT_ONCE = 50
_USED = {MessageKind.CHAT_INPUT_COMMAND: "/", MessageKind.CONTEXT_MENU_COMMAND: ""}
_ATTACHED = "attachment://"


class View:
    """The world through the eyes of one person."""

    def __init__(self, world: World, times: Times, user: User) -> None:
        self.world = world
        self._times = times
        self.user = user
        self.person = Person(world, user)

    # -- who and what is there

    def me(self) -> Json:
        return _user(self.user) | {"locale": self.user.locale}

    def users(self) -> list[Json]:
        """All who share a guild with the person."""
        known = {member.user.id: member.user for guild in self.guilds() for member in guild.members.values()}
        return [_user(user) for user in known.values()]

    def guilds(self) -> list[Guild]:
        return [guild for guild in self.world.guilds.values() if self.user.id in guild.members]

    def guilds_json(self) -> list[Json]:
        return [self._guild(guild) for guild in self.guilds()]

    def channels(self, guild: Guild) -> list[Channel]:
        return [channel for channel in self.person.channels() if channel.guild is guild]

    def can_open(self, channel: Channel) -> bool:
        return Permissions.VIEW_CHANNEL in self.world.permissions(self.user, channel)

    # -- messages

    def newest(self) -> dict[str, list[Json]]:
        """The newest messages of each channel, the oldest first."""
        return {
            str(channel.id): self.page(channel) for guild in self.guilds() for channel in self.channels(guild)
        }

    def page(self, channel: Channel, before: Message | None = None) -> list[Json]:
        found = self.person.messages(channel, limit=MESSAGES_AT_ONCE, before=before)
        return [self.message(message) for message in found]

    def message(self, message: Message) -> Json:
        in_embeds = message.files_in_embeds
        edited_at = self._times.edited_at(message)
        return {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "author_id": str(message.author.id),
            "created_at": self._times.created_at(message).isoformat(),
            "edited_at": edited_at.isoformat() if edited_at else None,
            "content": message.content,
            "is_ephemeral": message.is_ephemeral,
            "is_thinking": message.is_thinking,
            "mentions": [str(user.id) for user in message.mentions],
            "used": _used(message),
            "reply_to": self._reply_to(message),
            "attachments": [
                self._attachment(one) for one in message.attachments if one.filename not in in_embeds
            ],
            "embeds": [self._with_files(message, embed) for embed in message.embeds],
            "components": self._with_files(message, message.components),
        }

    def _reply_to(self, message: Message) -> Json | None:
        answered_id = _answered_id(message)
        if answered_id is None:
            return None
        found = self.world.messages.get(answered_id)
        if found is None or not self.world.can_see(self.user, found):
            return {"id": str(answered_id), "author_id": None}
        return {
            "id": str(found.id),
            "author_id": str(found.author.id),
            "content": found.content,
            "has_attachments": bool(found.attachments),
        }

    def _attachment(self, attachment: Attachment) -> Json:
        return {
            "id": str(attachment.id),
            "url": self._file_url(attachment),
            "filename": attachment.filename,
            "content_type": attachment.content_type,
            "size": attachment.size,
            "width": attachment.width,
            "height": attachment.height,
            "description": attachment.description,
            "is_spoiler": attachment.filename.startswith("SPOILER_"),
        }

    def _with_files(self, message: Message, part: Any) -> Any:
        """The embed or component with every URL of a file replaced by one that this page serves."""
        if isinstance(part, list):
            return [self._with_files(message, one) for one in part]
        if not isinstance(part, dict):
            return part
        shown = {key: self._with_files(message, value) for key, value in part.items()}
        found = self._file_at(message, shown.get("url"))
        if found is None:
            return shown
        sized = {"width": found.width, "height": found.height, "description": found.description}
        return sized | shown | {"url": self._file_url(found), "content_type": found.content_type}

    def _file_at(self, message: Message, url: object) -> Attachment | None:
        if not isinstance(url, str):
            return None
        if url.startswith(_ATTACHED):
            name = url.removeprefix(_ATTACHED)
            return next((one for one in message.attachments if one.filename == name), None)
        if not url.startswith(self.world.cdn_url):
            return None
        steps = urlsplit(url).path.strip("/").split("/")
        return self.world.attachments.get(int(steps[2])) if len(steps) > 2 and steps[2].isdecimal() else None  # noqa: PLR2004  (folder, channel, id, name)

    def _file_url(self, attachment: Attachment) -> str:
        return f"/attachments/{attachment.id}/{quote(attachment.filename)}?as={quote(self.user.username)}"

    def may_fetch(self, attachment: Attachment) -> bool:
        """Say whether a message that shows the file is on this person's screen."""
        return any(
            attachment in message.attachments and self.world.can_see(self.user, message)
            for message in attachment.channel.messages.values()
        )

    # -- what the application offers and opens

    def modal(self, modal: Modal) -> Json:
        return {
            "author_id": str(self.world.app.user.id),
            "title": modal.title,
            "components": modal.components,
        }

    def _guild(self, guild: Guild) -> Json:
        channels = self.channels(guild)
        commands = {one.id: one for channel in channels for one in self.person.commands(channel)}
        return {
            "id": str(guild.id),
            "name": guild.name,
            "icon_url": f"/crests/{guild.id}.svg",
            "application": self._application(),
            "roles": [_role(role, guild) for role in guild.roles.values()],
            "members": [_member(member) for member in guild.members.values()],
            "channels": [self._channel(channel) for channel in channels],
            "commands": [_command(command, self.user.locale) for command in commands.values()],
        }

    def _application(self) -> Json:
        app = self.world.app
        return {"user_id": str(app.user.id), "name": app.name, "avatar_url": _portrait_url(app.user)}

    def _channel(self, channel: Channel) -> Json:
        granted = self.world.permissions(self.user, channel)
        speak = Permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permissions.SEND_MESSAGES
        return {
            "id": str(channel.id),
            "name": channel.name,
            "type": int(channel.kind),
            "topic": channel.topic,
            "is_thread": channel.is_thread,
            "is_age_restricted": channel.is_age_restricted,
            "can_send": speak in granted and not channel.is_locked,
            "can_manage_messages": Permissions.MANAGE_MESSAGES in granted,
            "command_ids": [str(one.id) for one in self.person.commands(channel)],
        }


def people(world: World) -> list[Json]:
    """The people to choose from: every member that is no application, with guild and standing."""
    return [
        _user(member.user) | {"key": member.user.username, "guild": guild.name, "label": _standing(member)}
        for guild in world.guilds.values()
        for member in _in_rising_order(guild.members.values())
        if not member.user.is_bot
    ]


def _in_rising_order(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda member: max((role.position for role in member.roles), default=0))


def _standing(member: Member) -> str:
    highest = max(member.roles, key=lambda role: role.position, default=None)
    return highest.name if highest else "Member"


def _user(user: User) -> Json:
    return {
        "id": str(user.id),
        "name": user.display_name,
        "username": user.username,
        "is_bot": user.is_bot,
        "avatar_url": _portrait_url(user),
    }


def _portrait_url(user: User) -> str:
    return f"/avatars/{user.id}.svg"


def _role(role: Role, guild: Guild) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "color": role.color,
        "position": role.position,
        "is_everyone": role.id == guild.id,
    }


def _member(member: Member) -> Json:
    return {"user_id": str(member.user.id), "roles": [str(role.id) for role in member.roles]}


def _command(command: Command, locale: str) -> Json:
    told = {"id": str(command.id), "name": command.name, "type": int(command.kind)}
    return _in_language(command.definition, locale) | told


def _in_language(shown: Json, locale: str) -> Json:
    """A command or option with its descriptions and choices as this person reads them.

    Names of commands and options stay as they were registered, since they are what the page sends.
    """
    found = shown | _localized(shown, "description", locale)
    if "options" in shown:
        found["options"] = [_in_language(one, locale) for one in shown["options"]]
    if "choices" in shown:
        found["choices"] = [one | _localized(one, "name", locale) for one in shown["choices"]]
    return found


def _localized(shown: Json, key: str, locale: str) -> Json:
    texts = shown.get(f"{key}_localizations") or {}
    return {key: texts[locale]} if locale in texts else {}


def _answered_id(message: Message) -> int | None:
    """The message that this one is shown as a reply to; for an answer to a button, the button's message."""
    asked = message.interaction
    if message.reply_to_id is None and asked is not None and asked.message is not None:
        return asked.message.id
    return message.reply_to_id


def _used(message: Message) -> Json | None:
    if message.kind not in _USED or message.interaction is None:
        return None
    name = _USED[message.kind] + message.interaction.command_name
    return {"user_id": str(message.interaction.user.id), "command": name}
