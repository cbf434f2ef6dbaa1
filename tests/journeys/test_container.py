"""The bot in its image, run as in a container; `container.py` says what of it is real and what is not."""

import ast
import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.words.language import LANGUAGES
from tests.journeys import container as engine
from tests.journeys.container import Image, first_process
from tests.journeys.town import Town, free_port
from tests.meta.checkout import ROOT

#: What the image leaves to the machine, whose network it has here, or to a test.
NOT_OF_THE_IMAGE = {"OPS_HOST", "OPS_PORT", "LOG_FORMAT"}
MOST_BYTES_ABOVE_BASE = 325_000_000
#: What docs/operating.md promises.
ENDS_WITHIN_SECONDS = 10.0

#: Of what is there already, since without rights the mount is not even asked about what is new.
WRITES = """
import errno, os, sys
def problem(path):
    try:
        os.utime(path)
        open(os.path.join(path, "probe"), "w").close()
        return ""
    except OSError as error:
        return errno.errorcode[error.errno]
places = ("/", "/app", "/app/bot", "/usr/bin", "/etc", sys.prefix, "/data", "/tmp")
print({one: problem(one) for one in places})
"""

#: Python uses a compiled file whose fifth byte is 1 without comparing it with its source.
NOT_COMPILED = """
import sys, pathlib, bot.app
modules = [one for one in sys.modules.values() if (getattr(one, "__file__", None) or "").endswith(".py")]
ours = [one.__cached__ for one in modules if one.__file__.startswith(("/app/", sys.prefix))]
assert len(ours) > 100
print([name for name in ours if pathlib.Path(name).read_bytes()[4:8] != bytes([1, 0, 0, 0])])
"""

FORMATS = """
import datetime
from bot.words.formats import day, listed, money, number, percent
from bot.words.language import LANGUAGES, speaking
for language in LANGUAGES:
    with speaking(language):
        date = day(datetime.date(2026, 3, 1))
        assert all((date, listed("abc"), money(1_500_000), number(12_345), percent(80)))
        print(language)
"""


