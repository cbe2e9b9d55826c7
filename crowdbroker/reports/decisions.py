"""What each decision paid and withheld, and the evidence that it was made on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.reports.scope import Scope
from crowdbroker.store.tables import AssignmentRow, HITRow

BY_THE_CLOCK = "none"
"""Nobody decided: it waits, or the marketplace approved it by its clock."""


@dataclass
class _Pile:
    """Assignments of one Batch with one decision."""

    workers: set[int] = field(default_factory=set)
    assignments: int = 0
    paid: int = 0
    withheld: int = 0
    waiting: int = 0
    looks: list[int] = field(default_factory=list)
    right: int = 0
    with_signal: int = 0


def pay_by_decision(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """A row for every Batch and decision: people, pay in cents, and counts of evidence.

    `gold_answers` and `gold_right` sum what the decisions read of gold, and `gold_median` is the median of it over the
    Assignments; `with_signal` counts those that had a second signal beside gold.
    """
    columns: Any = (
        AssignmentRow.batch_id,
        AssignmentRow.worker_row,
        AssignmentRow.verdict,
        AssignmentRow.state,
        AssignmentRow.evidence,
        HITRow.reward_cents,
    )
    rows = select(*columns).where(
        col(AssignmentRow.hit_row) == col(HITRow.id), col(AssignmentRow.batch_id).in_(scope.ids)
    )
    if scope.since_at is not None:
        rows = rows.where(col(AssignmentRow.submitted_at) >= scope.since_at)
    piles: dict[tuple[int, str], _Pile] = defaultdict(_Pile)
    for batch_id, worker, verdict, state, evidence, reward in session.exec(rows):
        _add(piles[batch_id, verdict or BY_THE_CLOCK], worker, state, evidence, reward)
    names = scope.names
    return [
        {"batch": names[batch_id], "decision": decision, **_row(piles[batch_id, decision])}
        for batch_id, decision in sorted(piles)
    ]


def _add(pile: _Pile, worker: int, state: str, evidence: dict[str, Any], reward: int) -> None:
    pile.workers.add(worker)
    pile.assignments += 1
    if state == AssignmentState.APPROVED:
        pile.paid += reward
    elif state == AssignmentState.REJECTED:
        pile.withheld += reward
    else:
        pile.waiting += reward
    pile.looks.append(evidence.get("look", 0))
    pile.right += evidence.get("right", 0)
    pile.with_signal += bool(evidence.get("signals"))


def _row(pile: _Pile) -> dict[str, Any]:
    return {
        "assignments": pile.assignments,
        "workers": len(pile.workers),
        "paid": pile.paid,
        "withheld": pile.withheld,
        "waiting": pile.waiting,
        "gold_answers": sum(pile.looks),
        "gold_right": pile.right,
        "gold_median": median(pile.looks),
        "with_signal": pile.with_signal,
    }
