"""crowd-kit behind our manners; skipped where it is not installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pytest

from crowdbroker.aggregation.compare import compare
from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.outcome import aggregated
from crowdbroker.aggregation.peers import Peer, pairs, segments, texts
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError
from crowdbroker.reports.aggregated.document import summary_of

pytestmark = pytest.mark.skipif(find_spec("crowdkit") is None, reason="crowd-kit is not installed")
MakeVotes = Callable[..., Votes]


@pytest.mark.parametrize(("name", "options"), [("GLAD", {"n_iter": 5}), ("MACE", {"n_iter": 5, "n_restarts": 2})])
def test_a_peer_labels_what_most_good_workers_said(
    crowd: Callable, votes_of: MakeVotes, name: str, options: dict
) -> None:
    triples, truth = crowd(items=20, accuracy=(0.95, 0.9, 0.9, 0.9), labels="ab")
    fit = Peer(name, **options).fit(votes_of(triples))
    assert np.mean([fit.labels_[item] == label for item, label in truth.items()]) > 0.9
    np.testing.assert_allclose(fit.posterior_.sum(axis=1), 1)


def test_booleans_and_a_label_that_nobody_said_are_welcome(votes_of: MakeVotes) -> None:
    """Each breaks crowd-kit 1.4.2 alone."""
    triples = [(item, worker, item % 2 == 0) for item in range(6) for worker in range(3)]
    fit = Peer("GLAD", n_iter=3).fit(votes_of(triples, label_set=["never", False, True]))
    assert fit.labels_ == {item: item % 2 == 0 for item in range(6)}
    assert (fit.posterior_[:, 0] == 0).all()


def test_gold_is_checked(votes_of: MakeVotes) -> None:
    with pytest.raises(UnknownLabel):
        Peer("GLAD").fit(votes_of([(1, "w", "a"), (1, "v", "b")]), gold={1: "c"})


@pytest.mark.parametrize("name", ["NoSuch", "ROVER"])
def test_a_method_that_is_not_for_labels_is_named(votes_of: MakeVotes, name: str) -> None:
    with pytest.raises(InputError, match=name):
        Peer(name).fit(votes_of([(1, "w", "a")]))


def test_texts_are_merged_word_by_word() -> None:
    said = ["the cat sat", "The  cat sat", "a cat sat", "one two", "one too", "one two"]
    assert texts([1, 1, 1, 2, 2, 2], list("uvwuvw"), said) == {1: "the cat sat", 2: "one two"}


@pytest.mark.parametrize("noisy", [False, True])
def test_what_is_preferred_more_often_has_the_higher_score(noisy: bool) -> None:
    rows = [("a", "b", "a")] * 4 + [("b", "c", "b")] * 4 + [("c", "a", "a")] * 3 + [("b", "a", "b"), ("c", "b", "c")]
    left, right, preferred = zip(*rows, strict=True)
    score = pairs([f"w{n % 3}" for n in range(len(rows))], left, right, preferred, noisy=noisy)
    assert score["a"] > score["b"] > score["c"]


@pytest.mark.parametrize("method", ["majority", "rasa", "em"])
def test_masks_are_merged_pixel_by_pixel(method: str) -> None:
    mask = np.zeros((4, 4), dtype=bool)
    mask[1:3, 1:3] = True
    wrong = mask.copy()
    wrong[0, 0] = True
    found = segments([7, 7, 7], list("uvw"), [mask, mask, wrong], method=method)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found[7], mask)


def test_an_unknown_way_to_merge_masks_is_named() -> None:
    with pytest.raises(InputError, match="no such method 'sum'"):
        segments([1], ["w"], [np.ones((1, 1), dtype=bool)], method="sum")  # type: ignore[arg-type]


def test_a_peer_is_compared_where_it_is_named(crowd: Callable, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=12, labels="ab")
    found = compare(votes_of(triples), dict(list(truth.items())[:4]), peers=["glad"], folds=2)
    assert [row.method for row in found.rows][-2:] == ["majority", "glad"]


def test_a_peer_gives_labels_like_any_method(crowd: Callable, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=12, labels="ab")
    outcome = aggregated(votes_of(triples), dict(list(truth.items())[:3]), method="glad")
    assert summary_of(outcome).gold_right is not None
