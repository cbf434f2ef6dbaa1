"""The least that answers /imagine: discord.py, one command, a constant. Ends with whoever started it."""

import os
import sys
import threading

import discord
import yarl
from discord import app_commands


class BareBot(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(imagine)

    async def setup_hook(self) -> None:
        await self.tree.sync()


@app_commands.command(description="Answers a constant")
async def imagine(interaction: discord.Interaction, prompt: str) -> None:
    del prompt
    await interaction.response.send_message("Your picture is on its way.")


def end_with_the_holder() -> None:
    """Standard input ends with the process at its other end."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


def main() -> None:
    threading.Thread(target=end_with_the_holder, daemon=True).start()
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    BareBot().run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
