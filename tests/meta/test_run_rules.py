"""The rules that hold for every test run: loopback only, and in CI nothing is skipped."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.unknown_settings import unknown_settings
from tests.meta.checkout import ROOT, python_files

ONE_PASSES_ONE_IS_SKIPPED = """
import pytest

def test_passes():
    pass

def test_skipped():
    pytest.skip("nothing to do it with")
"""

IN_ONE_OR_SEVERAL_PROCESSES = [pytest.param([], id="one"), pytest.param(["-n", "2"], id="several")]


def run_pytest(
    folder: Path, source: str, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    (folder / "test_example.py").write_text(source)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-o",
            "asyncio_mode=auto",
            "-W",
            "ignore",
            *options,
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("options", IN_ONE_OR_SEVERAL_PROCESSES)
def test_in_ci_a_skipped_test_fails_the_run_and_is_named(tmp_path: Path, options: list[str]) -> None:
    done = run_pytest(tmp_path, ONE_PASSES_ONE_IS_SKIPPED, *options, CI="true")
    assert done.returncode == 1
    assert "skipped, which CI counts as failed" in done.stdout
    assert "test_example.py::test_skipped" in done.stdout


@pytest.mark.parametrize("options", IN_ONE_OR_SEVERAL_PROCESSES)
def test_in_ci_a_skipped_file_fails_the_run(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "test_other.py").write_text("import pytest\npytest.skip('why', allow_module_level=True)\n")
    done = run_pytest(tmp_path, "def test_passes():\n    pass\n", *options, CI="true")
    assert done.returncode == 1
    assert "test_other.py" in done.stdout


def test_elsewhere_a_test_may_be_skipped(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, ONE_PASSES_ONE_IS_SKIPPED, CI="").returncode == 0


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as other, pytest.raises(PermissionError, match="stay on this machine"):
        other.connect(("192.0.2.1", 80))  # reserved for documentation: nobody is there


def test_another_address_of_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.2", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())


READ_BY_TESTS = re.compile(r'os\.environ(?:\.get\(|\[)"([A-Z_]+)"')


def test_what_tests_are_told_by_the_environment_is_taken_for_no_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bot warns about names that look like its own."""
    read = [
        name
        for path in python_files("tests", "benchmarks")
        for name in READ_BY_TESTS.findall(path.read_text("utf-8"))
    ]
    assert {"TEST_DISCORD_OPENAPI", "TEST_POSTGRES_URL"} <= set(read)
    before = unknown_settings(env_file=None)
    for name in read:
        monkeypatch.setenv(name, "x")
    assert unknown_settings(env_file=None) == before
