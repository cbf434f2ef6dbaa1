"""The bot as its image runs it: nobody's rights, a root that cannot be written, no home."""

import ast
import asyncio
import json
import os
import shlex
from pathlib import Path

import pytest

from tests.journeys.container import UID, confined, why_not_confined
from tests.journeys.town import Town, free_port, text_of
from tests.meta.test_supply_chain import instructions, last_stage

#: What the image leaves to the machine, or a test does.
NOT_OF_THE_IMAGE = {"PATH", "PYTHONDONTWRITEBYTECODE", "OPS_HOST", "OPS_PORT", "LOG_FORMAT"}

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


def environment_of_the_image() -> dict[str, str]:
    words = [word for name, rest in last_stage() if name == "ENV" for word in shlex.split(rest)]
    pairs = dict(word.split("=", 1) for word in words)
    return {name: value for name, value in pairs.items() if name not in NOT_OF_THE_IMAGE}


class Container:
    def __init__(self, town: Town) -> None:
        self.town = town
        self.settings = {"PYTHONPATH": "", **environment_of_the_image()}

    async def run(self, *program: str, **settings: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *confined(self.town.folder, *program),
            env=self.town.environment(**self.settings, **settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out.decode()

    def status(self) -> dict[str, str]:
        """What the kernel says of the bot's process."""
        lines = Path(f"/proc/{self.town.bot.pid}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.fixture
def container(closed_town: Town) -> Container:
    reason = why_not_confined()
    if reason is not None:
        pytest.skip(reason)
    program = ("-m", "sandbox.leash", "run", "--env-file", os.devnull)
    closed_town.command = confined(closed_town.folder, *program)
    return Container(closed_town)


def health_check() -> list[str]:
    (check,) = [rest for name, rest in instructions() if name == "HEALTHCHECK"]
    python, *arguments = json.loads(check[check.index("CMD") + len("CMD") :])
    assert python == "python", "the image has no curl"
    return [str(one) for one in arguments]


async def test_nobody_with_a_read_only_root_makes_pictures_backs_up_and_starts_again(
    container: Container,
) -> None:
    town = container.town
    await town.open(**container.settings)
    status = container.status()
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {str(UID)}
    assert {int(status[one], 16) for one in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"
    assert status["Groups"] == ""

    card = await town.person("ada").slash("pictures", "imagine", prompt="a heron", count=2).message()
    await town.until_picture(card, 2)
    report = await town.person("mia").slash("pictures", "review usage").message()
    await town.until(lambda: "2 pictures" in text_of(report))
    assert report.attachments, "the chart takes a folder for its fonts"
    await town.until_healthy()
    port = str(town.ops_port)
    assert await container.run(*health_check(), OPS_PORT=port) == (0, "")
    nobody = f"http://127.0.0.1:{free_port()}"
    assert await container.run(*health_check(), OPS_PORT=port, http_proxy=nobody) == (0, "")
    code, said = await container.run("-m", "bot", "backup", "/data/copy.sqlite3")
    assert (code, said) == (0, "")
    assert (town.folder / "data" / "copy.sqlite3").read_bytes().startswith(b"SQLite format 3")

    await town.bot.stop()
    assert town.bot.ending == "exit code 0"
    code, said = await container.run(*health_check(), OPS_PORT=port)
    assert code != 0, "nobody answers"
    await town.until(lambda: not town.discord.is_connected)
    await town.restart()
    again = await town.person("ada").press(card, "Again").message()
    await town.until_picture(again)
    files = [path for path in (town.folder / "data").rglob("*") if path.name != "copy.sqlite3"]
    assert {path.stat().st_uid for path in files} == {UID}
    assert "cannot" not in town.log


async def test_only_data_and_tmp_can_be_written(container: Container) -> None:
    code, said = await container.run("-c", WRITES)
    assert code == 0, said
    found = ast.literal_eval(said)
    assert [place for place, problem in found.items() if not problem] == ["/data", "/tmp"]  # noqa: S108  the one in there
    assert {problem for problem in found.values() if problem} == {"EROFS"}
