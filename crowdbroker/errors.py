"""The exceptions that callers can act on.

CrowdbrokerError                 one sentence for a person; exit code 1 unless said otherwise
├── InputError                   a file, row, field or option is wrong; exit 2, nothing was changed
├── SettingsError                the settings are wrong or incomplete; exit 2
├── ThresholdPassed              a limit that the caller asked to watch is passed; exit 3
├── MarketError                  the marketplace did not do what was asked
│   ├── EndpointUnreachable      nobody answers at the endpoint: nothing was sent
│   ├── WrongKeys                the endpoint does not accept the access keys
│   ├── Throttled                refused for its rate, without effect: ask again later
│   ├── Refused                  refused with a code, without effect
│   │   └── InsufficientFunds    the marketplace's account cannot cover it
│   └── OutcomeUnknown           sent, but the reply was lost: look it up, never guess
├── StoreError                   the database could not do it
│   ├── StoreBusy                another process holds the write lock
│   ├── StoreUnusable            missing, unreadable, read-only or of another schema version
│   └── StaleState               a row was no longer in the state that a move starts from
├── IllegalMove                  a lifecycle has no such move
└── OverBudget                   the Batch's available cents do not cover the worst case
"""

from __future__ import annotations

from pathlib import Path


class CrowdbrokerError(Exception):
    """Something a person can be told in one sentence, and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class InputError(CrowdbrokerError):
    """A mistake in a file or an option, with its place.

    Args:
        message: what is wrong, without the place.
        file: the file at fault.
        row: 1-based line of the file at which the row begins (the header is line 1).
        field: the column, setting or option.
        remedy: what to do.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        file: Path | str | None = None,
        row: int | None = None,
        field: str | None = None,
        remedy: str = "",
    ) -> None:
        place = ", ".join(
            part for part in (str(file or ""), f"row {row}" if row else "", f"field {field!r}" if field else "") if part
        )
        super().__init__(f"{place}: {message}" if place else message, remedy=remedy)
        self.file = file
        self.row = row
        self.field = field


class SettingsError(CrowdbrokerError):
    """The settings cannot be used as they are."""

    exit_code = 2


class ThresholdPassed(CrowdbrokerError):
    """A limit that the caller asked to watch is passed."""

    exit_code = 3


class MarketError(CrowdbrokerError):
    """The marketplace did not do what was asked."""


class EndpointUnreachable(MarketError):
    """Nobody answers at the endpoint; nothing was sent."""


class WrongKeys(MarketError):
    """The endpoint does not accept the access keys."""


class Throttled(MarketError):
    """Refused for its rate, without effect."""


class Refused(MarketError):
    """Refused without effect.

    Attributes:
        code: the marketplace's code without its prefix, such as `InvalidAssignmentState`.
    """

    def __init__(self, message: str, *, code: str, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code


class InsufficientFunds(Refused):
    """The marketplace's account cannot cover the call."""


class OutcomeUnknown(MarketError):
    """The call was sent and its reply was lost: it may have happened."""


class StoreError(CrowdbrokerError):
    """The database could not do it."""


class StoreBusy(StoreError):
    """Another process holds the write lock for longer than the busy timeout."""


class StoreUnusable(StoreError):
    """The database is missing, unreadable, read-only or of another schema version."""


class StaleState(StoreError):
    """A row was no longer in the state that the move starts from."""


class IllegalMove(CrowdbrokerError):
    """A lifecycle has no such move."""


class OverBudget(CrowdbrokerError):
    """The Batch's available cents do not cover the worst case of what was asked.

    Attributes:
        needed_cents: the worst case.
        available_cents: what the Batch has left.
    """

    def __init__(self, message: str, *, needed_cents: int, available_cents: int, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.needed_cents = needed_cents
        self.available_cents = available_cents
