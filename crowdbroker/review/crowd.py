"""How Workers answer: each one's confusion matrix, how far they agree, and what Answers to one Item say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from crowdbroker.broker.reviewed import reviewed
from crowdbroker.domain.answer_kinds import AnswerKind, chosen_labels, folded
from crowdbroker.review.estimate import Estimate
from crowdbroker.store.reads import BatchView, Vote, gold_items, votes
from crowdbroker.store.store import Store

if TYPE_CHECKING:
    from crowdbroker.aggregation.votes import Votes

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Crowd:
    """A fit of all Answers of a Batch.

    Attributes:
        labels: the label set, in the order of rows and columns; empty where the kind has no matrices.
        prior: P(true label); shape (labels,).
        confusion: Worker row -> P(says | truth); shape (labels, labels), rows sum to 1.
        alpha: Krippendorff's alpha; None where there is nothing to compare.
    """

    labels: tuple[str, ...] = ()
    prior: Array = field(default_factory=lambda: np.zeros(0))
    confusion: Mapping[int, Array] = field(default_factory=dict)
    alpha: Estimate | None = None

    def row(self, worker: int, truth: str) -> list[tuple[str, float]]:
        """How a Worker answers where a label is the truth: each label with its chance; empty where nobody knows."""
        matrix = self.confusion.get(worker)
        if matrix is None or truth not in self.labels:
            return []
        return list(zip(self.labels, matrix[self.labels.index(truth)].tolist(), strict=True))

    def posterior(self, given: Sequence[Vote]) -> list[tuple[str, float]]:
        """P(true label | these Answers) before calibration; empty where no Worker among them is known."""
        known = [(self.confusion[vote.worker], vote.label) for vote in given if vote.worker in self.confusion]
        known = [(matrix, label) for matrix, label in known if label in self.labels]
        if not known:
            return []
        log = np.log(np.maximum(self.prior, 1e-12))
        for matrix, label in known:
            log += np.log(np.maximum(matrix[:, self.labels.index(label)], 1e-12))
        chance = np.exp(log - log.max())
        return list(zip(self.labels, (chance / chance.sum()).tolist(), strict=True))


def look_at_crowd(store: Store, batch: BatchView) -> Crowd:
    """Fit the Answers of a Batch; seconds on half a million."""
    if not batch.project.kind.categorical:
        return Crowd()
    labels = batch.project.label_values
    known = set(labels)
    with store.read() as session:
        given = [vote for vote in votes(session, batch.id) if vote.label in known]
        people, gold = reviewed(session, batch).votes, gold_items(session, batch.id)
    if not given:
        return Crowd()
    from crowdbroker.aggregation.dawid_skene import DawidSkene

    cast = _cast([*given, *people], labels)
    fit = DawidSkene().fit(cast, gold=gold)
    matrices = {int(str(worker)): matrix for worker, matrix in zip(cast.workers, fit.confusion_, strict=True)}
    return Crowd(labels, fit.class_prior_, matrices, _alpha(given, labels))


def _cast(given: Sequence[Vote], labels: Sequence[str]) -> Votes:
    from crowdbroker.aggregation.votes import Votes

    items, workers, said = zip(*((vote.item, vote.worker, vote.label) for vote in given), strict=True)
    return Votes.from_columns(items, workers, said, label_set=labels)


def _alpha(given: Sequence[Vote], labels: Sequence[str]) -> Estimate | None:
    from crowdbroker.aggregation.agreement import krippendorff_alpha

    if max(Counter(vote.item for vote in given).values()) < 2:
        return None
    found = krippendorff_alpha(_cast(given, labels), samples=200)
    return None if isnan(found.value) else Estimate(found.value, found.low, found.high)


def shares(kind: AnswerKind, given: Sequence[Vote]) -> list[tuple[str, float]]:
    """What part of the Answers says each label, the most frequent first; for text alike but for case and spacing."""
    if not given or kind is AnswerKind.BOXES:
        return []
    said: Counter[str] = Counter()
    first: dict[str, str] = {}
    for vote in given:
        parts = chosen_labels(vote.label) if kind is AnswerKind.CHOICES else [vote.label]
        for part in parts:
            same = folded(part) if kind is AnswerKind.TEXT else part
            said[first.setdefault(same, part)] += 1
    return [(label, count / len(given)) for label, count in said.most_common()]
