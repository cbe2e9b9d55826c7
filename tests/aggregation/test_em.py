"""The sums over votes beside the textbook: loops over everything, by every engine that is installed."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.em import (
    Engine,
    Parameters,
    engine_for,
    label_counts,
    posterior_of,
    statistics_of,
    sweep,
    vote_counts,
)
from crowdbroker.aggregation.gold import encode_gold
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Drawn = tuple[Votes, Parameters, np.ndarray]


@pytest.fixture
def drawn(gappy: Votes) -> Drawn:
    """Return votes with gaps, drawn parameters, and [worker, said, true] as one dense table of probabilities."""
    rng = np.random.default_rng(7)
    table = rng.dirichlet(np.ones(4), (len(gappy.workers), 4)).swapaxes(1, 2)
    log_confusion = np.log(table[gappy.cells.worker, gappy.cells.label])
    return gappy, Parameters(log_confusion, np.log(rng.dirichlet(np.ones(4)))), table


@pytest.fixture(params=["numpy", "fast", "fast32"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param != "numpy" and find_spec("numba") is None:
        pytest.skip("numba is not installed")
    name: Engine = request.param
    return name


def tolerance(engine: Engine) -> dict[str, float]:
    return {"rtol": 1e-4, "atol": 1e-4} if engine == "fast32" else {"rtol": 1e-9, "atol": 1e-9}


def test_soft_counts_are_the_posterior_summed_over_votes(drawn: Drawn, engine: Engine) -> None:
    votes, _, table = drawn
    posterior = np.random.default_rng(1).dirichlet(np.ones(4), len(votes.items))
    expected = np.zeros_like(table)
    for item, worker, said in zip(votes.item, votes.worker, votes.label, strict=True):
        expected[worker, said] += posterior[item]
    counts = label_counts(votes, posterior, engine)
    np.testing.assert_allclose(counts, expected[votes.cells.worker, votes.cells.label], **tolerance(engine))


def test_the_posterior_multiplies_probabilities(drawn: Drawn, engine: Engine) -> None:
    votes, parameters, table = drawn
    gold = encode_gold(votes, {votes.items[0]: "c", votes.items[1]: ["a", "d"]})
    joint = np.tile(np.exp(parameters.log_prior), (len(votes.items), 1))
    for item, worker, said in zip(votes.item, votes.worker, votes.label, strict=True):
        joint[item] *= table[worker, said]
    joint[0, [0, 1, 3]] = 0
    joint[1, [1, 2]] = 0
    posterior, likelihood = posterior_of(votes, parameters.log_confusion, parameters.log_prior, gold, engine)
    np.testing.assert_allclose(posterior, joint / joint.sum(axis=1, keepdims=True), **tolerance(engine))
    assert likelihood == pytest.approx(np.log(joint.sum(axis=1)).sum(), rel=1e-5 if engine == "fast32" else 1e-10)


def test_a_sweep_is_the_posterior_and_then_the_counts(drawn: Drawn, engine: Engine) -> None:
    votes, parameters, _ = drawn
    gold = encode_gold(votes, {votes.items[2]: "a", votes.items[5]: ["b", "c"]})
    posterior, likelihood = posterior_of(votes, parameters.log_confusion, parameters.log_prior, gold, engine)
    one, two = sweep(votes, parameters, gold, engine), statistics_of(votes, posterior, engine)
    np.testing.assert_allclose(one.counts, two.counts, **tolerance(engine))
    np.testing.assert_allclose(one.classes, two.classes, **tolerance(engine))
    assert one.log_likelihood == pytest.approx(likelihood)


def test_many_votes_do_not_underflow(votes_of: Callable[..., Votes], engine: Engine) -> None:
    votes = votes_of([(1, worker, "ab"[worker % 2]) for worker in range(5000)] + [(2, 0, "a")])
    log_confusion = np.log(np.where(np.arange(2) == votes.cells.label[:, np.newaxis], 0.9, 0.1))
    posterior, likelihood = posterior_of(votes, log_confusion, np.log([0.5, 0.5]), None, engine)
    np.testing.assert_allclose(posterior, [[0.5, 0.5], [0.9, 0.1]], atol=1e-3)
    assert math.isfinite(likelihood)


def test_votes_are_counted(gappy: Votes) -> None:
    expected = np.zeros((len(gappy.items), 4), dtype=int)
    for item, said in zip(gappy.item, gappy.label, strict=True):
        expected[item, said] += 1
    np.testing.assert_array_equal(vote_counts(gappy), expected)


def test_numpy_serves_small_crowds(gappy: Votes) -> None:
    assert engine_for(gappy) == "numpy"


@pytest.mark.parametrize("wrong", ["gpu", None])
def test_an_unknown_engine_is_an_input_error(gappy: Votes, wrong: Any) -> None:
    with pytest.raises(InputError, match="no such engine"):
        engine_for(gappy, wrong)
