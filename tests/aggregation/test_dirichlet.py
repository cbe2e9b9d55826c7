"""Confusion matrices beside the textbook: dense tables and loops over everything."""

from __future__ import annotations

import numpy as np
import pytest

from crowdbroker.aggregation.dirichlet import Prior, Pseudo, confusion, log_density, maximised, pooled
from crowdbroker.aggregation.em import Parameters, Statistics, statistics_of
from crowdbroker.aggregation.history import encode_history
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

PRIOR = Prior(diagonal=3.0, off_diagonal=0.5, items=2.0, pool=4.0)


@pytest.fixture
def statistics(gappy: Votes) -> Statistics:
    """Return the statistics of a drawn posterior."""
    return statistics_of(gappy, np.random.default_rng(5).dirichlet(np.ones(4), len(gappy.items)))


@pytest.fixture
def pseudo(gappy: Votes, statistics: Statistics) -> Pseudo:
    """Return pseudo-answers of every kind: the table's, the crowd's, and what is known of two workers."""
    records = np.random.default_rng(6).uniform(0, 9, (2, 4, 4))
    history = encode_history(gappy, {gappy.workers[1]: records[0], gappy.workers[3]: records[1], "gone": records[0]})
    return pooled(gappy.cells, statistics, PRIOR, history)


def dense(votes: Votes, counts: np.ndarray) -> np.ndarray:
    """Return [worker, true, said] of counts by cell."""
    table = np.zeros((len(votes.workers), 4, 4))
    table[votes.cells.worker, :, votes.cells.label] = counts
    return table


def all_pseudo_answers(votes: Votes, statistics: Statistics) -> np.ndarray:
    """Return [worker, true, said] by the definition: table, crowd's mean matrix, history."""
    table = np.full((4, 4), PRIOR.off_diagonal)
    np.fill_diagonal(table, PRIOR.diagonal)
    records = np.random.default_rng(6).uniform(0, 9, (2, 4, 4))
    seen = dense(votes, statistics.counts)
    for worker, record in zip((1, 3), records, strict=True):
        said = np.isin(np.arange(4), votes.label[votes.worker == worker])
        seen[worker] += record * said
    crowd = seen.sum(axis=0) + table
    pseudo = np.tile(table + PRIOR.pool * crowd / crowd.sum(axis=1, keepdims=True), (len(votes.workers), 1, 1))
    pseudo[1] += records[0]
    pseudo[3] += records[1]
    return pseudo


def test_the_m_step_counts_with_pseudo_answers(gappy: Votes, statistics: Statistics, pseudo: Pseudo) -> None:
    parameters, answers = maximised(gappy.cells, statistics, pseudo)
    counts = dense(gappy, statistics.counts) + all_pseudo_answers(gappy, statistics)
    expected = counts / counts.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(confusion(gappy.cells, parameters, answers, pseudo), expected)
    shares = statistics.classes + PRIOR.items
    np.testing.assert_allclose(np.exp(parameters.log_prior), shares / shares.sum())


def test_the_density_weighs_every_place_of_every_matrix(gappy: Votes, statistics: Statistics, pseudo: Pseudo) -> None:
    """Up to a constant: so two sets of parameters are compared."""
    uniform = Statistics(np.ones_like(statistics.counts), np.ones(4), 0.0)
    weights, found, expected = all_pseudo_answers(gappy, statistics), [], []
    for seen in (statistics, uniform):
        parameters, answers = maximised(gappy.cells, seen, pseudo)
        found.append(log_density(gappy.cells, parameters, answers, pseudo))
        matrix = confusion(gappy.cells, parameters, answers, pseudo)
        expected.append(PRIOR.items * parameters.log_prior.sum() + (weights * np.log(matrix)).sum())
    assert found[0] - found[1] == pytest.approx(expected[0] - expected[1])


def test_the_best_parameters_have_the_greatest_density(gappy: Votes, statistics: Statistics, pseudo: Pseudo) -> None:
    def objective(parameters: Parameters, answers: np.ndarray) -> float:
        likelihood = (statistics.counts * parameters.log_confusion).sum()
        likelihood += (statistics.classes * parameters.log_prior).sum()
        return float(likelihood) + log_density(gappy.cells, parameters, answers, pseudo)

    best = objective(*maximised(gappy.cells, statistics, pseudo))
    for factor in (0.5, 0.9, 1.1, 2.0):
        other = Statistics(statistics.counts * factor, statistics.classes, 0.0)
        assert objective(*maximised(gappy.cells, other, pseudo)) < best


@pytest.mark.parametrize("record", [np.ones((3, 3)), -np.ones((4, 4)), np.full((4, 4), np.nan)])
def test_a_history_that_is_no_table_of_answers_is_refused(gappy: Votes, record: np.ndarray) -> None:
    with pytest.raises(InputError, match="the history of worker 0"):
        encode_history(gappy, {0: record})


def test_a_history_of_nobody_here_is_none(gappy: Votes) -> None:
    assert encode_history(gappy, {"gone": np.ones((4, 4))}) is None
    assert encode_history(gappy, None) is None
