"""Durations in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.domain.durations import in_words, seconds


@pytest.mark.parametrize(
    ("words", "expected"),
    [("45s", 45), ("30m", 1800), ("1h", 3600), ("3d", 259200), ("2w", 1209600), ("1h 30m", 5400), ("1h30m", 5400)],
)
def test_words_become_seconds(words: str, expected: int) -> None:
    assert seconds(words) == expected


def test_a_whole_number_counts_as_seconds() -> None:
    assert seconds(90) == 90


@pytest.mark.parametrize(
    "words", ["", " ", "h", "1", "1 hour", "1h and 5m", "5 5h", "-1h", "1.5h", "1H", True, 1.5, None]
)
def test_other_words_are_refused(words: object) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [(5400, "1 h 30 min"), (0, "0 s"), (59.6, "1 min"), (86400, "1 d"), (90061, "1 d 1 h"), (-5, "0 s")],
)
def test_people_read_the_two_largest_units(duration_s: float, words: str) -> None:
    assert in_words(duration_s) == words


@given(st.integers(0, 10**7))
def test_words_for_people_never_say_too_much_or_lose_more_than_their_smallest_unit(duration_s: int) -> None:
    parts = in_words(duration_s).replace("min", "m").split()
    said = [
        int(number) * {"d": 86400, "h": 3600, "m": 60, "s": 1}[unit]
        for number, unit in zip(parts[::2], parts[1::2], strict=True)
    ]
    assert len(said) <= 2
    assert 0 <= duration_s - sum(said) < (3600 if duration_s >= 3600 else 60)
