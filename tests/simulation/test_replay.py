from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.errors import InputError
from crowdbroker.simulation.replay import Recording, from_worker_id, plan_replay, to_worker_id

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: len(name.encode()) <= 39)


@given(NAMES)
def test_a_worker_id_is_legal_and_maps_back(name: str) -> None:
    worker_id = to_worker_id(name)
    assert re.fullmatch(r"A[A-Z0-9]{1,63}", worker_id)
    assert from_worker_id(worker_id) == name


@pytest.mark.parametrize("name", ["", "x" * 40, "é" * 20])
def test_a_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be a WorkerId"):
        to_worker_id(name)


def recording(rows: list[tuple[str, str, str]]) -> Recording:
    return Recording.from_rows(iter(rows))


def test_the_first_answer_of_a_worker_to_a_task_is_kept_and_others_are_counted() -> None:
    found = recording([("t", "a", "x"), ("t", "b", "y"), ("t", "a", "y"), ("u", "a", "y"), ("t", "a", "x")])
    assert found.answers == {"t": {"a": "x", "b": "y"}, "u": {"a": "y"}}
    assert found.repeats == 2
    assert found.workers == ["a", "b"]
    assert found.labels == ["x", "y"]


def test_items_with_the_same_workers_share_a_hit_and_all_others_go_alone() -> None:
    rows = [(f"t{n}", who, "x") for n in range(45) for who in "abc"] + [("single", "a", "x"), ("pair", "a", "x")]
    rows += [("pair", "z", "x")]
    plans = plan_replay(recording(rows), {}, seed=0)
    assert [(len(plan.items), plan.max_assignments) for plan in plans] == [(20, 3), (20, 3), (5, 3), (1, 1), (1, 2)]
    assert [item.key for plan in plans for item in plan.items] == [*(f"t{n}" for n in range(45)), "single", "pair"]


def test_a_tenth_of_the_known_items_is_gold_where_it_stands_and_follows_the_seed() -> None:
    rows = [(f"t{n}", who, "x") for n in range(50) for who in "ab"]
    truth = {f"t{n}": "x" for n in range(40)}

    def gold(seed: int) -> set[str]:
        plans = plan_replay(recording(rows), truth, seed=seed)
        assert sum(len(plan.items) for plan in plans) == 50
        return {item.key for plan in plans for item in plan.items if item.is_gold}

    assert len(gold(0)) == 4
    assert gold(0) <= truth.keys()
    assert gold(0) == gold(0)
    assert gold(0) != gold(1)
