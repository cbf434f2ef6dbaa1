"""What all tests share: what the machine offers, and two rules (loopback only; in CI nothing is skipped)."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests import machine

#: How long an example takes depends on what else this machine does.
hypothesis.settings.register_profile("any machine", deadline=None)
#: For `make fuzz`, which goes on to the next seed after so many.
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=400, print_blob=True)
hypothesis.settings.load_profile("any machine")

SKIPS_ARE_FAILURES = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
#: Their bots need up to sixty sessions of PostgreSQL at once, of the hundred that it usually allows.
ONE_AFTER_THE_OTHER = tuple(f"tests/journeys/test_{name}" for name in ("several", "split", "pgbouncer"))
LOOPBACK = ("127.", "::1", "localhost")

skipped: list[str] = []


def refuse_foreign_hosts(event: str, args: tuple[object, ...]) -> None:
    """Fail whatever connects to another machine: nothing that a test does leaves this one."""
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return
    host = str(args[1][0])
    if not host.startswith(LOOPBACK):
        raise PermissionError(f"a test tried to reach {host}, but tests stay on this machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--writing-seconds",
        type=float,
        default=8.0,
        help="how long two processes write at random to one PostgreSQL database",
    )


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """A file's tests stay together, and so do the journeys of several processes."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ONE_AFTER_THE_OTHER):
            return "journeys of several processes"
        return str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return Scheduling(config, log)


def pytest_configure() -> None:
    sys.addaudithook(refuse_foreign_hosts)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if SKIPS_ARE_FAILURES and skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SKIPS_ARE_FAILURES and skipped:
        terminalreporter.section("skipped, which CI counts as failed")
        for nodeid in skipped:
            terminalreporter.line(nodeid)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium to drive."""
    found = machine.chromium_path()
    if found is None:
        pytest.skip("no Chromium on this machine (install chromium, or set CHROMIUM to its path)")
    return found


@pytest.fixture(scope="session")
def mounts() -> None:
    """Whoever asks for it may give a process mounts of its own."""
    if (reason := machine.why_no_mounts()) is not None:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL (postgresql://…) of an empty database, made for this run and dropped after it."""
    reason = machine.why_no_postgres()
    if reason is not None:
        pytest.skip(reason)
    with machine.fresh_postgres_database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL (sqlite:///…) of a file that does not exist yet, one for each test."""
    return f"sqlite:///{tmp_path / 'bot.sqlite3'}"
