"""Says whether the bot may read other people's messages: the toggle "Message Content" in Discord's portal."""

import discord


def is_readable(client: discord.Client) -> bool:
    """Return whether the toggle is on, as of the last login; True while that is unknown."""
    return client.application is None or is_on(client.application.flags)


def is_on(flags: discord.ApplicationFlags) -> bool:
    return flags.gateway_message_content or flags.gateway_message_content_limited
