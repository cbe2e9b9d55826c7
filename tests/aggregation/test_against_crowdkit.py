"""crowd-kit as an oracle: the same EM without smoothing, step by step."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.votes import Votes

MakeCrowd = Callable[..., tuple[list[tuple[object, object, object]], dict[object, object]]]
UNSMOOTHED: dict[str, Any] = {
    "diagonal": 1e-10,
    "off_diagonal": 1e-10,
    "items_per_label": 1e-10,
    "pool": 0,
    "start": "shares",
    "early": 0,
    "gold_weight": 1,
}


@pytest.fixture
def oracle() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("crowdkit.aggregation")


@pytest.fixture
def their_posterior(oracle: Any) -> Callable[..., np.ndarray]:
    """Return a maker of crowd-kit's posterior with rows and columns in sorted order."""
    pandas = pytest.importorskip("pandas")

    def fit(
        name: str, triples: list[tuple[object, object, object]], gold: object = None, **options: object
    ) -> np.ndarray:
        frame = pandas.DataFrame(triples, columns=["task", "worker", "label"])
        more = () if gold is None else (pandas.Series(gold),)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shares = getattr(oracle, name)(**options).fit_predict_proba(frame, *more)
        return np.asarray(shares.sort_index().sort_index(axis=1))

    return fit


@pytest.mark.parametrize("seed", range(5))
def test_vote_shares_are_those_of_crowdkit(
    crowd: MakeCrowd, votes_of: Callable[..., Votes], their_posterior: Callable[..., np.ndarray], seed: int
) -> None:
    triples, _ = crowd(seed=seed)
    ours = MajorityVote().fit(votes_of(triples)).posterior_
    np.testing.assert_allclose(ours, their_posterior("MajorityVote", triples), atol=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 7, 20])
@pytest.mark.parametrize("gold_items", [0, 10])
def test_every_step_without_smoothing_is_that_of_crowdkit(
    crowd: MakeCrowd,
    votes_of: Callable[..., Votes],
    their_posterior: Callable[..., np.ndarray],
    steps: int,
    gold_items: int,
) -> None:
    triples, truth = crowd(seed=steps)
    gold = dict(list(truth.items())[:gold_items])
    ours = DawidSkene(max_iter=steps, tol=0, **UNSMOOTHED).fit(votes_of(triples), gold)
    theirs = their_posterior("DawidSkene", triples, gold or None, n_iter=ours.n_iter_, tol=-np.inf)
    np.testing.assert_allclose(ours.posterior_, theirs, atol=1e-6)
