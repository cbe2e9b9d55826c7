"""The server's log: one JSON line an event, on stderr, without secrets and without what workers answered."""

from __future__ import annotations

import re
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

REDACTED = "[redacted]"
_SECRET_NAME = re.compile(r"secret|password|authorization|cookie|signature|answer|token", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"Signature=[0-9a-fA-F]+|Bearer \S+|AWS4-HMAC-SHA256 .*|<QuestionFormAnswers.*|/invite/[^/\s]+", re.DOTALL
)


class _Stderr:
    """Wherever stderr leads at the moment of writing."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def log_to(file: TextIO | None = None) -> FilteringBoundLogger:
    """Return a log that writes to a text file, or to stderr."""
    log: FilteringBoundLogger = structlog.wrap_logger(
        _printer(file), processors=_PROCESSORS, wrapper_class=structlog.make_filtering_bound_logger("info")
    )
    return log


def log_everything() -> None:
    """Have every structlog logger of this process write as ours do; for a process that does nothing but serve."""
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=lambda *_: _printer(None),
    )


def place_of(error: BaseException) -> str:
    """Return where an error was raised, such as `wire.py:91`; what it says may hold what workers answered."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _printer(file: TextIO | None) -> structlog.PrintLogger:
    return structlog.PrintLogger(file or cast("TextIO", _Stderr()))


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Return an event without what nobody may read in a log: by the name of a value, and by what a text looks like."""
    return {name: REDACTED if _SECRET_NAME.search(name) else _without_secrets(value) for name, value in event.items()}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXT.sub(REDACTED, value)
    if isinstance(value, dict):
        return {
            name: REDACTED if _SECRET_NAME.search(str(name)) else _without_secrets(one) for name, one in value.items()
        }
    return [_without_secrets(one) for one in value] if isinstance(value, list | tuple) else value


_PROCESSORS: list[Processor] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    redact,
    structlog.processors.JSONRenderer(),
]
