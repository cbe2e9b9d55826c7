"""What is known of workers from before: answers that count like today's."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]
# worker -> expected answers; shape (true labels, said labels), in the order of the label set
Records = Mapping[Hashable, npt.ArrayLike]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Answers from before, of the workers who voted.

    They are added in every M-step. As a mere start for EM they would be forgotten: with 1,000 answers from before per
    worker, posteriors that began with and without them differ by 0.69 after ten iterations and by 0.008 after 1,000.

    Attributes:
        worker: position in `votes.workers`; shape (h,).
        counts: from before; shape (h, true labels, said labels).
        of_cells: of every pair of worker and label, with what gold counts more; shape (cells, true labels).
        answers: on each true label, whatever was said, likewise; shape (workers, true labels).
    """

    worker: npt.NDArray[np.intp]
    counts: Array
    of_cells: Array
    answers: Array


def encode_history(votes: Votes, records: Records | None) -> History | None:
    """Return the history of the workers who voted, None where there is none.

    Raises:
        InputError: a record has another shape than labels x labels, or a number below zero or not finite.
    """
    known = [(place, name) for name in records or () if (place := votes.workers.place(name)) is not None]
    if not known or records is None:
        return None
    labels = len(votes.labels)
    counts = np.stack([_checked(name, records[name], labels) for _, name in known])
    worker = np.array([place for place, _ in known], dtype=np.intp)
    answers = np.zeros((len(votes.workers), labels))
    answers[worker] = counts.sum(axis=2)
    return History(worker, counts, _of_cells(votes, worker, counts), answers)


def with_gold(history: History | None, votes: Votes, known: Gold, weight: float) -> History | None:
    """Return the history with the votes on known items once more, so that each counts `weight` times in all."""
    if not len(known.item) or weight == 1:
        return history
    place = np.full(len(votes.items), -1)
    place[known.item] = np.arange(len(known.item))
    row = place[votes.item]
    on_gold = row >= 0
    truth = known.accepted / known.accepted.sum(axis=1, keepdims=True)
    more = np.zeros((len(votes.cells), len(votes.labels)))
    np.add.at(more, votes.cell[on_gold], (weight - 1) * truth[row[on_gold]])
    answers = np.add.reduceat(more, votes.cells.first, axis=0)
    if history is None:
        labels = len(votes.labels)
        return History(np.zeros(0, dtype=np.intp), np.zeros((0, labels, labels)), more, answers)
    return History(history.worker, history.counts, history.of_cells + more, history.answers + answers)


def _of_cells(votes: Votes, worker: npt.NDArray[np.intp], counts: Array) -> Array:
    row = np.full(len(votes.workers), -1)
    row[worker] = np.arange(len(worker))
    of_pair = row[votes.cells.worker]
    found = np.zeros((len(votes.cells), len(votes.labels)))
    has = of_pair >= 0
    found[has] = counts[of_pair[has], :, votes.cells.label[has]]
    return found


def _checked(name: Hashable, record: npt.ArrayLike, labels: int) -> Array:
    counts = np.asarray(record, dtype=np.float64)
    if counts.shape != (labels, labels) or not np.isfinite(counts).all() or (counts < 0).any():
        raise InputError(
            f"the history of worker {name!r} is not a table of {labels} x {labels} finite numbers from 0 up",
            remedy="Give the answers by true and said label, in the order of the label set.",
        )
    return counts
