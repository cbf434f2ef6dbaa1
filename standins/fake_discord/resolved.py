"""The `resolved` part of an interaction: whole users, roles, channels and files beside their ids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from standins.fake_discord.asks import ClientRefusedError, Upload
from standins.fake_discord.files import IncomingFile, new_attachment, upload_limit
from standins.fake_discord.model import Channel, Json, Message, Role, User
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.wire_guilds import (
    bare_member_json,
    channel_json,
    member_in_channel_json,
    role_json,
    user_json,
)
from standins.fake_discord.wire_messages import attachment_json, message_json
from standins.fake_discord.world import World

_MENTION = re.compile(r"<(@[!&]?|#)(\d+)>")


class Resolved:
    """Collects what one interaction refers to; `data` is what is sent."""

    def __init__(self, world: World, channel: Channel, user: User) -> None:
        self._world = world
        self._channel = channel
        self._user = user
        self.data: Json = {}

    def upload(self, upload: Upload) -> str:
        """Upload the file, as the client does before it sends the interaction; gives its id."""
        if len(upload.data) > upload_limit(self._channel.guild, self._user):
            raise ClientRefusedError(upload.filename, "Your files are too powerful")
        file = IncomingFile(0, upload.filename, upload.data, upload.content_type)
        attachment = new_attachment(self._world, self._channel, file, is_ephemeral=True)
        return self._put("attachments", attachment.id, attachment_json(self._world, attachment))

    def user(self, user: User) -> str:
        guild = self._channel.guild
        if member := guild.members.get(user.id):
            permissions = member_in_channel_json(member, self._channel)["permissions"]
            self._put("members", user.id, bare_member_json(member) | {"permissions": permissions})
        return self._put("users", user.id, user_json(user))

    def role(self, role: Role) -> str:
        return self._put("roles", role.id, role_json(role))

    def channel(self, channel: Channel) -> str:
        member = channel.guild.members[self._user.id]
        permissions = member_in_channel_json(member, channel)["permissions"]
        return self._put(
            "channels", channel.id, channel_json(self._world, channel) | {"permissions": permissions}
        )

    def message(self, message: Message) -> str:
        """The whole message, whatever privileges the application has."""
        return self._put("messages", message.id, message_json(self._world, message))

    def mentioned_in(self, text: str) -> str:
        """Collect the users, roles and channels that a string option mentions; gives the text."""
        for token in _MENTION.finditer(text):
            kind, its_id = token[1], int(token[2])
            guild = self._channel.guild
            if kind in ("@", "@!") and its_id in guild.members:
                self.user(self._world.users[its_id])
            elif kind == "@&" and its_id in guild.roles:
                self.role(guild.roles[its_id])
            elif kind == "#" and self._sees(its_id):
                self.channel(self._world.channels[its_id])
        return text

    def _sees(self, channel_id: int) -> bool:
        channel = self._channel.guild.channels.get(channel_id)
        return channel is not None and Permissions.VIEW_CHANNEL in self._world.permissions(
            self._user, channel
        )

    def chosen(self, ids: Sequence[str]) -> None:
        """Collect what was chosen in a list of members, roles or channels, if it exists on this server."""
        guild = self._channel.guild
        for one in map(int, ids):
            if one in guild.members:
                self.user(guild.members[one].user)
            elif one in guild.roles:
                self.role(guild.roles[one])
            elif one in guild.channels:
                self.channel(guild.channels[one])

    def into(self, data: Json) -> Json:
        return data | {"resolved": self.data} if self.data else data

    def _put(self, kind: str, of: int, shown: Json) -> str:
        self.data.setdefault(kind, {})[str(of)] = shown
        return str(of)
