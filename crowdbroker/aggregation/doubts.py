"""Which labels a person should look at first, and how many wrong ones that would find."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.outcome import Outcome

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label that may be wrong.

    Attributes:
        item: which.
        label: what it got.
        confidence: in that.
        second: the next likeliest label; None where there is no other.
        second_confidence: in that.
        agreed: how many of its votes were for the label.
        votes: how many it has.
        tied: whether several labels are as likely.
    """

    item: Hashable
    label: Hashable
    confidence: float
    second: Hashable | None
    second_confidence: float
    agreed: int
    votes: int
    tied: bool


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A known answer that the workers contradict: perhaps the gold is wrong.

    Attributes:
        item: which.
        known: the accepted labels.
        said: what most of its votes say.
        agreed: how many of its votes say that.
        votes: how many it has.
    """

    item: Hashable
    known: tuple[Hashable, ...]
    said: Hashable
    agreed: int
    votes: int


def most_doubtful(outcome: Outcome, count: int) -> list[Doubt]:
    """Return the items whose label is least sure, without gold; of equal ones those with fewer votes come first."""
    votes, best = outcome.votes, outcome.best
    number = np.diff(votes.start)
    doubtful = np.ones(len(best), dtype=np.bool_)
    doubtful[outcome.known.item] = False
    rows = np.flatnonzero(doubtful & (best < 1.0))
    if len(rows) > count:
        # The few least sure ones, and all that are as unsure as the last of them.
        edge = np.partition(best[rows], count - 1)[count - 1]
        rows = rows[best[rows] <= edge]
    rows = rows[np.lexsort((rows, number[rows], best[rows]))][:count]
    tied = set(outcome.model.ties_)
    return [_doubt(outcome, row, tied) for row in rows.tolist()]


def _doubt(outcome: Outcome, row: int, tied: set[Hashable]) -> Doubt:
    votes = outcome.votes
    item = votes.items[row]
    label = outcome.labels[item]
    place = votes.labels.index(label)
    others = outcome.confidence[row].copy()
    others[place] = -1.0
    second = int(others.argmax())
    said = votes.label[votes.start[row] : votes.start[row + 1]]
    there_is = len(others) > 1 and others[second] > 0
    return Doubt(
        item,
        label,
        float(outcome.confidence[row, place]),
        votes.labels[second] if there_is else None,
        float(others[second]) if there_is else 0.0,
        int((said == place).sum()),
        len(said),
        item in tied,
    )


def contradictions(outcome: Outcome, count: int) -> list[Contradiction]:
    """Return known items where more than half of two votes or more say the same wrong thing, the clearest first."""
    votes, known = outcome.votes, outcome.known
    found = []
    for row, accepted in zip(known.item.tolist(), known.accepted, strict=True):
        said = votes.label[votes.start[row] : votes.start[row + 1]]
        counts = np.bincount(said, minlength=len(votes.labels))
        place = int(counts.argmax())
        if len(said) > 1 and 2 * counts[place] > len(said) and not accepted[place]:
            labels = tuple(votes.labels[index] for index in np.flatnonzero(accepted).tolist())
            found.append(Contradiction(votes.items[row], labels, votes.labels[place], int(counts[place]), len(said)))
    found.sort(key=lambda one: (-one.agreed / one.votes, -one.votes, str(one.item)))
    return found[:count]


def expected_wrong(best: Array) -> float:
    """Return how many labels are wrong if the confidence is right."""
    return float((1.0 - best).sum())


def found_by_looking(best: Array, first: int) -> float:
    """Return how many of those are among so many least sure ones."""
    doubt = 1.0 - best
    if first < len(doubt):
        doubt = np.partition(doubt, len(doubt) - first)[len(doubt) - first :] if first else doubt[:0]
    return float(doubt.sum())
