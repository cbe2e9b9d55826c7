"""Items in HITs, gold among them."""

from __future__ import annotations

from collections import Counter

import pytest
from factories import some_gold, some_items
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.domain.budget import quote
from crowdbroker.domain.model import HITPlan
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import expected_gold_per_worker, plan_hits
from crowdbroker.errors import InputError


@st.composite
def plans(draw: st.DrawFn) -> tuple[int, int, int, list[HITPlan]]:
    """Number of Items, of gold Items and of gold in a HIT, and the plan."""
    count = draw(st.integers(0, 60))
    gold = draw(st.integers(0, 12))
    per_hit = draw(st.integers(0, gold))
    size = draw(st.integers(1, 9))
    made = plan_hits(
        some_items(count),
        some_gold(gold),
        items_per_hit=size,
        gold_per_hit=per_hit,
        overlap=draw(st.integers(1, 20)),
        seed=draw(st.integers()),
    )
    assert len(made) == -(-count // size)
    return count, gold, per_hit, made


@given(plans())
def test_every_item_stands_in_exactly_one_hit(drawn: tuple[int, int, int, list[HITPlan]]) -> None:
    count, _, _, made = drawn
    keys = [item.key for plan in made for item in plan.items if not item.is_gold]
    assert sorted(keys) == sorted(item.key for item in some_items(count))


@given(plans())
def test_gold_stands_at_most_once_in_a_hit_and_is_used_evenly(drawn: tuple[int, int, int, list[HITPlan]]) -> None:
    _, gold, per_hit, made = drawn
    used: Counter[str] = Counter({item.key: 0 for item in some_gold(gold)})
    for plan in made:
        keys = [item.key for item in plan.items if item.is_gold]
        assert len(keys) == len(set(keys)) == per_hit
        used.update(keys)
    assert max(used.values(), default=0) - min(used.values(), default=0) <= 1


def _plan(seed: int) -> list[HITPlan]:
    return plan_hits(some_items(40), some_gold(8), items_per_hit=5, gold_per_hit=2, overlap=3, seed=seed)


def test_the_same_seed_gives_the_same_plan_and_another_one_another() -> None:
    assert _plan(1) == _plan(1)
    assert _plan(1) != _plan(2)


def test_gold_has_no_place_of_its_own_in_a_hit() -> None:
    places = {position for plan in _plan(1) for position, item in enumerate(plan.items) if item.is_gold}
    assert len(places) > 3


def test_too_little_gold_is_refused_with_a_remedy() -> None:
    with pytest.raises(InputError, match=r"takes 3 gold Items and there are 2[\s\S]*--gold"):
        plan_hits(some_items(5), some_gold(2), items_per_hit=5, gold_per_hit=3, overlap=1, seed=0)


def test_a_quote_is_the_worst_case() -> None:
    found = quote(_plan(1), reward_cents=5, tariff=Tariff())
    assert (found.hits, found.assignments, found.answers, found.gold_answers) == (8, 24, 24 * 7, 24 * 2)
    assert (found.rewards_cents, found.fees_cents, found.total_cents) == (120, 24, 144)
    assert found.gold_cents == 144 * 2 // 7


def test_a_quote_of_nothing_is_nothing() -> None:
    found = quote([], reward_cents=5, tariff=Tariff())
    assert (found.total_cents, found.gold_cents) == (0, 0)


@given(plans(), st.integers(0, 500))
def test_a_quote_counts_the_step_at_ten_places_hit_by_hit(
    drawn: tuple[int, int, int, list[HITPlan]], reward_cents: int
) -> None:
    made = drawn[3]
    each = [
        plan.max_assignments * (reward_cents + Tariff().reward_fee(reward_cents, places=plan.max_assignments))
        for plan in made
    ]
    assert quote(made, reward_cents=reward_cents, tariff=Tariff()).total_cents == sum(each)


def test_the_gold_that_a_worker_can_expect_is_bounded_by_what_there_is() -> None:
    some = {"gold_per_hit": 1, "gold": 8, "overlap": 3}
    assert expected_gold_per_worker(20, workers=10, **some) == 6.0
    assert expected_gold_per_worker(2000, workers=10, **some) == 8.0
    assert expected_gold_per_worker(3, workers=1, **some) == 3.0
    assert expected_gold_per_worker(20, workers=0, **some) == 0.0
