"""Logs: lines for people at a terminal, JSON for everything else. No local variables, so nothing secret by accident."""

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

_QUIET: Final = ("engineio", "socketio", "geventwebsocket", "alembic")

_AGAIN_AFTER: Final = 10.0
_MOST_KINDS: Final = 1_000


@dataclass(slots=True)
class _Told:
    at: float
    held_back: int = 0


class Repeats(logging.Filter):
    """Tells a warning at once, and while it repeats every ten seconds, with how many like it were held back.

    Without that a full disk is a line for each message that is sent. Whatever has a traceback is told always.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[tuple[str, str], _Told] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or record.exc_info or not isinstance(record.msg, str):
            return True
        now, what = self._clock(), (record.name, record.msg)
        last = self._told.get(what)
        if last and now - last.at < _AGAIN_AFTER:
            last.held_back += 1
            return False
        if last and last.held_back:
            record.msg += f" ({last.held_back} more like it before)"
        if len(self._told) == _MOST_KINDS:  # of texts that were put together before they were logged
            self._told.clear()
        self._told[what] = _Told(now)
        return True


def set_up_logs(level: str, *, stream_is_terminal: bool | None = None) -> None:
    """Send the logs of Parley and of its libraries to the standard error, one event a line."""
    terminal = sys.stderr.isatty() if stream_is_terminal is None else stream_is_terminal
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.types.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repeats())
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove_meta, *last]))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
