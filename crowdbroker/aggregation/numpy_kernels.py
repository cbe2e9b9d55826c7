"""The sums of `em` in numpy: the reference, and what runs where numba is not installed.

Votes are taken in blocks of whole items, so temporary arrays stay small. Within a block each class is one pass over the
votes, with tables that have the class first. Blocks have a size that depends on nothing but the votes, and sums go in
their order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.votes import Votes

Array = npt.NDArray[np.float64]

_BLOCK = 1 << 16


def label_counts(votes: Votes, posterior: Array) -> Array:
    """Return shape (cells, classes); see `em.label_counts`."""
    counts = np.zeros((posterior.shape[1], len(votes.cells)))
    for items in _blocks(votes):
        _add_counts(counts, votes, items, np.ascontiguousarray(posterior[items].T))
    return np.ascontiguousarray(counts.T)


def posterior_of(votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None) -> tuple[Array, float]:
    """Return shape (items, classes) and the log-likelihood; see `em.posterior_of`."""
    table = np.ascontiguousarray(log_confusion.T)
    posterior = np.empty((len(votes.items), len(log_prior)))
    likelihood = 0.0
    for items in _blocks(votes):
        block, gained = _block_posterior(votes, items, table, log_prior, gold)
        posterior[items] = block.T
        likelihood += gained
    return posterior, likelihood


def sweep(votes: Votes, log_confusion: Array, log_prior: Array, gold: Gold | None) -> tuple[Array, Array, float]:
    """Return counts (cells, classes), classes (classes,) and the log-likelihood; see `em.sweep`."""
    table = np.ascontiguousarray(log_confusion.T)
    counts, classes, likelihood = np.zeros_like(table), np.zeros(len(log_prior)), 0.0
    for items in _blocks(votes):
        block, gained = _block_posterior(votes, items, table, log_prior, gold)
        _add_counts(counts, votes, items, block)
        classes += block.sum(axis=1)
        likelihood += gained
    return np.ascontiguousarray(counts.T), classes, likelihood


def vote_counts(votes: Votes) -> npt.NDArray[np.int32]:
    """Return the votes of each item for each label; shape (items, labels)."""
    labels = len(votes.labels)
    counts = np.empty((len(votes.items), labels), dtype=np.int32)
    for items in _blocks(votes):
        rows, item = _rows(votes, items)
        code = item * labels + votes.label[rows]
        size = items.stop - items.start
        counts[items] = np.bincount(code, minlength=size * labels).reshape(size, labels)
    return counts


def _blocks(votes: Votes) -> Iterator[slice]:
    """Yield ranges of items with about as many votes as a block has, or several times the cells if that is more."""
    size = max(_BLOCK, 4 * len(votes.cells))
    last = len(votes.items)
    edges = np.searchsorted(votes.start, np.arange(size, len(votes), size)).tolist()
    begin = 0
    for end in [*edges, last]:
        if end > begin:
            yield slice(begin, end)
            begin = end


def _block_posterior(
    votes: Votes, items: slice, table: Array, log_prior: Array, gold: Gold | None
) -> tuple[Array, float]:
    """Return P(class | votes) of a range of items, shape (classes, items), and the log-likelihood."""
    first = votes.start[items.start]
    cell = votes.cell[first : votes.start[items.stop]].astype(np.intp)
    place = votes.start[items].astype(np.intp) - int(first)
    joint = np.empty((len(log_prior), items.stop - items.start))
    for true, prior in enumerate(log_prior):
        np.add.reduceat(table[true].take(cell), place, out=joint[true])
        joint[true] += prior
    if gold is not None and len(gold.item):
        begin, end = np.searchsorted(gold.item, (items.start, items.stop))
        known = gold.item[begin:end] - items.start
        joint[:, known] = np.where(gold.accepted[begin:end].T, joint[:, known], -np.inf)
    # Products of many small probabilities underflow, so the best class is scaled to 1 before exp.
    best = joint.max(axis=0)
    joint -= best
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    return joint, float((best + np.log(total)).sum())


def _add_counts(counts: Array, votes: Votes, items: slice, posterior: Array) -> None:
    """Add a range of items' votes, weighted by posterior, shape (classes, items), to counts, shape (classes, cells)."""
    rows, item = _rows(votes, items)
    cell = votes.cell[rows].astype(np.intp)
    for true, weights in enumerate(posterior):
        counts[true] += np.bincount(cell, weights=weights.take(item), minlength=counts.shape[1])


def _rows(votes: Votes, items: slice) -> tuple[slice, npt.NDArray[np.intp]]:
    """Return the votes of a range of items, and the item of each, counted from the first of the range."""
    start = votes.start[items.start : items.stop + 1]
    return slice(start[0], start[-1]), np.repeat(np.arange(items.stop - items.start), np.diff(start))
