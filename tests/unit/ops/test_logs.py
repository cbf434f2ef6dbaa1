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


def test_at_debug_libraries_that_write_down_what_members_say_are_left_out() -> None:
    stream = configured(level="DEBUG")
    logging.getLogger("discord.gateway").debug("a member's words")
    structlog.stdlib.get_logger("bot.worker").debug("ours")
    logging.getLogger("discord.gateway").info("connected")
    assert [line["event"] for line in json_lines(stream)] == ["ours", "connected"]


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


#: A forged line, a cursor that goes up, C1 controls, a writing direction, half a character, and more.
HOSTILE = (
    "x\n2026-01-01T00:00:00Z [info] paid\r\x1b[2K\x1b[1A\x9b2J\u202etxt.exe\u200b\u2028\x85\ud83d\U000e0041"
)


class Hostile:
    def __repr__(self) -> str:
        return HOSTILE


def log_everywhere(text: str) -> None:
    log = structlog.stdlib.get_logger("bot")
    log.info(text, value=text, nested=[{text: text}], holder=Hostile())
    logging.getLogger("discord").info("%s %r", text, Hostile())
    try:
        int(text)
    except ValueError as error:
        error.add_note(text)
        log.exception("failed")


def written(line_format: str) -> str:
    """As to a file, in UTF-8."""
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, "utf-8", write_through=True)
    logs.configure("json" if line_format == "json" else "text", "INFO", stream)
    log_everywhere(HOSTILE)
    return out.getvalue().decode()


def test_in_json_nothing_that_somebody_wrote_breaks_a_line() -> None:
    lines = written("json").split("\n")
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)
    event = json.loads(lines[0])
    assert event["event"] == event["value"] == HOSTILE
    assert HOSTILE in json.loads(lines[2])["exception"]


def test_in_text_nothing_that_somebody_wrote_begins_a_line_or_moves_the_cursor() -> None:
    lines = written("text").rstrip("\n").split("\n")
    assert all(line.isprintable() for line in lines)
    begun = [line for line in lines if not line.startswith("  ")]
    assert len(begun) == 3
    assert r"x\n2026-01-01T00:00:00Z [info] paid\r\u001b[2K" in begun[0]


def test_a_line_that_cannot_be_written_shows_nothing_of_itself(capfd: pytest.CaptureFixture[str]) -> None:
    conceal(SECRET)
    stream = configured()
    logging.getLogger("library").warning("%d", SECRET)
    assert stream.getvalue() == "a line of library could not be written\n"
    assert SECRET not in "".join(capfd.readouterr())


def test_a_secret_with_invisible_characters_is_concealed() -> None:
    for line_format in ("text", "json"):
        conceal("in\u200bvi\\si\u202eble")
        stream = configured(line_format)
        structlog.stdlib.get_logger("bot").info("in\u200bvi\\si\u202eble")
        assert "ble" not in stream.getvalue()
