"""One row's world: both stand-ins by one fast clock, its own database, and processes that come and go."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.bot_process import BotProcess
from standins.fake_discord.asks import Ask
from standins.fake_discord.demo import demo_world
from standins.fake_discord.model import Message
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind
from standins.fake_segmind.records import Bill
from tests.journeys.fast_town import HEARTBEAT_SECONDS
from tests.journeys.town import SIGNS_OF_A_BUG, Town, last_words
from tests.matrix.books import Books, read_books, traces_of
from tests.matrix.gone_servers import about_forgetting
from tests.matrix.judging import about_blocks, about_posts, complaints, own_bills
from tests.matrix.moderators import Moderators
from tests.matrix.wishes import Wish
from tests.scaled_time import ScaledClock

#: How much faster than the machine's the clock is. The two minutes after which a submit is surely absent take
#: six seconds; the two seconds after which a process has slept, a tenth of one.
SPEED = 20.0
#: By the fast clock.
PICTURE_TAKES_SECONDS = 12.0
#: In real seconds, on a busy machine.
STARTS_WITHIN = 40.0
FALLS_WITHIN = 40.0
#: Discord's are 3; here it is not about being quick, and several processes start at once.
ANSWERS_WITHIN = 8.0
SETTLES_WITHIN = 60.0
#: What changes for so long will change for ever.
GIVES_UP_WITHIN = 300.0
LOOK_SECONDS = 0.05
#: So long all stays as it is before it is believed.
CALM_SECONDS = 0.3
ENTRY = (sys.executable, "-m", "tests.matrix.bot_entry")


#: Every picture is announced.
NOTIFIED = {"CHAT_NOTIFY_AFTER_SECONDS": "1"}


class NotAsWanted(Exception):
    """The row cannot be played to its end; says why."""


class Scene:
    def __init__(self, town: Town, url: str, clock: ScaledClock, settings: dict[str, str]) -> None:
        self.town, self.url, self.clock = town, url, clock
        self.world = town.world
        self.wishes: list[Wish] = []
        self.moderators = Moderators(town.world, self.online)
        #: Chooses what the persons of some stories do.
        self.rng = random.Random(0)
        #: In real seconds: what stands still for so long never settles.
        self.settles_within, self.falls_within = SETTLES_WITHIN, FALLS_WITHIN
        #: What is known of a server that is not to be forgotten, if another is.
        self.kept_rows: list[str] | None = None
        #: How many bills there have to be beside those of the pictures in Discord.
        self.extra_bills = 0
        operator = {"OPERATOR_CHANNEL_ID": str(town.world.channel("general").id)}
        self._settings = {"DATABASE_URL": url, **clock.environment, **NOTIFIED, **operator, **settings}
        self._others: list[BotProcess] = []

    @property
    def bills(self) -> list[Bill]:
        return own_bills(self.town.segmind.bills, self.wishes)

    async def books(self) -> Books:
        return await asyncio.to_thread(read_books, self.url)

    # --- processes ---

    async def start(self, **fault: str) -> None:
        await self.town.launch(**self._settings, **fault)

    async def start_another(self) -> BotProcess:
        """A second `run` on the same database."""
        environment = self.town.environment(**self._settings)
        other = BotProcess(environment, self.town.folder / "other.log", ENTRY)
        self._others.append(other)
        await other.start()
        return other

    async def command(self, *arguments: str, **fault: str) -> int:
        """The exit code of another command beside the running bot; negative, of the signal that ended it."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments, "--env-file", os.devnull),
            env=self.town.environment(**self._settings, **fault),
            stdin=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(STARTS_WITHIN):
            return await process.wait()

    async def online(self) -> None:
        """Until commands can be used."""
        is_ready = self.town.discord.gateway
        await self.town.until_online(lambda: is_ready.is_online and self.world.commands, STARTS_WITHIN)

    async def sessions_begun(self, count: int) -> None:
        """Until the bot has asked for so many more sessions, whether or not it was given them."""
        starts = self.town.discord.gateway.session_starts
        wanted = starts.remaining - count
        async with asyncio.timeout(STARTS_WITHIN):
            while starts.remaining > wanted:  # noqa: ASYNC110  no event of the world
                await asyncio.sleep(LOOK_SECONDS)

    async def fallen(self) -> None:
        """Until the process has killed itself."""
        try:
            async with asyncio.timeout(self.falls_within):
                await self.town.bot.wait()
        except TimeoutError:
            raise self._never_reached() from None
        if self.town.bot.ending != "ended by SIGKILL":
            raise NotAsWanted(f"the process ended by itself; {last_words(self.town.bot)}")

    async def frozen(self) -> None:
        """Until the process has stopped itself."""
        pid = self.town.bot.pid
        try:
            async with asyncio.timeout(FALLS_WITHIN):
                while not is_stopped(pid):  # noqa: ASYNC110  the kernel tells nobody
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise self._never_reached() from None

    def _never_reached(self) -> NotAsWanted:
        return NotAsWanted(f"the fault point was never reached; {last_words(self.town.bot)}")

    def signal(self, number: signal.Signals) -> None:
        pid = self.town.bot.pid
        assert pid is not None, "it is there"
        os.kill(pid, number)

    async def end(self) -> None:
        """Kill whatever runs."""
        for process in (self.town.bot, *self._others):
            process.kill()
            await process.wait()

    # --- members ---

    def ask(self, prompt: str, count: int = 1, by: str = "ada", *, is_refused: bool = False) -> Ask:
        ask = self.town.person(by).slash("pictures", "imagine", prompt=prompt, count=count)
        self.wishes.append(Wish(prompt=prompt, count=count, by=ask, is_refused=is_refused))
        return ask

    async def card(self, prompt: str) -> Message:
        """The message that answers a wish, once it is there."""
        wish = next(wish for wish in self.wishes if wish.prompt == prompt)
        found = await self.world.until(wish.card, within_seconds=STARTS_WITHIN)
        assert found is not None, "it was waited for"
        return found

    async def shown(self, prompt: str) -> Message:
        """The card of one picture, once it is on it."""
        card = await self.card(prompt)
        await self.world.until(lambda _: card.attachments, within_seconds=STARTS_WITHIN)
        return card

    async def written_down(self, state: str) -> None:
        """Until a job is in this state also for the bot; nobody asks for the next thing sooner."""
        async with asyncio.timeout(SETTLES_WITHIN):
            while not (await self.books()).states[state]:  # noqa: ASYNC110  another process writes it
                await asyncio.sleep(LOOK_SECONDS)

    # --- the end ---

    def signs_of_a_bug(self) -> list[str]:
        """Lines of any process's log that tell of an exception where none should be."""
        lines = [line for log in self.town.folder.glob("*.log") for line in log.read_text().splitlines()]
        return [line for line in lines if any(sign in line for sign in SIGNS_OF_A_BUG)]

    async def complaints(self) -> list[str]:
        books = await self.books()
        found = complaints(self.world, self.bills, self.wishes, books, extra=self.extra_bills)
        traces = await asyncio.to_thread(self._traces)
        return [*found, *traces, *about_posts(self.moderators), *about_blocks(self.moderators, self.bills)]

    def _traces(self) -> list[str]:
        left = traces_of(self.url, self.moderators.erased)
        return left if self.kept_rows is None else [*left, *about_forgetting(self.url, self.kept_rows)]

    async def late_picture(self) -> list[str]:
        """The member finds the second picture in /jobs; else what there is to complain about."""
        ada = self.town.person("ada")
        listed = await ada.slash("pictures", "jobs").message()
        await ada.choose(
            listed, "Choose an image to cancel, post or edit …", [self.wishes[0].prompt]
        ).answer()
        shows_it = "Show image"
        await self.world.until(
            lambda _: shows_it in [part.get("label") for part in listed.parts()], within_seconds=STARTS_WITHIN
        )
        shown = await ada.press(listed, shows_it).message()
        await self.world.until(lambda _: shown.attachments, within_seconds=STARTS_WITHIN)
        return [] if shown.is_ephemeral else ["the second picture is shown to everybody"]

    async def settled(self) -> list[str]:
        """Until there is nothing to complain about, and that stays so; else what there is, and how it stands.

        It is waited for as long as something changes: on a busy machine all is late.
        """
        found, began = await self.complaints(), time.monotonic()
        changed = began
        while found and time.monotonic() < min(changed + self.settles_within, began + GIVES_UP_WITHIN):
            await asyncio.sleep(LOOK_SECONDS)
            before, found = found, await self.complaints()
            if not found:
                await asyncio.sleep(CALM_SECONDS)
                found = await self.complaints()
            if found != before:
                changed = time.monotonic()
        return [*found, await self._late_or_lost()] if found else []

    async def _late_or_lost(self) -> str:
        books = await self.books()
        if books.open or books.due or any(wish.is_pending for wish in self.wishes):
            return f"late: the bot still has something to do; {last_words(self.town.bot)}"
        return f"lost: the bot has nothing left to do; {books}"


def is_stopped(pid: int | None) -> bool:
    """Whether the kernel says of the process that a signal has stopped it."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "T"


@asynccontextmanager
async def a_scene(folder: Path, url: str, settings: dict[str, str]) -> AsyncIterator[Scene]:
    clock = ScaledClock.starting_now(SPEED)
    # Its windows are in real seconds, which would be far too long by the bot's clock.
    discord = FakeDiscord(demo_world(clock), has_strict_limits=False)
    discord.world.answer_within_seconds = ANSWERS_WITHIN
    discord.gateway.heartbeats.interval_seconds = HEARTBEAT_SECONDS  # or the bot takes itself for deaf
    await discord.start()
    async with FakeSegmind(clock=clock, latency=PICTURE_TAKES_SECONDS, small=True) as segmind:
        scene = Scene(Town(discord, segmind, folder, ENTRY), url, clock, settings)
        try:
            yield scene
        finally:
            await scene.end()
            await discord.stop()
