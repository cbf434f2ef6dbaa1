"""What every stranger does, in interactions.py."""

import logging
import os

import interactions
from interactions.api.http.route import Route

Route.BASE = os.environ["API"]
logging.basicConfig(level="INFO")
bot = interactions.AutoShardedClient()


@interactions.slash_command(name="greet", description="Answers at once")
@interactions.slash_option("name", "Whom", interactions.OptionType.STRING, required=True)
async def greet(context: interactions.SlashContext, name: str) -> None:
    await context.send(f"Hello {name}")


@interactions.slash_command(name="edit", description="Answers, and then changes the answer")
async def edit(context: interactions.SlashContext) -> None:
    message = await context.send("first")
    await context.edit(message, content="second")


@interactions.slash_command(name="upload", description="Thinks, and then shows a picture")
async def upload(context: interactions.SlashContext) -> None:
    await context.defer()
    await context.send("done", file=os.environ["PICTURE"])


bot.start(os.environ["TOKEN"])
