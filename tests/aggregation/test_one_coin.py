from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.em import Statistics, statistics_of
from crowdbroker.aggregation.one_coin import Coins, OneCoin
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
MakeCrowd = Callable[..., Any]


@pytest.fixture
def statistics(gappy: Votes) -> Statistics:
    return statistics_of(gappy, np.random.default_rng(5).dirichlet(np.ones(4), len(gappy.items)))


@pytest.mark.parametrize("guard", [True, False])
def test_an_accuracy_is_the_expected_share_of_right_answers(gappy: Votes, statistics: Statistics, guard: bool) -> None:
    posterior = np.random.default_rng(5).dirichlet(np.ones(4), len(gappy.items))
    model = Coins(gappy.cells, right=4.0, wrong=1.0, guard=guard)
    parameters = model.maximised(statistics)
    for worker in range(len(gappy.workers)):
        own = gappy.worker == worker
        right = posterior[gappy.item[own], gappy.label[own]].sum()
        plain = (right + 4) / (own.sum() + 5)
        expected = np.clip(plain, 0.25, np.exp(4) / (np.exp(4) + 3)) if guard else plain
        assert model.accuracy[worker] == pytest.approx(expected)
    said_true = gappy.cells.label == 2
    chance = model.accuracy[gappy.cells.worker]
    np.testing.assert_allclose(np.exp(parameters.log_confusion[:, 2]), np.where(said_true, chance, (1 - chance) / 3))


def test_each_step_without_guard_and_smoothing_is_that_of_crowdkit(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    pandas = pytest.importorskip("pandas")
    triples, _ = crowd(labels="abc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = pytest.importorskip("crowdkit.aggregation")
        frame = pandas.DataFrame(triples, columns=["task", "worker", "label"])
        theirs = oracle.OneCoinDawidSkene(n_iter=6, tol=-np.inf).fit_predict_proba(frame)
    # Their M-step counts each worker's answers before it weighs; the fixed point of both is the same.
    ours = OneCoin(guard=False, right=1e-9, wrong=1e-9, max_iter=50, tol=1e-12).fit(votes_of(triples))
    table = np.asarray(theirs.sort_index().sort_index(axis=1))
    assert (table.argmax(axis=1) == ours.posterior_.argmax(axis=1)).all()
    np.testing.assert_allclose(ours.posterior_.max(axis=1), table.max(axis=1), atol=0.05)


def test_the_guard_holds_where_em_alone_makes_one_label_true_everywhere(votes_of: MakeVotes) -> None:
    """Nine in ten say a; without the guard the few who say b become liars."""
    rng = np.random.default_rng(1)
    truth = rng.random(400) < 0.5
    triples = []
    for item, is_b in enumerate(truth):
        for worker in rng.choice(30, 4, replace=False).tolist():
            says_b = rng.random() < (0.45 if is_b else 0.04)
            triples.append((item, worker, "b" if says_b else "a"))
    votes = votes_of(triples)
    guarded, bare = OneCoin().fit(votes), OneCoin(guard=False).fit(votes)
    right = [np.mean((fit.posterior_.argmax(axis=1) == 1) == truth) for fit in (guarded, bare)]
    assert (bare.posterior_.argmax(axis=1) == 1).mean() < 0.2
    assert right[0] > right[1] + 0.1


def test_the_guard_takes_nobody_for_a_liar_or_for_infallible(votes_of: MakeVotes) -> None:
    triples = [
        (item, worker, "ab"[(item + (worker == "liar")) % 2]) for item in range(900) for worker in ("liar", "u", "v")
    ]
    fit, bare = OneCoin().fit(votes_of(triples)), OneCoin(guard=False).fit(votes_of(triples))
    np.testing.assert_allclose(fit.skill_, [0.5, np.exp(4) / (np.exp(4) + 1), np.exp(4) / (np.exp(4) + 1)])
    assert bare.skill_[0] < 0.01
    assert bare.skill_[1] > 0.99


def test_good_and_bad_workers_are_told_apart(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    fit = OneCoin().fit(votes_of(crowd(items=300, accuracy=(0.95, 0.9, 0.8, 0.4))[0]))
    assert (np.diff(fit.skill_) < 0).all()
    assert np.abs(fit.skill_ - (0.95, 0.9, 0.8, 0.4)).max() < 0.06
    assert fit.converged_


def test_the_loss_never_rises_without_the_guard(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    losses = np.array(OneCoin(guard=False, tol=0, max_iter=30).fit(votes_of(crowd(seed=4)[0])).loss_history_)
    assert (np.diff(losses) <= 1e-9 * np.abs(losses[1:])).all()


def test_gold_stays_gold_and_teaches(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=100, accuracy=(0.9, 0.5, 0.5), labels="ab", seed=2)
    gold = dict(list(truth.items())[:60])
    fit = OneCoin().fit(votes_of(triples), gold)
    assert all(fit.labels_[item] == label for item, label in gold.items())
    assert fit.skill_[0] > fit.skill_[1:].max() + 0.2


def test_one_label_is_certain(votes_of: MakeVotes) -> None:
    assert OneCoin().fit(votes_of([(1, "v", "a"), (2, "w", "a")])).posterior_.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("options", [{"right": 0}, {"wrong": -1}, {"right": float("nan")}])
def test_a_pseudo_answer_must_be_above_zero(votes_of: MakeVotes, options: dict[str, float]) -> None:
    with pytest.raises(InputError, match="above zero"):
        OneCoin(**options).fit(votes_of([(1, "w", "a")]))
