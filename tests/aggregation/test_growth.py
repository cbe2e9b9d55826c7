from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.aggregation.growth import grown
from crowdbroker.aggregation.votes import Votes

Row = tuple[int, int, str]
ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from("abc")), min_size=1, max_size=30)


def as_dict(votes: Votes) -> dict[tuple[object, object], object]:
    pairs = zip(votes.items.at(votes.item), votes.workers.at(votes.worker), strict=True)
    return dict(zip(pairs, (votes.labels[code] for code in votes.label.tolist()), strict=True))


@settings(deadline=None)
@given(first=ROWS, second=ROWS)
def test_more_votes_make_the_votes_of_both(votes_of: Callable[..., Votes], first: list[Row], second: list[Row]) -> None:
    one, two, both = (votes_of(rows, label_set="abc") for rows in (first, second, first + second))
    growth = grown(one, two)
    assert as_dict(growth.votes) == as_dict(both)
    assert growth.votes.repeats == both.repeats
    pairs = growth.votes.item.astype(int) * 100 + growth.votes.worker
    assert (np.diff(pairs) > 0).all()
    changed = {item for item, worker in as_dict(both).keys() - as_dict(one).keys()}
    assert set(growth.votes.items.at(growth.touched)) == changed


@settings(deadline=None)
@given(first=ROWS, second=ROWS)
def test_cells_are_those_of_a_new_count(votes_of: Callable[..., Votes], first: list[Row], second: list[Row]) -> None:
    one = votes_of(first, label_set="abc")
    growth = grown(one, votes_of(second, label_set="abc"))
    votes = growth.votes
    fresh = Votes(votes.item, votes.worker, votes.label, votes.items, votes.workers, votes.labels)
    for name in ("worker", "label", "first"):
        np.testing.assert_array_equal(getattr(votes.cells, name), getattr(fresh.cells, name))
    np.testing.assert_array_equal(votes.cell, fresh.cell)
    np.testing.assert_array_equal(votes.cells.worker[growth.cell], one.cells.worker)
    np.testing.assert_array_equal(votes.cells.label[growth.cell], one.cells.label)
