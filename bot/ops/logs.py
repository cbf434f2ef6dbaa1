"""Where log lines go and what they look like: one stream for ours and all libraries', free of secrets.

Write lines with `structlog.stdlib.get_logger(__name__)`; bind what a task works on (`job=…`) with
`structlog.contextvars.bound_contextvars`, so that each line below it carries it.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.ops.secrets import without_secrets

#: Libraries whose INFO lines say nothing to an operator.
QUIET_LIBRARIES = ("alembic", "sqlalchemy")

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
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _renderer(line_format, with_colors=stream.isatty()),
                _conceal_secrets,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
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
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_unhandled
    threading.excepthook = _log_unhandled_in_thread


def _renderer(line_format: Literal["text", "json"], *, with_colors: bool) -> Processor:
    if line_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=with_colors, pad_event_to=0)


def _conceal_secrets(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    """Come last, when the line is text: by then no object hides a secret in its repr."""
    return without_secrets(str(line))


def _log_unhandled(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    structlog.stdlib.get_logger(__name__).critical("unhandled exception", exc_info=(kind, error, traceback))


def _log_unhandled_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_unhandled(args.exc_type, args.exc_value, args.exc_traceback)
