"""A little discord.py bot that uses every door, and a stand-in that it talks to. Not the real bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from PIL import Image

from standins.clock import Clock, VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.world import DEFAULT_TOKEN

GUILDS_ONLY = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


def png(size: tuple[int, int] = (8, 6), color: str = "red") -> bytes:
    held = BytesIO()
    Image.new("RGB", size, color).save(held, "PNG")
    return held.getvalue()


def picture_file(name: str = "image.png", color: str = "red") -> discord.File:
    return discord.File(BytesIO(png(color=color)), name, description="a red picture")


class Upload(ui.Modal):
    """A prompt and up to two files."""

    def __init__(self, custom_id: str) -> None:
        super().__init__(title="Edit", custom_id=custom_id, timeout=60)
        self.prompt: ui.TextInput[Any] = ui.TextInput(custom_id="prompt", max_length=200)
        self.files: ui.FileUpload[Any] = ui.FileUpload(custom_id="files", max_values=2, required=False)
        self.add_item(ui.Label(text="Prompt", component=self.prompt))
        self.add_item(ui.Label(text="Pictures", description="Up to two", component=self.files))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        names = ", ".join(f"{one.filename} {one.width}x{one.height}" for one in self.files.values)
        await interaction.response.send_message(f"{self.prompt.value}: {names or 'no files'}")


class Buttons(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(ui.Button(label="Website", url="https://example.invalid/"))

    @ui.button(label="Change", custom_id="change")
    async def change(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="changed")

    @ui.button(label="Later", custom_id="later", style=discord.ButtonStyle.danger)
    async def later(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later", attachments=[picture_file("later.png")])

    @ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Upload("from-button"))

    @ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: Any) -> None:
        raise AssertionError(interaction)

    @ui.select(
        custom_id="style",
        placeholder="Style",
        row=1,
        options=[discord.SelectOption(label="Automatic", value="auto"), discord.SelectOption(label="Manga")],
    )
    async def style(self, interaction: discord.Interaction, select: Any) -> None:
        await interaction.response.send_message(f"style {select.values[0]}", ephemeral=True)


class LittleBot(discord.Client):
    """Answers with what it heard; `errors` collects what went wrong, `ended` is done when it stopped."""

    def __init__(self, *, intents: discord.Intents | None = None, **options: Any) -> None:
        wanted = intents or discord.Intents(guilds=True, guild_messages=True)
        options = {"guild_ready_timeout": 0.1, "max_messages": None} | options
        super().__init__(intents=wanted, allowed_mentions=discord.AllowedMentions.none(), **options)
        self.tree = app_commands.CommandTree(self, allowed_contexts=GUILDS_ONLY)
        self.heard: list[discord.Message] = []
        self.errors: asyncio.Queue[BaseException] = asyncio.Queue()
        self.ended: asyncio.Task[None]
        self.tree.error(self._on_tree_error)
        _add_commands(self)

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py waits five seconds here before it identifies again."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        if self.user in message.mentions:
            await message.reply(f"heard {message.content}", mention_author=False)

    async def _on_tree_error(self, _: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.put_nowait(error.__cause__ or error)


def _add_commands(bot: LittleBot) -> None:
    tree = bot.tree

    @tree.command(description="Answers at once")
    @app_commands.describe(text="What to say")
    async def echo(interaction: discord.Interaction, text: str, *, secret: bool = False) -> None:
        await interaction.response.send_message(text, ephemeral=secret, view=Buttons())

    @tree.command(description="Thinks first")
    async def think(
        interaction: discord.Interaction,
        count: app_commands.Range[int, 1, 4] = 1,
        *,
        secret: bool = False,
    ) -> None:
        await interaction.response.defer(ephemeral=secret)
        files = [picture_file(f"image-{number}.png") for number in range(count)]
        embed = discord.Embed(title="Done").set_image(url="attachment://image-0.png")
        await interaction.edit_original_response(content="done", embed=embed, attachments=files)
        await interaction.followup.send("and more", file=picture_file("more.png"))

    @tree.command(description="Never answers")
    async def silent(_: discord.Interaction) -> None:
        await asyncio.sleep(0)

    @tree.command(description="Looks at a picture")
    async def look(interaction: discord.Interaction, picture: discord.Attachment) -> None:
        data = await picture.read()
        await interaction.response.send_message(f"{picture.filename} {picture.content_type} {len(data)}")

    @tree.command(description="Offers sources")
    async def pick(interaction: discord.Interaction, source: str) -> None:
        await interaction.response.send_message(f"picked {source}")

    @pick.autocomplete("source")
    async def sources(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        names = [current if current == "same" else f"{current} {n}" for n in range(3)]
        return [app_commands.Choice(name=name, value=f"job-{n}") for n, name in enumerate(names)]

    @tree.command(description="For moderators")
    @app_commands.default_permissions(manage_messages=True)
    async def tidy(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"tidied {member.name}", ephemeral=True)

    group = app_commands.Group(name="privacy", description="Your data")

    @group.command(description="About your data")
    async def about(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("about", ephemeral=True)

    tree.add_command(group)

    @tree.context_menu(name="Edit image")
    async def edit_image(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_modal(Upload(f"edit-{len(message.attachments)}"))


@contextmanager
def pointed_at(fake: FakeDiscord) -> Iterator[None]:
    """Let discord.py talk to the stand-in instead of Discord."""
    before = (
        discord.http.Route.BASE,
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY,
        discord.asset.Asset.BASE,
    )
    discord.http.Route.BASE = fake.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)
    discord.asset.Asset.BASE = fake.cdn_url
    try:
        yield
    finally:
        (
            discord.http.Route.BASE,
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY,
            discord.asset.Asset.BASE,
        ) = before


@asynccontextmanager
async def running_discord(clock: Clock | None = None, **options: Any) -> AsyncIterator[FakeDiscord]:
    fake = FakeDiscord(demo_world(clock or VirtualClock()), **options)
    await fake.start()
    try:
        with pointed_at(fake):
            yield fake
    finally:
        await fake.stop()


@asynccontextmanager
async def running_bot(fake: FakeDiscord, bot: LittleBot | None = None) -> AsyncIterator[LittleBot]:
    """Start the bot and wait until it is READY."""
    bot = bot or LittleBot()
    bot.ended = task = asyncio.create_task(bot.start(DEFAULT_TOKEN))
    try:
        await fake.connected()
        await asyncio.wait_for(bot.wait_until_ready(), 5)
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
