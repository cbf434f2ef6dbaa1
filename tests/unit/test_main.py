"""The command line as an operator meets it: help, and one line instead of a traceback."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import pytest

from bot.__main__ import main

CHECKOUT = Path(__file__).parents[2]


def bot(
    cwd: Path,
    *arguments: str,
    stdout: TextIO | int = subprocess.PIPE,
    through: Sequence[str] = (),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*through, sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)} | environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


def ended_with(arguments: list[str]) -> str | int | None:
    """The code with which argparse ends the program."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


@pytest.mark.parametrize("command", ["run", "sandbox", "check", "migrate", "backup"])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, usage in (
        ([command, "--help"], f"usage: python -m bot {command} "),
        (["--help"], "usage: python -m bot [-h] COMMAND"),
    ):
        assert ended_with(arguments) == 0
        said = capsys.readouterr().out
        assert said.startswith(usage)
        assert command in said


def test_an_installation_without_the_sandbox_says_where_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "bot").symlink_to(CHECKOUT / "bot")
    done = bot(tmp_path, "sandbox", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        (
            "The sandbox is not part of this installation. "
            "Clone the repository and run `make sandbox` (or `python -m sandbox`) there."
        )
    ]


def test_bad_values_are_lines_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPS_PORT=many\nDISCORD_TOKEN='hunter2 hunter2'\n")
    done = bot(tmp_path, "migrate")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        (
            "DISCORD_TOKEN cannot be used. Set it to the value that you were given: plain letters, digits "
            "and signs, without spaces, typographic quotes or invisible characters."
        ),
        "OPS_PORT cannot be used ('many'). Set it to a port number from 0 to 65535.",
    ]


def test_without_settings_the_bot_says_what_it_needs(tmp_path: Path) -> None:
    done = bot(tmp_path, "run")
    assert done.returncode == 1
    token, key = done.stderr.splitlines()
    assert token.startswith("DISCORD_TOKEN is not set: get it from the Discord developer portal")
    assert key == "SEGMIND_API_KEY is not set: get it from your Segmind account, and put it into .env"
    assert list(tmp_path.iterdir()) == []


def test_output_that_nobody_reads_any_more_is_no_traceback(tmp_path: Path) -> None:
    """As in `python -m bot servers | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as output:
        done = bot(tmp_path, "check", stdout=output)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_command_works_with_all_its_streams_closed(tmp_path: Path) -> None:
    """As some supervisors start it."""
    done = bot(tmp_path, "migrate", through=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"])
    assert done.returncode == 0
    assert (tmp_path / "data" / "bot.sqlite3").exists()


def test_the_file_with_settings_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPS_PORT=many\n")
    (tmp_path / "other.env").write_text("LOG_LEVEL=loud\n")
    done = bot(tmp_path, "migrate", "--env-file", "other.env")
    assert done.stderr.startswith("LOG_LEVEL cannot be used")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["backup"], "required: PATH"),
        (["block", "@ada"], "must be an id of Discord's"),
        (["leave", "-5"], "must be an id of Discord's"),
        (["migrate", "--env-file", "none.env"], "there is no file none.env"),
        (["sandbox", "--port", "70000"], "from 0 to 65535"),
        (["sandbox", "--port", "x"], "invalid port value: 'x'"),
        (["sandbox", "--speed", "0"], "more than 0"),
        (["sandbox", "--speed", "nan"], "more than 0"),
        (["sandbox", "--provider", "other"], "invalid choice: 'other'"),
    ],
)
def test_wrong_arguments_are_explained(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended_with(arguments) == 2
    assert reason in capsys.readouterr().err.splitlines()[-1]


def test_the_program_ends_with_the_code_of_its_command(tmp_path: Path) -> None:
    assert bot(tmp_path, "--help").returncode == 0
    assert bot(tmp_path, "fly").returncode == 2
