"""The compiled loops: the same as numpy's, and the same bits whatever the threads and the order of rows."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Parameters, posterior_of, sweep, vote_counts
from crowdbroker.aggregation.gold import encode_gold
from crowdbroker.aggregation.votes import Votes

pytest.importorskip("numba")


def drawn(size: int, labels: int, seed: int = 0, workers: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return so many rows; the first tenth of the workers gives most of them."""
    rng = np.random.default_rng(seed)
    item = rng.integers(size // 4 + 1, size=size)
    worker = np.minimum(rng.zipf(1.4, size), workers) - 1
    truth = rng.integers(labels, size=size // 4 + 1)
    said = np.where(rng.random(size) < 0.7, truth[item], rng.integers(labels, size=size))
    return item, worker, said


def parameters_for(votes: Votes) -> Parameters:
    rng = np.random.default_rng(1)
    labels = len(votes.labels)
    return Parameters(np.log(rng.dirichlet(np.ones(labels), len(votes.cells))), np.log(rng.dirichlet(np.ones(labels))))


# A loop is compiled for each number of classes up to 16, which takes seconds; 17 and more share one.
@pytest.mark.parametrize(
    "labels", [3, 17, *(pytest.param(labels, marks=pytest.mark.slow) for labels in (2, 5, 16, 40))]
)
@pytest.mark.parametrize(("engine", "within"), [("fast", 1e-9), ("fast32", 2e-4)])
def test_every_number_of_classes_gives_what_numpy_gives(labels: int, engine: Any, within: float) -> None:
    votes = Votes.from_columns(*drawn(3000, labels), label_set=range(labels))
    parameters = parameters_for(votes)
    gold = encode_gold(votes, {item: int(item) % labels for item in list(votes.items)[::7]})
    ours, reference = (sweep(votes, parameters, gold, name) for name in (engine, "numpy"))
    np.testing.assert_allclose(ours.counts, reference.counts, atol=within, rtol=within)
    np.testing.assert_allclose(ours.classes, reference.classes, rtol=within)
    assert ours.log_likelihood == pytest.approx(reference.log_likelihood, rel=within)
    one, other = (posterior_of(votes, *_both(parameters), gold, name)[0] for name in (engine, "numpy"))
    np.testing.assert_allclose(one, other, atol=within)
    np.testing.assert_array_equal(vote_counts(votes, engine), vote_counts(votes, "numpy"))


def _both(parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
    return parameters.log_confusion, parameters.log_prior


@pytest.mark.parametrize("engine", ["fast", "fast32"])
def test_threads_change_no_bit(engine: Any) -> None:
    votes = Votes.from_columns(*drawn(300_000, 3))
    parameters = parameters_for(votes)
    one, many = (sweep(votes, parameters, None, engine, threads) for threads in (1, 5))
    assert one.counts.tobytes() == many.counts.tobytes()
    assert one.classes.tobytes() == many.classes.tobytes()
    assert one.log_likelihood == many.log_likelihood
    reference = sweep(votes, parameters, None, "numpy")
    np.testing.assert_allclose(one.counts, reference.counts, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(one.classes, reference.classes, rtol=1e-4)


def test_the_order_of_rows_changes_no_bit() -> None:
    # Without repeats, where the first row counts, so that order means nothing.
    columns = drawn(150_000, 3)
    _, first = np.unique(columns[0] * 1000 + columns[1], return_index=True)
    order = np.random.default_rng(3).permutation(first)
    one, other = (
        DawidSkene(engine="fast", max_iter=5).fit(Votes.from_columns(*(column[rows] for column in columns)))
        for rows in (first, order)
    )
    assert one.posterior_.tobytes() == other.posterior_.tobytes()
    assert one.loss_history_ == other.loss_history_


@pytest.mark.parametrize("engine", ["fast", "fast32"])
def test_a_whole_fit_gives_the_labels_of_numpy(engine: Any) -> None:
    votes = Votes.from_columns(*drawn(20_000, 3))
    gold = dict.fromkeys(list(votes.items)[:10], 1)
    ours, reference = (DawidSkene(engine=name, max_iter=15, tol=0).fit(votes, gold) for name in (engine, "numpy"))
    np.testing.assert_allclose(ours.posterior_, reference.posterior_, atol=1e-7 if engine == "fast" else 5e-3)
    ranked = np.sort(reference.posterior_, axis=1)
    clear = ranked[:, -1] - ranked[:, -2] > 0.01
    assert (ours.posterior_.argmax(axis=1) == reference.posterior_.argmax(axis=1))[clear].all()


def test_probabilities_too_small_for_a_number_are_zero_and_no_error() -> None:
    votes = Votes.from_columns([1] * 400, range(400), ["a"] * 399 + ["b"], label_set="abc")
    log_confusion = np.where(np.arange(3) == votes.cells.label[:, np.newaxis], -0.01, -50.0)
    for engine in ("numpy", "fast", "fast32"):
        posterior, likelihood = posterior_of(votes, log_confusion, np.log([0.5, 0.3, 0.2]), None, engine)  # type: ignore[arg-type]
        assert posterior.tolist() == [[1.0, 0.0, 0.0]]
        assert likelihood == pytest.approx(np.log(0.5) - 399 * 0.01 - 50, rel=1e-5)


@pytest.mark.slow
def test_a_million_workers_with_one_vote_each_and_a_thousand_classes_fit() -> None:
    size = 1_000_000
    rng = np.random.default_rng(0)
    lonely = Votes.from_columns(np.arange(size) // 3, rng.permutation(size), np.arange(size) // 3 % 5)
    fit = DawidSkene(max_iter=5).fit(lonely)
    assert (fit.posterior_.argmax(axis=1) == np.arange(len(lonely.items)) % 5).all()
    truth = rng.integers(1000, size=20_000)
    many = Votes.from_columns(np.repeat(np.arange(20_000), 3), np.tile(np.arange(3), 20_000), np.repeat(truth, 3))
    fit = DawidSkene(max_iter=3, engine="fast").fit(many)
    assert (fit.posterior_.argmax(axis=1) == np.searchsorted(np.unique(truth), truth)).all()


def test_numba_is_loaded_only_when_it_is_used() -> None:
    program = """
import sys
from crowdbroker.aggregation import DawidSkene, Votes
DawidSkene().fit(Votes.from_columns([1, 2], ["w", "w"], ["a", "b"]))
assert not {"numba", "polars", "pandas", "distributed"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
