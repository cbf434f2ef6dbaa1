"""What every stranger does, in disnake."""

import logging
import os

import disnake
from disnake.ext import commands

disnake.http.Route.BASE = os.environ["API"]
logging.basicConfig(level="INFO")
bot = commands.AutoShardedInteractionBot()


@bot.slash_command(description="Answers at once")
async def greet(interaction: disnake.ApplicationCommandInteraction, name: str) -> None:
    await interaction.response.send_message(f"Hello {name}")


@bot.slash_command(description="Answers, and then changes the answer")
async def edit(interaction: disnake.ApplicationCommandInteraction) -> None:
    await interaction.response.send_message("first")
    await interaction.edit_original_response(content="second")


@bot.slash_command(description="Thinks, and then shows a picture")
async def upload(interaction: disnake.ApplicationCommandInteraction) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(content="done", file=disnake.File(os.environ["PICTURE"]))


bot.run(os.environ["TOKEN"])
