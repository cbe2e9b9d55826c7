"""How shares, durations and moments are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crowdbroker.review import words

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (None, 0, "\u2013"),
        (0.0, 0, "0%"),
        (1.0, 1, "100.0%"),
        (0.9999, 1, "over 99.9%"),
        (0.0001, 1, "under 0.1%"),
        (0.999, 0, "over 99%"),
        (0.004, 0, "under 1%"),
        (0.634, 0, "63%"),
        (0.6349, 1, "63.5%"),
    ],
)
def test_what_is_not_all_is_never_rounded_to_all(share: float | None, digits: int, said: str) -> None:
    assert words.percent(share, digits) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (5400, "1 hour 30 minutes"),
        (90_000, "1 day 1 hour"),
        (86_430, "1 day"),
        (-5, "0 seconds"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (-59, "just now"),
        (30, "in less than a minute"),
        (3_700, "in 1 hour 1 minute"),
        (-90, "2 minutes ago"),
        (-7_200, "2 hours ago"),
        (-90_000, "1 day ago"),
    ],
)
def test_what_is_to_come_is_told_to_the_minute(seconds: float, said: str) -> None:
    assert words.relative(NOW + timedelta(seconds=seconds), NOW) == said
