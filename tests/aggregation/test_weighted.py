from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.votes import Votes
from crowdbroker.aggregation.weighted import WeightedMajority
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
MakeCrowd = Callable[..., Any]
SPLIT: list[tuple[object, object, object]] = [
    *((item, worker, "a") for item in range(9) for worker in ("good", "fair")),
    *((item, "bad", "b") for item in range(9)),
    ("last", "good", "a"),
    ("last", "bad", "b"),
]


@pytest.mark.parametrize("weights", ["log_odds", "agreement"])
def test_who_agrees_with_the_others_has_more_weight(votes_of: MakeVotes, weights: Any) -> None:
    fit = WeightedMajority(weights=weights).fit(votes_of(SPLIT))
    assert fit.labels_["last"] == "a"
    bad, fair, good = fit.skill_
    assert good > bad
    assert fair > bad
    np.testing.assert_allclose(fit.posterior_.sum(axis=1), 1)


def test_agreement_is_the_share_of_votes_on_what_one_said(votes_of: MakeVotes) -> None:
    fit = WeightedMajority(weights="agreement").fit(votes_of(SPLIT))
    assert fit.skill_[0] == pytest.approx((9 / 3 + 1 / 2 + 4) / (10 + 5))
    assert fit.skill_[2] == pytest.approx((9 * 2 / 3 + 1 / 2 + 4) / (10 + 5))
    shares = fit.posterior_[-1]
    assert shares[0] == pytest.approx(fit.skill_[2] / (fit.skill_[0] + fit.skill_[2]))


def test_log_odds_are_those_of_independent_witnesses(votes_of: MakeVotes) -> None:
    fit = WeightedMajority().fit(votes_of(SPLIT))
    bad, _, good = np.maximum(np.log(fit.skill_ / (1 - fit.skill_)), 1e-3)
    assert fit.posterior_[-1, 0] == pytest.approx(good / (good + bad))


def test_a_crowd_at_chance_makes_a_majority(votes_of: MakeVotes) -> None:
    """All weights would be nothing, and nothing over nothing is no share."""
    fit = WeightedMajority().fit(votes_of([(i, w, "ab"[(i + w) % 2]) for i in range(50) for w in range(2)]))
    np.testing.assert_allclose(fit.posterior_, 0.5)
    assert len(fit.ties_) == 50


def test_gold_stays_gold_and_weighs_workers(votes_of: MakeVotes) -> None:
    votes = votes_of([(i, w, "ab"[(i + w) % 2]) for i in range(50) for w in range(2)])
    fit = WeightedMajority().fit(votes, gold={i: "ab"[i % 2] for i in range(40)})
    assert fit.skill_[0] > 0.8 > 0.4 > fit.skill_[1]
    assert fit.labels_ == {i: "ab"[i % 2] for i in range(50)}
    with pytest.raises(UnknownLabel):
        WeightedMajority().fit(votes, gold={1: "c"})


def test_an_unknown_weight_is_named(votes_of: MakeVotes) -> None:
    with pytest.raises(InputError, match="no such weights 'mass'"):
        WeightedMajority(weights="mass").fit(votes_of([(1, "w", "a")]))  # type: ignore[arg-type]
