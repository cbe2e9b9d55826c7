"""The kernels beside the textbook: dense tables and loops over everything."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from crowdbroker.aggregation.em import Cells, Model, Prior, confusion, e_step, log_prior, m_step
from crowdbroker.aggregation.gold import encode_gold
from crowdbroker.aggregation.votes import Votes

Fitted = tuple[Votes, Cells, Model, np.ndarray]
PRIOR = Prior(diagonal=3.0, off_diagonal=0.5, items=2.0)


@pytest.fixture
def fitted(votes_of: Callable[..., Votes]) -> Fitted:
    """Return votes with gaps, where no worker used every label, and the model of a drawn posterior."""
    rng = np.random.default_rng(5)
    triples = [(item, w, "abcd"[rng.integers(w + 1)]) for item in range(9) for w in range(4) if rng.random() < 0.7]
    votes = votes_of(triples, label_set="abcd")
    posterior = rng.dirichlet(np.ones(4), len(votes.items)).T
    cells = Cells.of(votes)
    return votes, cells, m_step(votes, cells, posterior, PRIOR), posterior


def test_the_m_step_counts_with_pseudo_answers(fitted: Fitted) -> None:
    votes, cells, model, posterior = fitted
    counts = np.full((4, 4, 4), PRIOR.off_diagonal)
    counts[:, range(4), range(4)] = PRIOR.diagonal
    for item, worker, said in zip(votes.item, votes.worker, votes.label, strict=True):
        counts[worker, :, said] += posterior[:, item]
    expected = counts / counts.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(confusion(votes, cells, model, PRIOR), expected)
    shares = posterior.sum(axis=1) + PRIOR.items
    np.testing.assert_allclose(np.exp(model.log_class_prior), shares / shares.sum())


def test_the_e_step_multiplies_probabilities(fitted: Fitted) -> None:
    votes, cells, model, _ = fitted
    gold = encode_gold(votes, {votes.items[0]: "c", votes.items[1]: ["a", "d"]})
    posterior, likelihood = e_step(votes, cells, model, gold)
    matrix = confusion(votes, cells, model, PRIOR)
    joint = np.tile(np.exp(model.log_class_prior)[:, np.newaxis], len(votes.items))
    for item, worker, said in zip(votes.item, votes.worker, votes.label, strict=True):
        joint[:, item] *= matrix[worker, :, said]
    joint[[0, 1, 3], 0] = 0
    joint[[1, 2], 1] = 0
    np.testing.assert_allclose(posterior, joint / joint.sum(axis=0))
    assert likelihood == pytest.approx(np.log(joint.sum(axis=0)).sum())


def test_the_prior_weighs_every_cell_of_every_matrix(fitted: Fitted) -> None:
    votes, cells, model, _ = fitted
    density = PRIOR.items * float(model.log_class_prior.sum())
    for matrix in confusion(votes, cells, model, PRIOR):
        for true in range(4):
            for said in range(4):
                pseudo = PRIOR.diagonal if true == said else PRIOR.off_diagonal
                density += pseudo * math.log(matrix[true, said])
    assert log_prior(votes, cells, model, PRIOR) == pytest.approx(density)


def test_many_votes_do_not_underflow(votes_of: Callable[..., Votes]) -> None:
    votes = votes_of([(1, worker, "ab"[worker % 2]) for worker in range(5000)] + [(2, 0, "a")])
    cells = Cells.of(votes)
    model = m_step(votes, cells, np.full((2, 2), 0.5), PRIOR)
    posterior, likelihood = e_step(votes, cells, model, encode_gold(votes, None))
    np.testing.assert_allclose(posterior.sum(axis=0), 1)
    assert math.isfinite(likelihood)
