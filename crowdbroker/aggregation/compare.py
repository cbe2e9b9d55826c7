"""Every method side by side: how right on known items that it was not told of, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.auto import choice
from crowdbroker.aggregation.calibration import cross_fitted
from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.methods import METHODS, method_named
from crowdbroker.aggregation.metrics import Measured, with_interval
from crowdbroker.aggregation.votes import Votes

Array = npt.NDArray[np.float64]
LEAST_COMPARED = 20
"""With fewer known items no difference between methods is told from luck."""
# Scores are sums in a fixed order, so equal evidence differs by rounding alone.
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Compared:
    """One method.

    Attributes:
        method: its name.
        accuracy: on held-out gold, an item with several best labels counting for the share of them that is right; None
            without gold.
        beyond: accuracy minus that of the trusted method on the same items; None likewise.
        unlike: items whose label differs from the trusted method's.
        ties: items with several best labels.
        seconds: that one fit took.
    """

    method: str
    accuracy: Measured | None
    beyond: Measured | None
    unlike: int
    ties: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All methods.

    Attributes:
        rows: in the order of `methods.METHODS`, then peers.
        trusted: the name of the method to trust.
        why: a sentence for people.
        gold: how many known items there were.
    """

    rows: tuple[Compared, ...]
    trusted: str
    why: str
    gold: int


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    labels: Sequence[Hashable]
    right: Array
    ties: int
    seconds: float


def compare(
    votes: Votes,
    gold: Answers | None = None,
    *,
    peers: Sequence[str] = (),
    folds: int = 5,
    seed: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> Comparison:
    """Return every method side by side, and which one to trust.

    The known items are dealt into folds; a method labels each fold knowing the gold of the others alone. The method of
    `auto` is trusted unless another one is right more often beyond doubt: the best of several is the luckiest, too, and
    `auto` was chosen on many crowds.

    Args:
        votes: at least one.
        gold: known answers.
        peers: names of `methods.PEERS` to compare as well; each is fitted six times, which may take long.
        folds: 2 or more.
        seed: of the deal and of the intervals.
        clock: seconds, for `Compared.seconds`.

    Raises:
        UnknownLabel: a gold label is not in `votes.labels`.
        InputError: there is no such peer, or crowd-kit is not installed.
    """
    known = encode_gold(votes, gold)
    default, why = choice(votes, gold)
    names = [*(name for name in METHODS if name != "auto"), *peers]
    tried = {name: _tried(name, votes, known, gold, folds, seed, clock) for name in names}
    trusted = _trusted(tried, default, seed) if len(known.item) >= LEAST_COMPARED else default
    rows = tuple(_row(name, tried[name], tried[trusted], seed) for name in names)
    return Comparison(rows, trusted, _why(rows, trusted, default, why, len(known.item)), len(known.item))


def _tried(
    name: str,
    votes: Votes,
    known: Gold,
    gold: Answers | None,
    folds: int,
    seed: int,
    clock: Callable[[], float],
) -> _Tried:
    began = clock()
    fitted = method_named(name).fit(votes, gold)
    seconds = clock() - began
    right = np.empty(0)
    if gold and len(known.item):
        held_out = cross_fitted(method_named(name), votes, known, gold, folds=folds, seed=seed)
        best = held_out >= held_out.max(axis=1, keepdims=True) - _EQUAL
        right = (best & known.accepted).sum(axis=1) / best.sum(axis=1)
    return _Tried(list(fitted.labels_.values()), right, len(getattr(fitted, "ties_", ())), seconds)


def _trusted(tried: dict[str, _Tried], default: str, seed: int) -> str:
    """Return the method that is better than the default beyond doubt, and the best of those."""
    better = {
        name: one.right.mean()
        for name, one in tried.items()
        if name != default and _mean(one.right - tried[default].right, seed).low > 0
    }
    return max(better, key=lambda name: better[name]) if better else default


def _row(name: str, tried: _Tried, trusted: _Tried, seed: int) -> Compared:
    unlike = sum(mine != its for mine, its in zip(tried.labels, trusted.labels, strict=True))
    if not len(tried.right):
        return Compared(name, None, None, unlike, tried.ties, tried.seconds)
    beyond = _mean(tried.right - trusted.right, seed)
    return Compared(name, _mean(tried.right, seed), beyond, unlike, tried.ties, tried.seconds)


def _mean(numbers: Array, seed: int) -> Measured:
    return with_interval(
        lambda drawn, _: float(drawn.mean()), numbers, np.ones(len(numbers), dtype=np.bool_), seed=seed
    )


def _why(rows: Sequence[Compared], trusted: str, default: str, why: str, gold: int) -> str:
    if gold < LEAST_COMPARED:
        return f"{why} Known answers could compare the methods; {gold or 'none'} of {LEAST_COMPARED} are there."
    if trusted != default:
        return f"On the known answers it is right more often than {default} beyond doubt."
    best = max(rows, key=lambda row: row.accuracy.value if row.accuracy else 0.0)
    if best.method == trusted or (best.beyond and best.beyond.value <= 0):
        return "It is right most often on the known answers."
    return f"On {gold} known answers {best.method} is right a little more often, which may be luck."
