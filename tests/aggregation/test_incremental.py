"""An update is nearly a fit of all votes from the beginning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.incremental import Incremental
from crowdbroker.aggregation.votes import Votes
from crowdbroker.formats.votes_csv import read_votes

Triple = tuple[Any, Any, Any]
MakeCrowd = Callable[..., tuple[list[Triple], dict[object, object]]]


def distances(running: Incremental, cold: DawidSkene, votes: Votes) -> np.ndarray:
    """Return how far the posteriors of each item are apart."""
    order = [running.votes_.items.place(item) for item in votes.items]
    return np.abs(running.posterior_[order] - cold.posterior_).max(axis=1)


@pytest.mark.parametrize(("refresh", "within"), [(0, 0.06), (1, 0.02), (3, 0.02)])
@pytest.mark.parametrize("start", ["weighted", "shares"])
def test_one_percent_more_votes_give_nearly_a_cold_fit(
    crowd: MakeCrowd, votes_of: Callable[..., Votes], refresh: int, within: float, start: Any
) -> None:
    triples = crowd(items=1000)[0]
    np.random.default_rng(1).shuffle(triples)
    known, new = triples[:-50], triples[-50:]
    running = Incremental(DawidSkene(start=start), refresh=refresh).fit(votes_of(known, label_set="abc"))
    running.add(*zip(*new, strict=True))
    votes = votes_of(triples, label_set="abc")
    cold = DawidSkene(start=start).fit(votes)
    apart = distances(running, cold, votes)
    assert np.quantile(apart, 0.99) < within
    sure = cold.posterior_.max(axis=1) > 0.55
    assert all(running.labels_[item] == label for item, label in cold.labels_.items() if sure[votes.items.place(item)])


def test_ten_updates_do_not_drift(crowd: MakeCrowd, votes_of: Callable[..., Votes]) -> None:
    triples, truth = crowd(items=400)
    np.random.default_rng(2).shuffle(triples)
    gold = dict(list(truth.items())[:20])
    running = Incremental().fit(votes_of(triples[:1000], label_set="abc"), gold)
    for begin in range(1000, 2000, 100):
        running.add(*zip(*triples[begin : begin + 100], strict=True))
    votes = votes_of(triples, label_set="abc")
    apart = distances(running, DawidSkene().fit(votes, gold), votes)
    assert np.quantile(apart, 0.99) < 0.03
    assert all(running.labels_[item] == label for item, label in gold.items())


def test_only_items_with_new_votes_are_touched(crowd: MakeCrowd, votes_of: Callable[..., Votes]) -> None:
    triples = crowd(items=50)[0]
    running = Incremental(refresh=0).fit(votes_of(triples))
    before = running.posterior_.copy()
    running.add(["i3", "i3", "new"], ["w9", "w0", "w9"], ["a", "a", "b"])
    assert running.touched_ == 2
    assert running.votes_.repeats == 1
    assert running.labels_["new"] == "b"
    others = [place for place, item in enumerate(running.votes_.items) if item not in ("i3", "new")]
    np.testing.assert_array_equal(running.posterior_[others], before[others])


def test_nothing_new_changes_nothing(crowd: MakeCrowd, votes_of: Callable[..., Votes]) -> None:
    triples = crowd(items=50)[0]
    running = Incremental().fit(votes_of(triples))
    before = running.posterior_.copy()
    running.add(*zip(*triples[:9], strict=True))
    assert running.touched_ == 0
    np.testing.assert_array_equal(running.posterior_, before)


def test_a_label_that_is_new_is_refused(crowd: MakeCrowd, votes_of: Callable[..., Votes]) -> None:
    with pytest.raises(UnknownLabel):
        Incremental().fit(votes_of(crowd(items=9)[0])).add(["i1"], ["w7"], ["zebra"])


@pytest.mark.parametrize("name", ["rte", "dog", "cf_amt", "d_product", "labelme"])
def test_recorded_crowds_agree_too(recorded: Callable[[str], Path], name: str) -> None:
    columns = read_votes(recorded(name) / "answers.csv")
    rows = np.array([columns.tasks, columns.workers, columns.labels])
    labels = sorted(set(columns.labels))
    rows = rows[:, np.random.default_rng(0).permutation(rows.shape[1])]
    cut = rows.shape[1] * 99 // 100
    votes = Votes.from_columns(*rows, label_set=labels)
    running = Incremental().fit(Votes.from_columns(*rows[:, :cut], label_set=labels)).add(*rows[:, cut:])
    cold = DawidSkene().fit(votes)
    apart = distances(running, cold, votes)
    assert np.quantile(apart, 0.99) < 0.03
