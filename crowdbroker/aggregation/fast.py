"""The sums of `em` by compiled loops on several threads.

Votes are cut into parts of whole items, each with counts of its own; the parts' counts are summed in their order. How
many parts there are depends on the votes alone, so the number of threads changes no bit of a result.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.fast_kernels import counting_kernel, sweep_kernel, voting_kernel
from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.votes import Votes

Array = npt.NDArray[np.float64]

_MOST_PARTS = 16
_PART_VOTES = 32_768
# What the counts of all parts may take: less than the votes themselves do.
_BYTES_A_VOTE = 5


class Fast:
    """The kernels in one precision.

    Args:
        bits: 64 or 32.
        threads: how many at once; without it, as many as there are processors for this process.
    """

    def __init__(self, bits: int = 64, threads: int | None = None) -> None:
        self.bits = bits
        self.number: type[np.floating[Any]] = np.float64 if bits == 64 else np.float32
        self.threads = threads or len(os.sched_getaffinity(0))

    def label_counts(self, votes: Votes, posterior: Array) -> Array:
        """Return shape (cells, classes); see `em.label_counts`."""
        kernel, rows = counting_kernel(), np.ascontiguousarray(posterior)
        edges = _parts(votes, posterior.shape[1], self.bits)
        counts = np.zeros((len(edges) - 1, len(votes.cells), posterior.shape[1]), dtype=self.number)
        self._each(edges, lambda part, first, last: kernel(votes.start, votes.cell, rows, counts[part], first, last))
        total: Array = counts.sum(axis=0, dtype=np.float64)
        return total

    def posterior_of(
        self, votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None
    ) -> tuple[Array, float]:
        """Return shape (items, classes), of the kernels' precision, and the log-likelihood; see `em.posterior_of`."""
        posterior = np.empty((len(votes.items), len(log_prior)), dtype=self.number)
        nothing = np.empty((1, 0, len(log_prior)), dtype=self.number)
        edges = _edges(votes, _MOST_PARTS)
        likelihood = self._sweep(votes, log_confusion, log_prior, gold, nothing, posterior, edges)[1]
        return posterior, likelihood

    def sweep(
        self, votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None
    ) -> tuple[Array, Array, float]:
        """Return counts (cells, classes), classes (classes,) and the log-likelihood; see `em.sweep`."""
        edges = _parts(votes, len(log_prior), self.bits)
        counts = np.zeros((len(edges) - 1, *log_confusion.shape), dtype=self.number)
        nothing = np.empty((0, len(log_prior)), dtype=self.number)
        classes, likelihood = self._sweep(votes, log_confusion, log_prior, gold, counts, nothing, edges)
        return counts.sum(axis=0, dtype=np.float64), classes, likelihood

    def vote_counts(self, votes: Votes) -> npt.NDArray[np.int32]:
        """Return the votes of each item for each label; shape (items, labels)."""
        kernel = voting_kernel()
        counts = np.zeros((len(votes.items), len(votes.labels)), dtype=np.int32)
        edges = _edges(votes, _MOST_PARTS)
        self._each(edges, lambda _, first, last: kernel(votes.start, votes.label, counts, first, last))
        return counts

    def _sweep(
        self,
        votes: Votes,
        log_confusion: Array,
        log_prior: Array,
        gold: Gold | None,
        counts: npt.NDArray[Any],
        posterior: npt.NDArray[Any],
        edges: list[int],
    ) -> tuple[Array, float]:
        kernel = sweep_kernel(len(log_prior), self.bits)
        table = np.ascontiguousarray(log_confusion, dtype=self.number)
        prior = np.ascontiguousarray(log_prior, dtype=self.number)
        known = np.empty(0, dtype=np.int64) if gold is None else gold.item.astype(np.int64)
        accepted = np.empty((0, len(prior)), dtype=np.bool_) if gold is None else np.ascontiguousarray(gold.accepted)
        classes = np.zeros((len(edges) - 1, len(prior)))

        def run(part: int, first: int, last: int) -> float:
            own = counts[min(part, len(counts) - 1)]
            likelihood: float = kernel(
                votes.start, votes.cell, table, prior, known, accepted, own, classes[part], posterior, first, last
            )
            return likelihood

        likelihood = float(sum(self._each(edges, run)))
        return classes.sum(axis=0), likelihood

    def _each(self, edges: list[int], run: Callable[[int, int, int], Any]) -> list[Any]:
        """Return what `run(part, first item, last item)` returns for each part, in order."""
        parts = range(len(edges) - 1)
        if len(parts) == 1 or self.threads == 1:
            return [run(part, edges[part], edges[part + 1]) for part in parts]
        return list(_pool(self.threads).map(run, parts, edges[:-1], edges[1:]))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Return threads that stay: starting them anew for each pass shows in small crowds."""
    return ThreadPoolExecutor(threads, thread_name_prefix="votes")


def _parts(votes: Votes, classes: int, bits: int) -> list[int]:
    """Return the edges of as many parts as the memory for their counts allows."""
    own = len(votes.cells) * classes * bits // 8
    return _edges(votes, min(_MOST_PARTS, _BYTES_A_VOTE * len(votes) // own))


def _edges(votes: Votes, most: int) -> list[int]:
    """Return the first item of every part, and the number of items; a power of two of parts with about equal votes."""
    parts = max(1, min(most, len(votes) // _PART_VOTES))
    parts = 1 << (parts.bit_length() - 1)
    inner = np.searchsorted(votes.start, np.arange(1, parts) * len(votes) // parts).tolist()
    return [0, *inner, len(votes.items)]
