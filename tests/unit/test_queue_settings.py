"""A queue that cannot be is refused in one line, and without one, nothing of it is loaded."""

import subprocess
import sys

import pytest

from bot import factories
from bot.domain.errors import OperatorError
from bot.settings import load_settings

FERNET_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SERVER = "postgresql://bot@127.0.0.1/bot"

#: The bot, where nothing can import procrastinate.
WITHOUT = """
import sys
from bot import app, factories
from bot.domain.errors import OperatorError
from bot.settings import load_settings
assert "procrastinate" not in sys.modules
sys.modules["procrastinate"] = None
try:
    factories.queue_module(load_settings(None))
except OperatorError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({}, "needs PostgreSQL"),
        ({"DATABASE_URL": "sqlite:///bot.sqlite3", "SECRET_KEY": FERNET_KEY}, "needs PostgreSQL"),
        ({"DATABASE_URL": SERVER}, "needs SECRET_KEY"),
    ],
)
def test_a_queue_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], advice: str
) -> None:
    for name, value in {"QUEUE": "procrastinate", **settings}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OperatorError, match=advice) as refused:
        factories.queue_module(load_settings(None))
    assert "\n" not in str(refused.value)


def test_without_its_packages_it_is_refused_and_they_are_loaded_for_nobody_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env={"QUEUE": "procrastinate", "DATABASE_URL": SERVER, "SECRET_KEY": FERNET_KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (line,) = done.stdout.splitlines()
    assert "requirements-queue.lock" in line
