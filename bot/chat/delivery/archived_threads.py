"""Threads and posts of forums that Discord has archived, as it does with each that is quiet for some days.

No message can be edited there, so they are opened again, but only to take something from people's eyes: this
moves an old thread up in everybody's list. Sending a message opens them as well.
"""

import discord

from bot.chat.rest.error_codes import Verdict, verdict


async def open_thread(client: discord.Client, channel_id: int) -> None:
    """Raises one of `DISCORD_ERRORS`: a locked one is opened only with the permission Manage Threads."""
    await client.http.edit_channel(channel_id, archived=False)


async def delete_anywhere(client: discord.Client, message: discord.PartialMessage) -> None:
    """Delete a message, also in a thread that is archived and locked. Raises one of `DISCORD_ERRORS`."""
    try:
        await message.delete()
    except discord.HTTPException as error:
        if verdict(error) is not Verdict.ARCHIVED:
            raise
        await open_thread(client, message.channel.id)
        await message.delete()