class Container:
    def __init__(self, town: Town, image: Image) -> None:
        self.town, self.image = town, image
        self.data = town.folder / "data"
        self.data.mkdir()
        uid, gid, _ = image.user
        os.chown(self.data, uid, gid)
        environment = {
            name: value for name, value in image.environment.items() if name not in NOT_OF_THE_IMAGE
        }
        self.settings = {"PYTHONPATH": "", **environment}

    @property
    def process(self) -> int:
        """The bot's, by its number outside the container."""
        assert self.town.bot.pid is not None
        return first_process(first_process(self.town.bot.pid))

    def status(self) -> dict[str, str]:
        """What the kernel says of the bot's process."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    async def run(self, *program: str, **settings: str) -> tuple[int | None, str]:
        """Run the program in a new container, with the same /data."""
        return await self._said(self.image.running(program, self.data), settings)

    async def execute(self, *program: str, **settings: str) -> tuple[int | None, str]:
        """Run the program beside the bot, in its container."""
        return await self._said(self.image.beside(self.process, program), settings)

    async def _said(self, command: tuple[str, ...], settings: dict[str, str]) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=self.town.environment(**{**self.settings, **settings}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out.decode()


@pytest.fixture(scope="session")
def image() -> Image:
    if (reason := engine.why_no_image()) is not None:
        pytest.skip(reason)
    return Image(engine.FOLDER)


@pytest.fixture
def container(closed_town: Town, image: Image) -> Container:
    container = Container(closed_town, image)
    # The test's Python runs the stand-in for an engine; what it runs has the image's.
    holder = ("env", f"PATH={os.environ['PATH']}", f"PYTHONPATH={ROOT}", sys.executable)
    command = container.image.running(tuple(image.config["Cmd"]), container.data)
    closed_town.command = (*holder, "-m", engine.__name__, "env", *_of_the_image(container), *command)
    closed_town.is_process_one = True
    return container


def _of_the_image(container: Container) -> list[str]:
    return [f"{name}={container.settings[name]}" for name in ("PATH", "PYTHONPATH")]


async def test_the_image_makes_pictures_backs_up_and_starts_again(container: Container) -> None:
    town = container.town
    await town.open(**container.settings)
    uid, gid, _ = container.image.user
    status = container.status()
    assert status["NSpid"].split()[-1] == "1", "signals go to the bot, not to a shell"
    assert set(status["Uid"].split()) == {str(uid)} == {"10001"}
    assert set(status["Gid"].split()) == {str(gid)}
    assert {int(status[one], 16) for one in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"
    assert status["Groups"] == ""

    card = await town.person("ada").slash("pictures", "imagine", prompt="a heron", count=2).message()
    await town.until_picture(card, 2)
    report = await town.person("mia").slash("pictures", "review usage").message()
    await town.until(lambda: report.attachments)  # the chart, which takes a folder for its fonts
    code, said = await container.execute("python", "-m", "bot", "backup", "/data/copy.sqlite3")
    assert (code, said) == (0, "")
    assert (container.data / "copy.sqlite3").read_bytes().startswith(b"SQLite format 3")

    await town.bot.stop()
    assert town.bot.ending == "exit code 0"
    await town.until(lambda: not town.discord.is_connected)
    await town.restart()
    again = await town.person("ada").press(card, "Rerun").message()
    await town.until_picture(again)
    assert {path.stat().st_uid for path in container.data.rglob("*")} == {uid}
    assert "cannot" not in town.log


async def test_sigterm_ends_it_in_time_and_the_next_start_delivers(container: Container) -> None:
    town = container.town
    town.segmind.latency = 3.0
    await town.open(**container.settings)
    card = await town.person("ada").slash("pictures", "imagine", prompt="a heron").message()
    await town.until_asked("status")
    town.bot.terminate()
    async with asyncio.timeout(ENDS_WITHIN_SECONDS):
        await town.bot.wait()
    assert town.bot.ending == "exit code 0"
    await town.restart()
    await town.until_picture(card)
    assert len(town.bills) == 1


async def test_the_health_check_passes_while_the_bot_is_well(container: Container) -> None:
    town = container.town
    await town.open(**container.settings)
    await town.until_healthy()
    how, *check = container.image.config["Healthcheck"]["Test"]
    assert how == "CMD"
    port = str(town.ops_port)
    assert await container.execute(*check, OPS_PORT=port) == (0, "")
    nobody = f"http://127.0.0.1:{free_port()}"
    assert await container.execute(*check, OPS_PORT=port, http_proxy=nobody) == (0, "")
    await town.bot.stop()
    code, _ = await container.run(*check, OPS_PORT=port)
    assert code != 0, "nothing answers any more"


async def test_check_passes_before_the_first_start(container: Container) -> None:
    code, said = await container.run("python", "-m", "bot", "check", BUDGET_MONTHLY_USD="25")
    assert code == 0, said
    assert "FIX " not in said


async def test_only_data_and_tmp_can_be_written(container: Container) -> None:
    code, said = await container.run("python", "-c", WRITES)
    assert code == 0, said
    found = ast.literal_eval(said)
    assert [place for place, problem in found.items() if not problem] == ["/data", "/tmp"]  # noqa: S108  the one in there
    assert {problem for problem in found.values() if problem} == {"EROFS"}


async def test_the_image_holds_no_sandbox_and_says_where_to_get_it(container: Container) -> None:
    assert sorted(path.name for path in (container.image.root / "app").iterdir()) == ["bot"]
    code, said = await container.run("python", "-m", "bot", "sandbox")
    assert code not in (0, None)
    assert len(said.splitlines()) == 1
    assert "make sandbox" in said
    for module in ("sandbox", "standins", "tests", "pip", "setuptools"):
        code, said = await container.run("python", "-c", f"import {module}")
        assert (code, said.splitlines()[-1]) == (1, f"ModuleNotFoundError: No module named '{module}'")


async def test_all_that_the_bot_imports_is_compiled_already(container: Container) -> None:
    """A read-only root cannot keep what Python compiles, so each start would compile all of it again."""
    code, said = await container.run("python", "-c", NOT_COMPILED)
    assert (code, said) == (0, "[]\n")


async def test_the_image_knows_the_numbers_and_dates_of_every_language(container: Container) -> None:
    code, said = await container.run("python", "-c", FORMATS)
    assert (code, said.splitlines()) == (0, list(LANGUAGES))


def test_the_image_is_small(image: Image, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nThe image has {image.bytes_above_base / 1e6:.0f} MB above its base.")  # noqa: T201  for the log of CI
    assert image.bytes_above_base < MOST_BYTES_ABOVE_BASE
