"""Crowds for the tests of aggregation: written by hand, drawn, and recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.votes import Votes

Triple = tuple[object, object, object]


@pytest.fixture(scope="session")
def votes_of() -> Callable[..., Votes]:
    """Return a maker of Votes from (item, worker, label) triples."""

    def make(triples: list[Triple], **options: Any) -> Votes:
        items, workers, labels = zip(*triples, strict=True)
        return Votes.from_columns(items, workers, labels, **options)

    return make


@pytest.fixture(scope="session")
def crowd() -> Callable[..., tuple[list[Triple], dict[object, object]]]:
    """Return a maker of (triples, truth): every worker answers every item, right with the given chance."""

    def make(
        *, items: int = 60, accuracy: tuple[float, ...] = (0.9, 0.8, 0.7, 0.8, 0.9), labels: str = "abc", seed: int = 0
    ) -> tuple[list[Triple], dict[object, object]]:
        rng = np.random.default_rng(seed)
        truth: dict[object, object] = {}
        triples: list[Triple] = []
        for item in range(items):
            truth[f"i{item}"] = right = labels[rng.integers(len(labels))]
            for worker, chance in enumerate(accuracy):
                others = labels.replace(right, "")
                said = right if rng.random() < chance else others[rng.integers(len(others))]
                triples.append((f"i{item}", f"w{worker}", said))
        return triples, truth

    return make


@pytest.fixture
def gappy(votes_of: Callable[..., Votes]) -> Votes:
    """Return votes with gaps on four labels, where no worker used every label."""
    rng = np.random.default_rng(5)
    triples: list[Triple] = [
        (item, w, "abcd"[rng.integers(w + 1)]) for item in range(9) for w in range(4) if rng.random() < 0.7
    ]
    return votes_of(triples, label_set="abcd")


@pytest.fixture
def recorded() -> Callable[[str], Path]:
    """Return the folder of a recorded crowd, or skip where there is none."""

    def folder(name: str) -> Path:
        root = os.environ.get("CROWDBROKER_DATASETS")
        if not root:
            pytest.skip("CROWDBROKER_DATASETS is not set: recorded crowds are no part of the repository")
        path = Path(root) / name
        if not path.is_dir():
            pytest.skip(f"CROWDBROKER_DATASETS holds no data set {name}")
        return path

    return folder
