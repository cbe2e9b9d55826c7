from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crowdbroker.marketplace.site import words

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("cents", "text"), [(0, "$0.00"), (5, "$0.05"), (123_456, "$1,234.56")])
def test_money_is_dollars_and_cents(cents, text):
    assert words.money(cents) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (90, "1 minute 30 seconds"),
        (1800, "30 minutes"),
        (5400, "1 hour 30 minutes"),
        (3601, "1 hour"),
        (90_000, "1 day 1 hour"),
        (259_200, "3 days"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-29, "just now"),
        (-60, "1 minute ago"),
        (20, "in less than a minute"),
        (60, "in 1 minute"),
        (1799.6, "in 30 minutes"),
        (3599, "in 1 hour"),
        (3000, "in 50 minutes"),
        (5000, "in 1 hour 23 minutes"),
        (-7200, "2 hours ago"),
        (-90_000, "1 day ago"),
        (259_199, "in 3 days"),
    ],
)
def test_a_moment_is_told_from_now(seconds, text):
    assert words.relative(NOW + timedelta(seconds=seconds), NOW) == text


def test_the_exact_moment_names_its_time_zone():
    assert words.absolute(NOW) == "2026-11-24 09:00 UTC"
