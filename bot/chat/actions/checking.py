"""/config check: the bot's permissions, in this channel and wherever the server wants it."""

from collections.abc import Iterator, Sequence

import discord

from bot.chat.desk import Desk, guild_of
from bot.chat.mishaps import tell_alone
from bot.chat.permissions import missing, missing_for_notices
from bot.chat.presenter.checked import checked
from bot.domain.administration import GuildChoices

#: A channel, and what is lacking there; None: the channel is gone.
Finding = tuple[int, Sequence[str] | None]


async def show_check(desk: Desk, interaction: discord.Interaction) -> None:
    choices = (await desk.administration.settings(guild_of(interaction))).choices
    pictures = [_here(interaction), *_elsewhere(interaction, choices)]
    await tell_alone(interaction, checked(pictures, _log(interaction.guild, choices.log_channel_id)))


def _here(interaction: discord.Interaction) -> Finding:
    """Discord itself says what is allowed here."""
    is_thread = isinstance(interaction.channel, discord.Thread)
    lacking = missing(interaction.app_permissions, is_thread=is_thread, is_private=False)
    return interaction.channel_id or 0, lacking


def _elsewhere(interaction: discord.Interaction, choices: GuildChoices) -> Iterator[Finding]:
    guild = interaction.guild
    for channel_id in sorted(choices.allowed_channels):
        if guild is not None and channel_id != interaction.channel_id:
            channel = guild.get_channel(channel_id)
            yield channel_id, _lacking(channel, guild.me) if channel else None


def _lacking(channel: discord.abc.GuildChannel, me: discord.Member) -> Sequence[str]:
    return missing(channel.permissions_for(me), is_thread=False, is_private=False)


def _log(guild: discord.Guild | None, channel_id: int | None) -> Finding | None:
    if guild is None or channel_id is None:
        return None
    channel = guild.get_channel(channel_id)
    return channel_id, missing_for_notices(channel.permissions_for(guild.me)) if channel else None
