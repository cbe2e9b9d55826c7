"""The second signals on Workers: one-answer habits, pace, and skill compared with the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import log
from statistics import median

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.consensus import consensus
from crowdbroker.domain.quality import Signals, entropy_bits
from crowdbroker.store.reads import BatchView, Vote, votes
from crowdbroker.store.tables import AssignmentRow, HITItemRow

_ENOUGH_WORKERS = 5
_ENOUGH_ASSIGNMENTS = 3
_LEAST_SPREAD = 0.1
"""A spread of log seconds below this is no spread: without a floor, an even crowd would make everybody an outlier."""


def worker_signals(session: Session, batch: BatchView) -> dict[int, Signals]:
    """Worker row -> signals, over all Answers of the Batch so far."""
    given = votes(session, batch.id)
    by_worker: dict[int, list[Vote]] = defaultdict(list)
    for vote in given:
        by_worker[vote.worker].append(vote)
    entropy = _entropy_shares(by_worker, given)
    pace = _pace(session, batch.id)
    skill = consensus(session, batch, given).skill if given else {}
    return {
        worker: Signals(len(own), entropy.get(worker), pace.get(worker), skill.get(worker))
        for worker, own in by_worker.items()
    }


def _entropy_shares(by_worker: Mapping[int, list[Vote]], given: Iterable[Vote]) -> dict[int, float]:
    """Entropy of each Worker's labels over the entropy of all labels; empty where all labels are the same anyway."""
    overall = entropy_bits(list(Counter(vote.label for vote in given).values()))
    if overall < 0.5:
        return {}
    return {
        worker: entropy_bits(list(Counter(vote.label for vote in own).values())) / overall
        for worker, own in by_worker.items()
    }


def _pace(session: Session, batch_id: int) -> dict[int, float]:
    """Robust z-scores of the log of each Worker's median seconds an Item (median and 1.4826 MAD over Workers)."""
    size = (
        select(func.count())
        .where(col(HITItemRow.hit_id) == col(AssignmentRow.hit_row))
        .correlate(AssignmentRow)
        .scalar_subquery()
    )
    rows = select(AssignmentRow.worker_row, AssignmentRow.accepted_at, AssignmentRow.submitted_at, size).where(
        col(AssignmentRow.batch_id) == batch_id
    )
    paces: dict[int, list[float]] = defaultdict(list)
    for worker, accepted_at, submitted_at, items in session.exec(rows):
        paces[worker].append(log(max((submitted_at - accepted_at).total_seconds() / items, 0.01)))
    logs = {worker: median(own) for worker, own in paces.items() if len(own) >= _ENOUGH_ASSIGNMENTS}
    if len(logs) < _ENOUGH_WORKERS:
        return {}
    centre = median(logs.values())
    spread = max(1.4826 * median(abs(value - centre) for value in logs.values()), _LEAST_SPREAD)
    return {worker: (value - centre) / spread for worker, value in logs.items()}
