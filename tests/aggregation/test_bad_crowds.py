"""Crowds that break other programs: every method gives finite shares that sum to one, without a warning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.calibration import calibrate
from crowdbroker.aggregation.methods import METHODS, method_named
from crowdbroker.aggregation.votes import Votes

RNG = np.random.default_rng(0)
CROWDS: dict[str, tuple[Any, Any, Any]] = {
    "one worker": ([1, 2, 3], ["w"] * 3, list("aba")),
    "one label": ([1, 1, 2], list("uvu"), ["a"] * 3),
    "one vote": ([1], ["w"], ["a"]),
    "nobody shares an item": (range(9), range(9), list("abc" * 3)),
    "all ties": ([item for item in range(50) for _ in "uv"], list("uv" * 50), list("ab" * 50)),
    "a thousand labels": (np.repeat(np.arange(400), 3), np.tile(np.arange(3), 400), np.repeat(np.arange(400), 3)),
    "a vote for every worker": (np.arange(30_000) // 3, np.arange(30_000), RNG.integers(3, size=30_000)),
    "booleans, and a worker without a name": ([1, 1, 2], ["", "x", ""], [True, False, True]),
    "hundreds agree": ([1] * 700 + [2], [*range(700), 0], ["a"] * 700 + ["b"]),
}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("crowd", CROWDS)
def test_every_method_stands_every_crowd(crowd: str, name: str) -> None:
    votes = Votes.from_columns(*CROWDS[crowd])
    fit = method_named(name).fit(votes)
    shown = calibrate(fit, votes, None).apply(fit.posterior_, np.diff(votes.start))
    for table in (fit.posterior_, shown):
        assert np.isfinite(table).all()
        np.testing.assert_allclose(table.sum(axis=1), 1)
    assert len(fit.labels_) == len(votes.items)


@pytest.mark.parametrize("name", METHODS)
def test_hundreds_of_labels_do_not_make_liars_of_all(name: str) -> None:
    """With as many wrong pseudo-answers as labels, the likeliest worker would be one who is never right."""
    rng = np.random.default_rng(1)
    truth, skill = rng.integers(200, size=1000), rng.uniform(0.4, 0.95, 150)
    item = np.repeat(np.arange(1000), 3)
    worker = np.concatenate([rng.choice(150, 3, replace=False) for _ in truth])
    slip = np.where(rng.random(3000) < 0.5, (truth[item] + 1) % 200, rng.integers(200, size=3000))
    said = np.where(rng.random(3000) < skill[worker], truth[item], slip)
    fit = method_named(name).fit(Votes.from_columns(item, worker, said, label_set=range(200)))
    assert (fit.posterior_.argmax(axis=1) == truth).mean() > 0.78
