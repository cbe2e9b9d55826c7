"""Moments: aware datetimes outside, whole epoch milliseconds in the database, epoch seconds on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND_MS = 1000
DAY_MS = 86_400 * SECOND_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND


def epoch_ms(moment: datetime) -> int:
    """Return the whole epoch milliseconds of an aware moment, exactly, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the aware UTC moment of epoch milliseconds, the last one of the calendar for what is beyond it."""
    return _EPOCH + min(milliseconds, _LAST_MS) * _MILLISECOND


def maybe_from_ms(milliseconds: int | None) -> datetime | None:
    """Return the aware UTC moment of epoch milliseconds, None for None."""
    return None if milliseconds is None else from_ms(milliseconds)


def wire_seconds(milliseconds: int) -> float:
    """Return the epoch seconds that a wire timestamp carries."""
    return milliseconds / SECOND_MS
