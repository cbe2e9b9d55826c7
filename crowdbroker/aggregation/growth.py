"""Votes with more votes put in, without sorting what was sorted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.cells import Cells, Positions, smallest
from crowdbroker.aggregation.names import Names
from crowdbroker.aggregation.votes import Votes

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """What became of votes.

    Attributes:
        votes: all of them; items and workers that are new come after the old ones.
        touched: the items with new votes, ascending; shape (t,).
        cell: position in `votes.cells` of every pair of worker and label that was there before; shape (old cells,).
    """

    votes: Votes
    touched: Indices
    cell: Indices


def grown(votes: Votes, more: Votes) -> Growth:
    """Return votes with more of them; the first vote of a worker on an item stays.

    Args:
        votes: what was there; its label set must be that of the others.
        more: what comes.
    """
    items, item_of = _extended(votes.items, more.items)
    workers, worker_of = _extended(votes.workers, more.workers)
    item, worker, label = item_of[more.item], worker_of[more.worker], more.label
    touched = np.unique(item)
    known = votes.of_items(touched[touched < len(votes.items)])
    pair_of = len(workers)
    there = known.item_before * pair_of + known.votes.worker
    pair = item * pair_of + worker
    order = np.argsort(pair)
    place = np.searchsorted(there, pair[order])
    new = ~_found(there, place, pair[order])
    order, place = order[new], place[new]
    at = np.append(known.row, len(votes))[place]
    # Behind the last known vote of an item stands the next item's first, wherever that is.
    at = np.where(item[order] < len(votes.items), np.minimum(at, _end(votes, item[order])), len(votes))
    merged = (
        _inserted(votes.item, at, item[order], len(items)),
        _inserted(votes.worker, at, worker[order], len(workers)),
        _inserted(votes.label, at, label[order], len(votes.labels)),
    )
    repeats = votes.repeats + more.repeats + len(more) - len(order)
    all_votes = Votes(*merged, items, workers, votes.labels, repeats, votes.skipped + more.skipped)
    cells, cell, moved = _cells(votes, at, worker[order], label[order])
    all_votes.__dict__["_celled"] = cells, cell  # in place of counting them anew
    return Growth(all_votes, np.unique(item[order]), moved)


def _extended(names: Names, more: Names) -> tuple[Names, Indices]:
    """Return names with those that are new behind them, and the position of each of more."""
    place = names.places(more)
    new = np.flatnonzero(place < 0)
    place[new] = len(names) + np.arange(len(new))
    return names.with_more(more.at(new)), place


def _found(there: Indices, place: Indices, pair: Indices) -> npt.NDArray[np.bool_]:
    inside = place < len(there)
    found = np.zeros(len(pair), dtype=np.bool_)
    found[inside] = there[place[inside]] == pair[inside]
    return found


def _end(votes: Votes, item: Indices) -> Indices:
    """Return the row behind an item's last vote; rows of items that are new count as the end of all."""
    end: Indices = votes.start[np.minimum(item, len(votes.items) - 1) + 1]
    return end


def _inserted(old: Positions, at: Indices, added: Positions, size: int) -> Positions:
    return np.insert(old.astype(smallest(size), copy=False), at, added)


def _cells(votes: Votes, at: Indices, worker: Indices, label: Positions) -> tuple[Cells, Positions, Indices]:
    """Return all cells, the cell of every vote, and where the old cells are among them."""
    labels = len(votes.labels)
    old = votes.cells.worker.astype(np.int64) * labels + votes.cells.label
    code = worker * labels + label
    pairs = np.union1d(old, code)
    moved = np.searchsorted(pairs, old)
    kind = smallest(len(pairs))
    cell = moved.astype(kind)[votes.cell] if len(pairs) > len(old) else votes.cell
    return Cells.of_pairs(pairs, labels), np.insert(cell, at, np.searchsorted(pairs, code).astype(kind)), moved
