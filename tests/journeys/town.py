"""The whole bot as a process of its own, between both stand-ins, as in the sandbox but without a page."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp

from sandbox.bot_process import BOT_COMMAND, BotProcess
from standins.changes import ConditionNotMetError
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.model import Message
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind
from standins.fake_segmind.records import Bill, SeenRequest
from tests.shown_pictures import job_ids_of

#: How long a picture takes unless a journey says otherwise, in seconds.
QUICK = 0.4
LOOPBACK = "127.0.0.1"
#: What a journey waits for comes within this, or never.
PATIENCE_SECONDS = 30.0
#: What the bot logs when an exception ends where none should be.
SIGNS_OF_A_BUG = (
    "task failed",
    "unexpected error in a command, button or reply",
    "unhandled exception",
    "Task exception",
    "never awaited",
)


#: Of a log, where something failed.
LINES_TOLD = 15


def free_port() -> int:
    """On which nobody listens. Not for listening later at this address: a connection may have it by then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class NotOnline(Exception):
    """The bot did not get there; says what became of its process, and its last lines."""


def last_words(bot: BotProcess) -> str:
    """What became of the process, and the end of its log."""
    end = bot.ending or ("it runs" if bot.is_alive else "it was never started")
    return "\n".join([f"the bot: {end}", *list(bot.lines)[-LINES_TOLD:]])


