"""What every stranger does, in nextcord."""

import logging
import os

import nextcord
from nextcord.ext import commands

nextcord.http.Route.BASE = os.environ["API"]
logging.basicConfig(level="INFO")
bot = commands.AutoShardedBot()


@bot.slash_command(description="Answers at once")
async def greet(interaction: nextcord.Interaction, name: str) -> None:
    await interaction.response.send_message(f"Hello {name}")


@bot.slash_command(description="Answers, and then changes the answer")
async def edit(interaction: nextcord.Interaction) -> None:
    await interaction.response.send_message("first")
    await interaction.edit_original_message(content="second")


@bot.slash_command(description="Thinks, and then shows a picture")
async def upload(interaction: nextcord.Interaction) -> None:
    await interaction.response.defer()
    await interaction.edit_original_message(content="done", file=nextcord.File(os.environ["PICTURE"]))


bot.run(os.environ["TOKEN"])
