from __future__ import annotations

from collections.abc import Callable

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from crowdbroker.aggregation.agreement import Scale, fleiss_kappa, krippendorff_alpha, observed_agreement
from crowdbroker.aggregation.agreement_parts import agreement_by_label, agreement_by_worker, cohen_kappa
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
SCALES: list[Scale] = ["nominal", "ordinal", "interval"]


def sparse(seed: int, *, items: int = 40, workers: int = 7, labels: int = 4, answered: float = 0.5) -> Votes:
    """Return votes with gaps on the labels 0, 1, 2, …; the workers agree on a part of the items."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(labels, size=items)
    item, worker = np.nonzero(rng.random((items, workers)) < answered)
    said = np.where(rng.random(len(item)) < 0.6, truth[item], rng.integers(labels, size=len(item)))
    return Votes.from_columns(item, worker, said, label_set=range(labels))


def wide(votes: Votes) -> np.ndarray:
    """Return the votes as a table of workers and items, NaN for none."""
    table = np.full((len(votes.workers), len(votes.items)), np.nan)
    table[votes.worker, votes.item] = votes.label
    return table


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", range(6))
def test_alpha_is_that_of_the_krippendorff_package(scale: Scale, seed: int) -> None:
    votes = sparse(seed, answered=(0.2, 0.5, 0.9)[seed % 3])
    expected = krippendorff.alpha(wide(votes), level_of_measurement=scale, value_domain=list(range(4)))
    assert krippendorff_alpha(votes, scale, samples=50).value == pytest.approx(expected, abs=1e-12)


def test_an_interval_goes_by_the_numbers_and_not_by_their_places(votes_of: MakeVotes) -> None:
    triples = [
        (1, "a", 10),
        (1, "b", 0),
        (2, "a", 1),
        (2, "b", 0),
        (3, "a", 10),
        (3, "b", 10),
        (4, "a", 0),
        (4, "b", 1),
    ]
    table = [[10, 1, 10, 0], [0, 0, 10, 1]]
    expected = krippendorff.alpha(table, level_of_measurement="interval")
    assert krippendorff_alpha(votes_of(triples), "interval", samples=50).value == pytest.approx(expected)


def test_the_kappa_of_five_items_is_that_worked_out_by_hand(votes_of: MakeVotes) -> None:
    counts = [(0, 0, 6), (0, 3, 3), (1, 4, 1), (6, 0, 0), (0, 3, 3)]
    triples = [
        (item, f"{label}-{number}", "abc"[label])
        for item, row in enumerate(counts)
        for label, count in enumerate(row)
        for number in range(count)
    ]
    agreeing = (1 + 12 / 30 + 12 / 30 + 1 + 12 / 30) / 5
    chance = (7 / 30) ** 2 + (10 / 30) ** 2 + (13 / 30) ** 2
    votes = votes_of(triples)
    assert observed_agreement(votes, samples=50).value == pytest.approx(agreeing)
    assert fleiss_kappa(votes, samples=50).value == pytest.approx((agreeing - chance) / (1 - chance))


@pytest.mark.parametrize("seed", range(5))
def test_cohen_is_that_of_scikit_learn(seed: int) -> None:
    votes = sparse(seed)
    first, second = wide(votes)[:2]
    both = ~np.isnan(first) & ~np.isnan(second)
    found = cohen_kappa(votes, 0, 1, samples=50)
    assert found.value == pytest.approx(cohen_kappa_score(first[both], second[both]))
    assert found.items == both.sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_label_alone_has_the_alpha_of_itself_against_the_rest(seed: int) -> None:
    votes = sparse(seed)
    found = agreement_by_label(votes)
    for place in range(4):
        table = wide(votes)
        expected = krippendorff.alpha(np.where(np.isnan(table), np.nan, table == place), level_of_measurement="nominal")
        assert found.alpha[place] == pytest.approx(expected)


def test_a_worker_agrees_as_often_as_counted_by_hand(votes_of: MakeVotes) -> None:
    triples = [(1, "a", "x"), (1, "b", "x"), (1, "c", "y"), (2, "a", "y"), (2, "b", "y"), (3, "d", "x")]
    found = agreement_by_worker(votes_of(triples))
    np.testing.assert_allclose(found.share, [0.75, 0.75, 0, np.nan])
    assert found.votes.tolist() == [2, 2, 1, 0]
    # Of the five votes on shared items two say x and three say y.
    assert found.kappa[0] == pytest.approx((0.75 - 0.5) / (1 - 0.5))


def test_the_interval_holds_the_value_and_narrows_with_items() -> None:
    few, many = (krippendorff_alpha(sparse(1, items=items), samples=200) for items in (40, 1000))
    for one in (few, many):
        assert one.low < one.value < one.high
    assert many.high - many.low < 0.4 * (few.high - few.low)


def test_the_interval_covers_the_alpha_of_the_crowd_as_often_as_it_says() -> None:
    crowd = krippendorff_alpha(sparse(0, items=20_000), samples=50).value
    drawn = [krippendorff_alpha(sparse(seed, items=150), samples=200) for seed in range(1, 41)]
    assert sum(one.low <= crowd <= one.high for one in drawn) >= 33


def test_one_label_is_neither_agreement_nor_disagreement(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "a", "x"), (1, "b", "x"), (2, "a", "x"), (2, "b", "x")])
    assert observed_agreement(votes, samples=50).value == 1
    for figure in (krippendorff_alpha, fleiss_kappa):
        found = figure(votes, samples=50)
        assert np.isnan([found.value, found.low, found.high]).all()
    assert np.isnan(krippendorff_alpha(votes, "ordinal", samples=50).value)
    assert np.isnan(cohen_kappa(votes, "a", "b", samples=50).value)


def test_what_cannot_be_measured_is_said(votes_of: MakeVotes) -> None:
    alone = votes_of([(1, "a", "x"), (2, "b", "y")])
    for figure in (krippendorff_alpha, fleiss_kappa, observed_agreement):
        with pytest.raises(InputError, match="no item has two votes"):
            figure(alone)
    with pytest.raises(InputError, match="share no item"):
        cohen_kappa(alone, "a", "b")
    with pytest.raises(InputError, match="no worker 'z'"):
        cohen_kappa(alone, "a", "z")
    with pytest.raises(InputError, match="must be finite numbers"):
        krippendorff_alpha(votes_of([(1, "a", "x"), (1, "b", "y")]), "interval")
    with pytest.raises(InputError, match="no such scale"):
        krippendorff_alpha(alone, "ratio")  # type: ignore[arg-type]
    assert np.isnan(agreement_by_worker(alone).share).all()
    assert np.isnan(agreement_by_label(alone).share).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_agreement_does_not_hang_on_names_or_order(seed: int) -> None:
    votes = sparse(seed, items=20)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(votes))
    renamed = Votes.from_columns(
        [f"i{9999 - one}" for one in votes.item[rows].tolist()],
        [f"w{99 - one}" for one in votes.worker[rows].tolist()],
        ["dacb"[one] for one in votes.label[rows]],
    )
    assert krippendorff_alpha(renamed, samples=50).value == pytest.approx(krippendorff_alpha(votes, samples=50).value)
    assert fleiss_kappa(renamed, samples=50).value == pytest.approx(fleiss_kappa(votes, samples=50).value)
