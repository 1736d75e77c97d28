"""Structured logs: one line for each event, JSON or for people, uvicorn's own lines included.

A request writes a line, so a line is rendered by structlog alone, as its documentation recommends for speed. Only the
lines of libraries pass through `logging`. Writing a line to nowhere fails no request: the log may be a full disk or a
closed pipe.
"""

import json
import logging
import sys
from contextlib import suppress
from typing import Any, BinaryIO, cast

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from graph_api.app.tracebacks import traceback_of, write_traceback

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class Lines:
    """Standard error as a file of bytes whose errors are ignored."""

    def write(self, line: Any) -> int:  # noqa: ANN401 - as io's
        """Write a line."""
        with suppress(OSError, ValueError):
            return sys.stderr.buffer.write(line)
        return 0

    def flush(self) -> None:
        """Hand on what was written."""
        with suppress(OSError, ValueError):
            sys.stderr.buffer.flush()


def configure(level: str, *, as_json: bool) -> None:
    """Send every log line of this process to standard error in one format."""
    renderer: list[Processor] = (
        [structlog.processors.ExceptionRenderer(traceback_of), structlog.processors.JSONRenderer(serializer=to_json)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=write_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"  # requests have their own line
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # below that it repeats our lines of websockets
    structlog.configure(
        processors=[*SHARED, *renderer, encoded],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", Lines())),
        cache_logger_on_first_use=True,
    )


def to_json(event: EventDict, **options: Any) -> str:  # noqa: ANN401 - as structlog's
    r"""An event as JSON. What is not JSON is shown as Python does, and unpaired surrogates are escaped.

    >>> to_json({"event": "sent", "item": 1j}, default=str), to_json({"event": chr(0xD800)}, default=str)
    ('{"event":"sent","item":"1j"}', '{"event": "\\ud800"}')
    """
    try:
        return orjson.dumps(event, **options).decode()
    except TypeError:
        return json.dumps(event, **options)


def encoded(_logger: WrappedLogger, _method: str, line: EventDict) -> bytes:
    """A rendered line as bytes."""
    return str(line).encode(errors="backslashreplace")
