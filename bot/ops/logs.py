"""The set-up of logging: one stream for our lines and those of all libraries, without secrets.

Write lines with `structlog.stdlib.get_logger(__name__)`; bind what a task works on (`job=…`) with
`structlog.contextvars.bound_contextvars`, so that each line below it carries it.
"""

import logging
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.ops.secrets import without_secrets
from bot.ops.visible import visible, visible_lines

#: Libraries whose INFO lines do not help an operator.
QUIET_LIBRARIES = ("alembic", "sqlalchemy")

#: Loggers whose lines below INFO are written. Others, such as discord.py, would log what members say.
DEBUGGED = ("bot", "asyncio", "aiohttp")

#: Values that have several lines.
_WITH_LINES = ("exception", "stack")

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(
    line_format: Literal["text", "json"] = "text", level: str = "INFO", stream: TextIO | None = None
) -> None:
    """Send all logs of the process to `stream` (stderr), as text for people or as a JSON object a line."""
    stream = stream or sys.stderr
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                *([] if line_format == "json" else [_harmless_values]),
                _renderer(line_format, with_colors=stream.isatty()),
                *([_harmless_json] if line_format == "json" else []),
                _conceal_secrets,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(logging.getLevelName(level), logging.INFO), force=True)
    for name in DEBUGGED:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        # With methods that do nothing below the level.
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_unhandled
    threading.excepthook = _log_unhandled_in_thread


def leave_out_libraries() -> None:
    """Hide the log lines of libraries, for a command that reports the same problems itself."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(logging.Filter("bot"))


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is logging's
        """Report a line that could not be written. The method of the base class would print its secrets."""
        with suppress(OSError, ValueError):
            self.stream.write(f"a line of {record.name} could not be written\n")


def _harmless_values(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    return {name: _harmless(name, value) for name, value in line.items()}


def _harmless(name: str, value: object) -> object:
    if name in _WITH_LINES and isinstance(value, str):
        return visible_lines(value)
    if isinstance(value, str):
        return visible(value)
    shown = repr(value)
    return value if shown.isprintable() else visible(shown)


def _harmless_json(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    return visible(str(line))


def _renderer(line_format: Literal["text", "json"], *, with_colors: bool) -> Processor:
    if line_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=with_colors, pad_event_to=0)


def _conceal_secrets(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    """Remove secrets, as the last step, when the line is text: the repr of an object may contain a secret."""
    return without_secrets(str(line))


def _log_unhandled(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    structlog.stdlib.get_logger(__name__).critical("unhandled exception", exc_info=(kind, error, traceback))


def _log_unhandled_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_unhandled(args.exc_type, args.exc_value, args.exc_traceback)
