"""Our lines and those of libraries come out in one shape, with what the task is about, without secrets."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.ops import logs
from bot.ops.secrets import conceal

SECRET = "SecretOfTheTests-4711"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    root.handlers[:] = []  # otherwise `configure` would close pytest's own
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def configured(line_format: str = "json", level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    logs.configure("json" if line_format == "json" else "text", level, stream)
    return stream


def test_each_json_line_has_time_level_logger_and_what_was_bound() -> None:
    stream = configured()
    with structlog.contextvars.bound_contextvars(job="j1"):
        structlog.stdlib.get_logger("bot.worker").info("submitted", polls=3)
    (line,) = json_lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "submitted", "level": "info", "logger": "bot.worker", "job": "j1", "polls": 3}


def test_lines_of_libraries_come_out_alike_with_what_was_bound() -> None:
    stream = configured()
    with structlog.contextvars.bound_contextvars(job="j1"):
        logging.getLogger("discord.gateway").warning("Shard ID %s has connected", 7, extra={"code": 4})
    (line,) = json_lines(stream)
    assert (line["event"], line["logger"], line["job"], line["code"]) == (
        "Shard ID 7 has connected",
        "discord.gateway",
        "j1",
        4,
    )


def test_text_lines_are_readable() -> None:
    stream = configured("text")
    structlog.stdlib.get_logger("bot.worker").info("submitted", job="j1")
    line = stream.getvalue()
    assert "submitted" in line
    assert "job=j1" in line
    assert "\x1b" not in line


def test_less_important_lines_than_the_level_are_left_out() -> None:
    stream = configured(level="WARNING")
    structlog.stdlib.get_logger("bot").info("no")
    logging.getLogger("discord").info("no")
    logging.getLogger("discord").warning("yes")
    assert [line["event"] for line in json_lines(stream)] == ["yes"]


class Holder:
    def __repr__(self) -> str:
        return f"<Holder {SECRET}>"


def fail() -> None:
    raise ValueError(f"refused: {SECRET}")


@pytest.mark.parametrize("line_format", ["json", "text"])
def test_no_secret_gets_through_from_us_or_a_library(line_format: str) -> None:
    conceal(SECRET)
    stream = configured(line_format)
    ours, foreign = structlog.stdlib.get_logger("bot"), logging.getLogger("sqlalchemy")
    ours.warning(f"text {SECRET}")
    ours.warning("argument", value=SECRET, nested={"a": [SECRET]}, holder=Holder())
    foreign.warning("formatted %s %r", SECRET, Holder())
    try:
        fail()
    except ValueError:
        ours.exception("ours")
        foreign.exception("foreign")
    assert SECRET not in stream.getvalue()
    assert stream.getvalue().count("ValueError: refused: [concealed]") == 2


def test_an_unhandled_exception_is_a_line_too_without_its_secret() -> None:
    conceal(SECRET)
    stream = configured()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = json_lines(stream)
    assert (line["event"], line["level"]) == ("unhandled exception", "critical")
    assert "refused: [concealed]" in line["exception"]


def test_warnings_of_python_are_lines() -> None:
    stream = configured()
    logging.getLogger("py.warnings").warning("old API")
    assert json_lines(stream)[0]["logger"] == "py.warnings"
