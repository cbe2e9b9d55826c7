from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.simulation.shrink import shrink


@given(st.sets(st.integers(0, 30), max_size=5))
def test_what_is_needed_is_all_that_is_left(needed: set[int]) -> None:
    def fails(numbers: Sequence[int]) -> bool:
        return needed <= set(numbers)

    assert shrink(range(31), fails, most=10_000) == sorted(needed)


def test_the_order_is_kept() -> None:
    assert shrink("abcdef", lambda part: "".join(part).find("f") > "".join(part).find("b") >= 0, most=100) == ["b", "f"]


@pytest.mark.parametrize("most", [0, 1, 5])
def test_it_asks_so_often_at_the_most_and_what_it_returns_fails(most: int) -> None:
    asked: list[Sequence[int]] = []

    def fails(numbers: Sequence[int]) -> bool:
        asked.append(numbers)
        return {3, 17, 29} <= set(numbers)

    assert {3, 17, 29} <= set(shrink(range(31), fails, most=most))
    assert len(asked) == most
