"""Listens for the servers that the bot is in.

Discord sends the same event when the bot is added, at each connection and after each outage. `Welcomes` knows
which servers are new, from when the bot joined them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from bot.chat.gateway.raw_events import hear
from bot.domain.ids import GuildId
from bot.services.admins.welcomes import Welcomes


def welcome_new_servers(client: discord.Client, welcomes: Welcomes) -> None:
    def listener(data: Mapping[str, Any]) -> None:
        joined_at = data.get("joined_at")
        if joined_at is not None and not data.get("unavailable"):
            welcomes.is_in(GuildId(int(data["id"])), datetime.fromisoformat(joined_at))

    hear(client, "GUILD_CREATE", listener)
