"""What every stranger does, in py-cord."""

import logging
import os

import discord

discord.http.Route.API_BASE_URL = os.environ["API"]
logging.basicConfig(level="INFO")
bot = discord.AutoShardedBot()


@bot.slash_command(description="Answers at once")
async def greet(context: discord.ApplicationContext, name: str) -> None:
    await context.respond(f"Hello {name}")


@bot.slash_command(description="Answers, and then changes the answer")
async def edit(context: discord.ApplicationContext) -> None:
    await context.respond("first")
    await context.edit(content="second")


@bot.slash_command(description="Thinks, and then shows a picture")
async def upload(context: discord.ApplicationContext) -> None:
    await context.defer()
    await context.edit(content="done", file=discord.File(os.environ["PICTURE"]))


bot.run(os.environ["TOKEN"])
