"""The two sums of expectation maximisation over votes, whatever the model between them.

A model of workers turns soft counts into probabilities; everything that costs time in proportion to the votes is here:

- `label_counts`: how often each worker said each label where each class was true, by a posterior (the sums of Dawid &
  Skene 1979, Applied Statistics 28, 20-28, eq. 2.3);
- `posterior_of`: P(true class | votes) and the log-likelihood, by log probabilities (their eq. 2.5 and 2.1);
- `sweep`: the second and then the first in one pass, without a posterior of all items in memory.

`numpy` is the reference. `fast` (the extra of that name: numba) gives the same within 1e-9 of a probability, and within
1e-4 with 32-bit numbers. Either gives the same bits for the same votes, in whatever order they came and on any number
of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation import numpy_kernels
from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]
Engine = Literal["auto", "numpy", "fast", "fast32"]

# Below so many votes numpy is done before numba is loaded.
_WORTH_LOADING = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """All that a model needs to know of votes and posterior; those of shards add up.

    Attributes:
        counts: expected votes of each pair of worker and label on each true class; shape (cells, classes).
        classes: expected items of each true class; shape (classes,).
        log_likelihood: of the votes under the parameters that the posterior came from, natural log units; 0 where it
            came from none.
    """

    counts: Array
    classes: Array
    log_likelihood: float


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What `posterior_of` and `sweep` need of a model.

    Attributes:
        log_confusion: log P(worker says label | class) of the pairs that occur; shape (cells, classes).
        log_prior: log P(class); shape (classes,).
    """

    log_confusion: Array
    log_prior: Array


class Sweeper(Protocol):
    """Votes, here or in shards elsewhere, that can be swept."""

    def __call__(self, parameters: Parameters) -> Statistics:
        """Return the statistics of the posterior under parameters."""


def label_counts(votes: Votes, posterior: Array, engine: Engine = "auto") -> Array:
    """Return how often each worker said each label where each class was true.

    Args:
        votes: n votes.
        posterior: P(class); shape (items, classes), rows sum to 1.
        engine: who computes; see `engine_for`.

    Returns:
        Shape (cells, classes), rows as in `votes.cells`.
    """
    return _kernels(votes, engine).label_counts(votes, posterior)


def posterior_of(
    votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None = None, engine: Engine = "auto"
) -> tuple[Array, float]:
    """Return P(true class | votes) and the log-likelihood of the votes.

    Args:
        votes: n votes.
        log_confusion: log P(worker says label | class); shape (cells, classes), rows as in `votes.cells`.
        log_prior: log P(class); shape (classes,).
        gold: classes that are not accepted get probability 0; the likelihood is that of votes and gold.
        engine: who computes; see `engine_for`.

    Returns:
        Shape (items, classes), rows sum to 1; and natural log units.
    """
    return _kernels(votes, engine).posterior_of(votes, log_confusion, log_prior, gold)


def sweep(
    votes: Votes,
    parameters: Parameters,
    gold: Gold | None = None,
    engine: Engine = "auto",
    threads: int | None = None,
) -> Statistics:
    """Return the statistics of the posterior under parameters; the posterior itself is not kept.

    Args:
        votes: n votes.
        parameters: of the model.
        gold: as for `posterior_of`.
        engine: who computes; see `engine_for`.
        threads: how many `fast` uses; without it, as many as there are processors. They change no bit of the result.
    """
    kernels = _kernels(votes, engine, threads)
    return Statistics(*kernels.sweep(votes, parameters.log_confusion, parameters.log_prior, gold))


def statistics_of(votes: Votes, posterior: Array, engine: Engine = "auto") -> Statistics:
    """Return the statistics of a posterior that came from elsewhere, such as shares of votes."""
    return Statistics(label_counts(votes, posterior, engine), posterior.sum(axis=0, dtype=np.float64), 0.0)


def vote_counts(votes: Votes, engine: Engine = "auto") -> npt.NDArray[np.int32]:
    """Return the votes of each item for each label; shape (items, labels)."""
    return _kernels(votes, engine).vote_counts(votes)


def engine_for(votes: Votes, engine: Engine = "auto") -> Engine:
    """Return who computes: `auto` is `fast` where numba is installed and there are votes enough to be worth loading it.

    Raises:
        InputError: no such engine, or `fast` without numba.
    """
    if engine not in ("auto", "numpy", "fast", "fast32"):
        raise InputError(f"no such engine {engine!r}", field="engine", remedy="Take auto, numpy, fast or fast32.")
    installed = find_spec("numba") is not None
    if engine == "auto":
        return "fast" if installed and len(votes) >= _WORTH_LOADING else "numpy"
    if engine != "numpy" and not installed:
        raise InputError("numba is not installed", field="engine", remedy="pip install 'crowdbroker[fast]'")
    return engine


class _Kernels(Protocol):
    def label_counts(self, votes: Votes, posterior: Array) -> Array: ...

    def posterior_of(
        self, votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None
    ) -> tuple[Array, float]: ...

    def sweep(
        self, votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None
    ) -> tuple[Array, Array, float]: ...

    def vote_counts(self, votes: Votes) -> npt.NDArray[np.int32]: ...


def _kernels(votes: Votes, engine: Engine, threads: int | None = None) -> _Kernels:
    chosen = engine_for(votes, engine)
    if chosen == "numpy":
        return numpy_kernels
    # Loading numba takes most of a second: only votes enough to be worth it, or a caller who asks, pay that.
    from crowdbroker.aggregation.fast import Fast

    return Fast(32 if chosen == "fast32" else 64, threads)
