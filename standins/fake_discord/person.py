"""The acts of a person with their Discord client, for tests and for the page.

Each act checks what Discord's client checks (options against the registered commands, hidden commands,
disabled buttons) and raises a ClientRefusedError where the client would not let it happen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standins.fake_discord.asks import Ask, ClientRefusedError, NoResponseError, Upload
from standins.fake_discord.commands import find, offered
from standins.fake_discord.files import IncomingFile, new_attachment, upload_limit
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.modal_values import FieldValue, modal_data
from standins.fake_discord.model import (
    AnswerKind,
    Channel,
    Command,
    CommandKind,
    InteractionKind,
    Json,
    Member,
    Message,
    MessageKind,
    Modal,
    User,
)
from standins.fake_discord.names import channels_named, only
from standins.fake_discord.options import OptionValue, autocomplete_data, command_data
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.resolved import Resolved
from standins.fake_discord.rules_components import BUTTON, LINK_STYLE, SELECTS, STRING_SELECT
from standins.fake_discord.world import World

__all__ = [
    "Ask",
    "Choice",
    "ClientRefusedError",
    "FieldValue",
    "NoResponseError",
    "OptionValue",
    "Person",
    "Upload",
]

_MOST_CHARACTERS = 2000
_MOST_FILES = 10


@dataclass(frozen=True)
class Choice:
    """One line of an autocomplete list; `value` is what is sent when it is picked."""

    name: str
    value: str | int | float


class Person:
    """One user at their client. Channels are given as objects or by name ("pictures")."""

    def __init__(self, world: World, user: User | str) -> None:
        """The user can be given by username."""
        self.world = world
        self.user = world.user(user) if isinstance(user, str) else user

    # -- what is on the screen

    def channels(self) -> list[Channel]:
        """The channels in the side bar, in order, threads after their parents."""
        found: list[Channel] = []
        for guild in self.world.guilds.values():
            if self.user.id in guild.members:
                visible = [one for one in guild.channels.values() if self._may(Permissions.VIEW_CHANNEL, one)]
                for channel in visible:
                    if not channel.is_thread:
                        found += [channel, *(one for one in visible if one.parent is channel)]
        return found

    def messages(
        self, channel: Channel | str, *, limit: int = 50, before: Message | None = None
    ) -> list[Message]:
        """The newest that this person sees there, oldest first, with their own ephemeral ones."""
        found: list[Message] = []
        for message in reversed(self._channel(channel).messages.values()):
            is_older = before is None or message.id < before.id
            if is_older and message.viewer in (None, self.user):
                found.append(message)
                if len(found) == limit:
                    break
        return found[::-1]

    def commands(self, channel: Channel | str) -> list[Command]:
        """The commands that the client offers there: slash commands and menus, without hidden ones."""
        place = self._channel(channel)
        return offered(self.world, self._member(place), place)

    # -- what they do

    def slash(self, channel: Channel | str, command: str, /, **options: OptionValue) -> Ask:
        """Use a slash command; a subcommand is named in full, such as "review usage"."""
        place = self._channel(channel)
        name, *path = command.split()
        resolved = Resolved(self.world, place, self.user)
        data = command_data(self._command(place, CommandKind.SLASH, name), path, options, resolved)
        return self._ask(InteractionKind.COMMAND, place, data, command_name=command)

    async def autocomplete(
        self, channel: Channel | str, command: str, option: str, text: str, /, **others: OptionValue
    ) -> list[Choice]:
        """Type `text` into an option and wait for the list; `others` are the options filled in so far.

        Raises NoResponseError: the client then shows "Loading options failed".
        """
        place = self._channel(channel)
        name, *path = command.split()
        resolved = Resolved(self.world, place, self.user)
        found = self._command(place, CommandKind.SLASH, name)
        data = autocomplete_data(found, path, (option, text), others, resolved)
        ask = self._ask(InteractionKind.AUTOCOMPLETE, place, data, command_name=command)
        answer = await ask.answer()
        if answer.kind is not AnswerKind.CHOICES:
            raise NoResponseError(ask.interaction)
        return [Choice(one["name"], one["value"]) for one in answer.choices]

    def menu(self, message: Message, name: str) -> Ask:
        """Pick an entry under Apps in the message's menu."""
        self._look_at(message)
        if message.is_ephemeral:
            raise ClientRefusedError(name, "Ephemeral messages have no Apps menu.")
        command = self._command(message.channel, CommandKind.MESSAGE_MENU, name)
        resolved = Resolved(self.world, message.channel, self.user)
        data: Json = {"id": str(command.id), "name": name, "type": int(command.kind)}
        data["target_id"] = resolved.message(message)
        if command.guild is not None:
            data["guild_id"] = str(command.guild.id)
        return self._ask(InteractionKind.COMMAND, message.channel, resolved.into(data), command_name=name)

    def press(self, message: Message, button: str) -> Ask:
        """Press a button, named by its `custom_id` or its label."""
        part = self._part(message, button, frozenset({BUTTON}))
        if part["style"] == LINK_STYLE:
            raise ClientRefusedError(button, "This button opens a link, the application does not hear of it.")
        return self._use(message, part, {})

    def choose(self, message: Message, select: str, values: Sequence[str]) -> Ask:
        """Choose in a select menu, named by `custom_id` or placeholder, by the options' values or labels."""
        part = self._part(message, select, SELECTS)
        picked = list(values)
        if part["type"] == STRING_SELECT:
            by_name = {one["label"]: one["value"] for one in part["options"]}
            known = set(by_name.values())
            picked = [one if one in known else by_name.get(one, "") for one in values]
        kinds = part.get("channel_types")
        is_offered = not kinds or all(self.world.channels[int(one)].kind in kinds for one in picked)
        if "" in picked or not is_offered or not part["min_values"] <= len(picked) <= part["max_values"]:
            raise ClientRefusedError(select, "These cannot be chosen.")
        resolved = Resolved(self.world, message.channel, self.user)
        if part["type"] != STRING_SELECT:
            resolved.chosen(picked)
        return self._use(message, part, resolved.into({"values": picked}))

    def submit(self, modal: Modal, values: Mapping[str, FieldValue]) -> Ask:
        """Fill in the dialogue, by labels or `custom_id`s, and send it; the rest keeps what it showed."""
        opener = modal.opener
        data = modal_data(modal, values, Resolved(self.world, opener.channel, self.user))
        interaction = open_interaction(
            self.world,
            InteractionKind.MODAL_SUBMIT,
            opener.channel,
            self.user,
            data,
            message=opener.message,
            opener=opener,
        )
        return Ask(self.world, interaction)

    def say(
        self,
        channel: Channel | str,
        text: str,
        *,
        reply_to: Message | None = None,
        pings_author: bool = True,
        files: Sequence[Upload] = (),
    ) -> Message:
        """Write a message. `@name` becomes a mention, as the client's completion makes it."""
        place = self._channel(channel)
        self._check_say(place, text, files)
        message = Message(self.world.snowflakes.next(), place, self.user, self.world.clock.now())
        message.content, message.mentions = self._with_mentions(place, text.strip())
        if reply_to is not None:
            self._reply(message, reply_to, pings_author=pings_author)
        for number, file in enumerate(files):
            incoming = IncomingFile(number, file.filename, file.data, file.content_type)
            message.attachments.append(new_attachment(self.world, place, incoming))
        return self.world.add_message(message)

    def edit(self, message: Message, text: str) -> None:
        """Change an own message."""
        self._look_at(message)
        if message.author is not self.user:
            raise ClientRefusedError("edit", "Only own messages can be edited.")
        message.content, message.mentions = self._with_mentions(message.channel, text.strip())
        message.edited_at = self.world.clock.now()
        self.world.update_message(message)

    def delete(self, message: Message) -> None:
        """Delete a message (an own one, or any with Manage Messages), or dismiss an ephemeral one."""
        self._look_at(message)
        is_allowed = message.is_ephemeral or message.author is self.user
        if not is_allowed and not self._may(Permissions.MANAGE_MESSAGES, message.channel):
            raise ClientRefusedError("delete", "This takes the permission Manage Messages.")
        self.world.delete_message(message)

    # -- how the client helps

    def _channel(self, channel: Channel | str) -> Channel:
        if isinstance(channel, str):
            return only(channels_named(channel, self.channels()), channel)
        if not self._may(Permissions.VIEW_CHANNEL, channel):
            raise ClientRefusedError(channel.name, "You do not have access to this channel.")
        return channel

    def _member(self, channel: Channel) -> Member:
        return channel.guild.members[self.user.id]

    def _may(self, permission: Permissions, channel: Channel) -> bool:
        return permission in self.world.permissions(self.user, channel)

    def _look_at(self, message: Message) -> None:
        if message.is_deleted or not self.world.can_see(self.user, message):
            raise ClientRefusedError("message", "This message is not on the screen.")

    def _command(self, channel: Channel, kind: CommandKind, name: str) -> Command:
        command = find(self.commands(channel), kind, name)
        if command is None:
            raise ClientRefusedError(name, "The client offers no such command here.")
        return command

    def _ask(self, kind: InteractionKind, channel: Channel, data: Json, *, command_name: str) -> Ask:
        interaction = open_interaction(self.world, kind, channel, self.user, data, command_name=command_name)
        return Ask(self.world, interaction)

    def _part(self, message: Message, name: str, kinds: frozenset[int]) -> Json:
        self._look_at(message)
        for part in message.parts():
            names = (part.get("custom_id"), part.get("label"), part.get("placeholder"))
            if part["type"] in kinds and name in names:
                if part.get("disabled"):
                    raise ClientRefusedError(name, "It is disabled.")
                return part
        raise ClientRefusedError(name, "The message has no such button or menu.")

    def _use(self, message: Message, part: Json, more: Json) -> Ask:
        data = {"component_type": part["type"], "custom_id": part["custom_id"], "id": part["id"]} | more
        interaction = open_interaction(
            self.world, InteractionKind.COMPONENT, message.channel, self.user, data, message=message
        )
        return Ask(self.world, interaction)

    def _check_say(self, channel: Channel, text: str, files: Sequence[Upload]) -> None:
        in_thread = channel.is_thread
        sending = Permissions.SEND_MESSAGES_IN_THREADS if in_thread else Permissions.SEND_MESSAGES
        if not self._may(sending, channel):
            raise ClientRefusedError(channel.name, "You do not have permission to send messages here.")
        if files and not self._may(Permissions.ATTACH_FILES, channel):
            raise ClientRefusedError(channel.name, "You do not have permission to attach files here.")
        if not text.strip() and not files:
            raise ClientRefusedError("text", "There is nothing to send.")
        if len(text) > _MOST_CHARACTERS:
            raise ClientRefusedError("text", "Your message is too long.")
        most_bytes = upload_limit(channel.guild, self.user)
        if len(files) > _MOST_FILES or any(len(file.data) > most_bytes for file in files):
            raise ClientRefusedError("files", "Your files are too powerful")

    def _with_mentions(self, channel: Channel, text: str) -> tuple[str, list[User]]:
        """The text as it is sent, and the members that it mentions."""
        users = [member.user for member in channel.guild.members.values()]
        names = {name.lower(): one for one in users for name in (one.username, one.display_name)}

        def mention(match: re.Match[str]) -> str:
            user = names.get(match[1].lower())
            return user.mention if user else match[0]

        sent = re.sub(r"(?<![\w<])@(\w+)", mention, text)
        return sent, [user for user in users if user.mention in sent]

    def _reply(self, message: Message, reply_to: Message, *, pings_author: bool) -> None:
        """A reply mentions the author; but a reply to the answer of a command does not count as a mention."""
        message.kind, message.reply_to_id = MessageKind.REPLY, reply_to.id
        author = reply_to.author
        if pings_author and reply_to.interaction is None and author not in message.mentions:
            message.mentions.append(author)
