"""One library between its start and its end: its script as a process, and each step's outcome."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import ClientRefusedError, NoResponseError, UnexpectedAnswerError
from standins.fake_discord.server import FakeDiscord
from tests.strangers.libraries import Library
from tests.strangers.steps import SHARDS, STEPS, NotSoError, Stage, world_with_a_guild_on_each_shard

OK = "ok"
_FAILS = (ClientRefusedError, ConditionNotMetError, NoResponseError, NotSoError, UnexpectedAnswerError)
_SECONDS_TO_END = 10.0


@dataclass(frozen=True)
class Folder:
    """Where the libraries find the picture that they upload, and leave what they print."""

    path: Path
    picture_data: bytes

    def __post_init__(self) -> None:
        self.picture.write_bytes(self.picture_data)

    @property
    def picture(self) -> Path:
        return self.path / "picture.png"

    def log(self, library: Library) -> Path:
        return self.path / f"{library.name}.log"


async def play(library: Library, folder: Folder) -> dict[str, str]:
    """The outcome of each step: OK, or what was wrong. After a failed login, nothing else is tried."""
    fake = FakeDiscord(world_with_a_guild_on_each_shard(), shards=SHARDS)
    stage = Stage(fake, folder.picture_data, folder.log(library))
    await fake.start()
    try:
        async with _running(library, fake, folder) as process:
            outcomes: dict[str, str] = {}
            for name in STEPS:
                outcomes[name] = await _outcome(name, stage, process)
                if not fake.is_connected and name == next(iter(STEPS)):
                    return dict.fromkeys(STEPS, "not logged in") | outcomes
            return outcomes
    finally:
        await fake.stop()


async def _outcome(name: str, stage: Stage, process: asyncio.subprocess.Process) -> str:
    step = asyncio.ensure_future(STEPS[name](stage))
    ended = asyncio.ensure_future(process.wait())
    await asyncio.wait({step, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not step.done():
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
        return f"the process ended with {process.returncode}"
    ended.cancel()
    try:
        step.result()
    except _FAILS as failed:
        return f"{type(failed).__name__}: {failed}"
    return OK


@asynccontextmanager
async def _running(
    library: Library, fake: FakeDiscord, folder: Folder
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that runs its script, with all that it prints in its log."""
    command, more = library.command()
    told = {"API": fake.api_url, "TOKEN": fake.world.app.token, "PICTURE": str(folder.picture), **more}
    with folder.log(library).open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env=os.environ | told, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _SECONDS_TO_END)
    except TimeoutError:
        process.kill()
        await process.wait()
