"""What an hour pays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.domain.wage import wage


def test_the_reward_of_a_hit_over_the_time_of_its_items() -> None:
    found = wage(5, 4, 9.0)
    assert (found.hourly_cents, found.seconds_per_item, found.measured) == (500, 9.0, 0)
    assert wage(5, 4, 9.0, measured=12).measured == 12


def test_a_wage_is_rounded_down_and_may_be_nothing() -> None:
    assert wage(1, 7, 11).hourly_cents == 46
    assert wage(0, 5, 10).hourly_cents == 0


@given(reward=st.integers(0, 10**6), items=st.integers(1, 150), seconds=st.floats(0.1, 86400))
def test_more_items_never_pay_more_an_hour(reward: int, items: int, seconds: float) -> None:
    assert wage(reward, items + 1, seconds).hourly_cents <= wage(reward, items, seconds).hourly_cents
