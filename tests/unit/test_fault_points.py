"""Fault points do nothing unless the environment asks, and then exactly what it asks for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.fault_points import Point

ROOT = Path(__file__).parents[2]
PASSES = """
from bot.fault_points import Point, reach
for number in range(3):
    reach(Point.EDIT_BEFORE)
    reach(Point.SUBMIT_BEFORE)
    print(number, flush=True)
"""


def started(**environment: str) -> "subprocess.Popen[str]":
    settings = {"PATH": os.environ["PATH"], **environment}
    return subprocess.Popen(
        [sys.executable, "-c", PASSES],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_unasked_nothing_happens() -> None:
    said, _ = started().communicate(timeout=30)
    assert said.split() == ["0", "1", "2"]


def test_the_process_is_killed_at_the_passing_that_was_asked_for() -> None:
    process = started(FAULT_POINT="submit.before:2")
    said, _ = process.communicate(timeout=30)
    assert said.split() == ["0"]
    assert process.returncode == -signal.SIGKILL


def test_the_process_can_be_stopped_instead_and_goes_on_from_there() -> None:
    process = started(FAULT_POINT="submit.before", FAULT_SIGNAL="SIGSTOP")
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    process.send_signal(signal.SIGCONT)
    said, _ = process.communicate(timeout=30)
    assert said.split() == ["0", "1", "2"]


def test_instead_of_an_end_there_can_be_a_wait_from_then_on() -> None:
    process = started(FAULT_POINT="submit.before:2", FAULT_SECONDS="0.4")
    assert process.stdout is not None
    times = [time.monotonic() for _ in process.stdout]
    process.communicate(timeout=30)
    assert times[1] - times[0] > 0.3
    assert times[2] - times[1] > 0.3


def test_a_misspelt_name_is_no_silent_success() -> None:
    process = started(FAULT_POINT="submit.befroe")
    _, complained = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "submit.befroe" in complained


def test_names_say_where_and_when() -> None:
    assert [name for name in Point if name.count(".") != 1] == []