class Town:
    def __init__(
        self,
        discord: FakeDiscord,
        segmind: FakeSegmind,
        folder: Path,
        command: Sequence[str] = BOT_COMMAND,
    ) -> None:
        self.discord = discord
        self.segmind = segmind
        self.folder = folder
        self.world = discord.world
        self.command = command
        #: Whether the bot runs as process 1 of a namespace of its own, and logs this number.
        self.is_process_one = False
        self._settings: Mapping[str, str] = {}
        self._bills_before = 0
        self._requests_before = 0
        self._messages_before: set[int] = set()
        self._log_before = 0
        self.bot = self._new_bot({})

    def environment(self, **settings: str) -> dict[str, str]:
        """All that the bot is told of this town, `settings` before the usual ones."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            # discord.py's own import of audioop warns on Python 3.11 and 3.12.
            "PYTHONWARNINGS": "error,ignore:'audioop' is deprecated:DeprecationWarning",
            "DISCORD_TOKEN": self.world.app.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "DISCORD_CDN_URL": self.discord.cdn_url,
            "SEGMIND_API_KEY": self.segmind.key,
            "SEGMIND_API_URL": self.segmind.api_url,
            "SEGMIND_ASSETS_URL": self.segmind.assets_url,
            "SEGMIND_HISTORY_URL": self.segmind.history_url,
            "SEGMIND_OUTPUT_HOSTS": self.segmind.output_host,
            "SEGMIND_REQUESTS_PER_MINUTE": "3000",
            "DATA_DIR": str(self.folder / "data"),
            # One that was free a moment ago may be anybody's by now, such as an open connection's.
            "OPS_PORT": "0",
            "LIMITS_PER_HOUR": "",
            "LIMITS_PER_DAY": "",
            "LIMITS_RUNNING": "",
            "BUDGET_MONTHLY_USD": "",
            "CHAT_NOTIFY_AFTER_SECONDS": "0",
            "OPERATOR_CONTACT": "Ada, ada@a.example",
            "PRIVACY_URL": "https://a.example/privacy",
            **settings,
        }

    @property
    def bot_environment(self) -> dict[str, str]:
        """What the last bot was told."""
        return self.environment(**self._settings)

    def _new_bot(self, settings: Mapping[str, str]) -> BotProcess:
        return BotProcess(self.environment(**settings), self.folder / "bot.log", self.command)

    async def said(self, *arguments: str, **settings: str) -> tuple[int | None, str]:
        """Exit code of another Python process, such as `-m bot check`, and all that it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments),
            env=self.environment(**settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            said, _ = await process.communicate()
        return process.returncode, said.decode()

    # --- one journey after the other ---

    def begin(self) -> None:
        """All is well again, and what came before this journey is not looked at."""
        self.discord.faults.clear()
        self.segmind.faults.clear()
        self.segmind.latency = QUICK
        self.world.app.has_message_content = False
        self.world.set_overwrite(self.world.channel("pictures"), self.world.app.user)
        self._bills_before = len(self.segmind.bills)
        self._requests_before = len(self.segmind.requests)
        self._messages_before = set(self.world.messages)
        self._log_before = self._log_size

    @property
    def bills(self) -> list[Bill]:
        """Every accepted submit of this journey."""
        return self.segmind.bills[self._bills_before :]

    @property
    def paid(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.is_paid]

    def requests_to(self, route: str) -> list[SeenRequest]:
        """What the provider was asked in this journey."""
        return [one for one in self.segmind.requests[self._requests_before :] if one.route == route]

    async def until_asked(self, route: str) -> None:
        await self.segmind.until(lambda: self.requests_to(route), PATIENCE_SECONDS)

    async def until_accepted(self, count: int) -> None:
        """Wait until the provider has accepted so many requests of this journey.

        The next process finds these at once. It waits twelve minutes for one that was never taken.
        """
        await self.segmind.until(lambda: len(self.bills) >= count, PATIENCE_SECONDS)

    # --- the bot ---

    async def launch(self, **settings: str) -> None:
        """Start the bot with more settings than the usual."""
        self._settings = settings
        self.bot = self._new_bot(settings)
        self._log_before = self._log_size
        await self.bot.start()

    async def open(self, **settings: str) -> None:
        """Start the bot with more settings than the usual, and wait until it is online."""
        await self.launch(**settings)
        await self.until_online(lambda: self.discord.is_connected and self.world.commands)

    async def until_online(
        self, is_online: Callable[[], object], within_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Raises `NotOnline`; at once if the process has ended by itself."""
        online = asyncio.create_task(self.until(is_online, within_seconds))
        try:
            while not online.done():
                await asyncio.wait({online}, timeout=0.1)
                if self.bot.ending.startswith("exit code"):
                    raise NotOnline(last_words(self.bot))
            await online
        except ConditionNotMetError:
            raise NotOnline(f"not within {within_seconds:.0f} s; {last_words(self.bot)}") from None
        finally:
            online.cancel()

    @property
    def ops_port(self) -> int | None:
        """Where the running process serves /healthz and /metrics; None until it has said so, unless told."""
        if (chosen := self._settings.get("OPS_PORT")) is not None:
            return int(chosen)
        pid = 1 if self.is_process_one else self.bot.pid
        told = re.findall(rf"serving /healthz and /metrics .*\bpid={pid} port=(\d+)", self.log)
        return int(told[-1]) if told else None

    async def until_healthy(self) -> None:
        """Until /healthz says so: a while after it is online, when all servers have introduced themselves."""
        async with asyncio.timeout(PATIENCE_SECONDS), aiohttp.ClientSession() as session:
            while await self._health(session) != HTTPStatus.OK:  # noqa: ASYNC110  another process's
                await asyncio.sleep(0.05)

    async def _health(self, session: aiohttp.ClientSession) -> int:
        async with session.get(f"http://127.0.0.1:{self.ops_port}/healthz") as answer:
            return answer.status

    async def kill(self) -> None:
        self.bot.kill()
        await self.bot.wait()

    async def restart(self, **changes: str) -> None:
        """Start it again, after it was killed or has stopped."""
        await self.open(**{**self._settings, **changes})

    async def relaunch(self) -> None:
        """Start it again, and wait for nothing."""
        await self.launch(**self._settings)

    @property
    def log(self) -> str:
        """All that was logged; nothing before the first start."""
        return self._log_path.read_text() if self._log_path.exists() else ""

    # --- people ---

    def person(self, name: str) -> Person:
        return Person(self.world, name)

    async def until(self, is_so: Callable[[], object], within_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for something in Discord's world."""
        await self.world.until(lambda _: is_so(), within_seconds=within_seconds)

    async def until_picture(
        self, message: Message, count: int = 1, within_seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """Wait until the message shows so many pictures, and the bot has written that down."""
        await self.until(
            lambda: len(message.attachments) == len(job_ids_of(message)) == count, within_seconds
        )
        for job_id in job_ids_of(message):
            await self._until_delivered(job_id)
        return message

    async def _until_delivered(self, job_id: int) -> None:
        """By any process of this town: one that was killed since then may have done it."""
        line = f"delivered [bot.services.cards.card_updater] job={job_id} "
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line not in self.log:  # noqa: ASYNC110  another process writes it
                await asyncio.sleep(0.02)

    async def until_text(self, message: Message, *words: str, within_seconds: float = 30.0) -> str:
        """Wait until the message says all of the words, in whatever part and case."""
        await self.until(
            lambda: all(word.lower() in text_of(message).lower() for word in words), within_seconds
        )
        return text_of(message)

    async def until_logged(self, words: str, within_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the bot has logged these words, in this journey and since its last start."""
        async with asyncio.timeout(within_seconds):
            while words not in self._log_since():  # noqa: ASYNC110  another process writes it
                await asyncio.sleep(0.02)

    @property
    def _log_path(self) -> Path:
        return self.folder / "bot.log"

    @property
    def _log_size(self) -> int:
        return self._log_path.stat().st_size if self._log_path.exists() else 0

    def _log_since(self) -> str:
        """The whole of it: in a long journey, more than the process's newest lines."""
        if not self._log_path.exists():
            return ""
        with self._log_path.open("rb") as log:
            log.seek(self._log_before)
            return log.read().decode(errors="replace")

    def messages_of_the_bot(self) -> list[Message]:
        """Those of this journey, oldest first."""
        return [
            message
            for message in self.world.messages.values()
            if message.author is self.world.app.user and message.id not in self._messages_before
        ]


def text_of(message: Message) -> str:
    """All that the message says: content, embeds, labels."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [str(embed.get("title", "")), str(embed.get("description", ""))]
        parts += [f"{field['name']} {field['value']}" for field in embed.get("fields", ())]
        parts.append(str(embed.get("footer", {}).get("text", "")))
    return "\n".join(parts)


@asynccontextmanager
async def a_town(folder: Path, *, small: bool = True, host: str = LOOPBACK) -> AsyncIterator[Town]:
    """With `small`, pictures are much smaller than in life, and quick to draw."""
    discord = FakeDiscord(demo_world(VirtualClock(speed=1.0)), host=host)
    await discord.start()
    async with FakeSegmind(latency=QUICK, small=small, host=host) as segmind:
        town = Town(discord, segmind, folder)
        try:
            yield town
        finally:
            await town.bot.stop()
            await discord.stop()
