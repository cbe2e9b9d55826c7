"""`judge`: verdicts on submitted Assignments, each with its reason and evidence, written in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker import by_hand
from crowdbroker.broker.payers import Payer
from crowdbroker.broker.signals import worker_signals
from crowdbroker.domain.lifecycle import AssignmentState, HITState, check_move
from crowdbroker.domain.quality import Decision, Signals, Verdict, gold_evidence
from crowdbroker.domain.quality import judge as verdict_on
from crowdbroker.errors import InputError
from crowdbroker.store.bulk import insert_new
from crowdbroker.store.reads import BatchView, gold_outcomes
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, ExclusionRow, HITRow

_BEFORE_DEADLINE = timedelta(hours=1)
_LONGEST_FEEDBACK = 1024
"""API reference, RejectAssignment: RequesterFeedback."""


@dataclass(frozen=True)
class Judged:
    """Verdicts by decision, and Assignments whose Workers have too little evidence yet."""

    decisions: dict[str, int]
    waiting: int
    excluded: int


def judge(store: Store, batch: BatchView, now: datetime) -> Judged:
    """Decide on every Assignment that can be decided.

    An Assignment waits while its Worker has answered fewer gold Items than the first look asks for and more may
    come; it is decided when the look is reached, the Batch takes no more work, its time is up or its automatic
    approval is near.
    """
    with store.read() as session:
        if not _waiting(session, batch.id):
            return Judged({}, 0, 0)
        # The fit behind the signals takes a while on a large Batch, so it holds no write lock.
        signals = worker_signals(session, batch)
    with store.write(batch.id) as session:
        waiting = _waiting(session, batch.id)
        decisions = _Bench(session, batch, signals, now).decide(waiting)
    counts = Counter(verdict.decision.value for verdict in decisions.values())
    excluded = counts[Decision.APPROVE_AND_EXCLUDE]
    return Judged(dict(counts), len(waiting) - len(decisions), excluded)


def _waiting(session: Session, batch_id: int) -> Sequence[AssignmentRow]:
    """Submitted Assignments without a verdict, and those that the cap alone holds, oldest first."""
    cap = col(AssignmentRow.evidence)["held_for"].as_string() == "cap"
    undecided = (col(AssignmentRow.state) == AssignmentState.SUBMITTED) & col(AssignmentRow.verdict).is_(None)
    # A person's verdict on what is held stands, also before it is carried out.
    held = (col(AssignmentRow.state) == AssignmentState.HELD) & (col(AssignmentRow.verdict) == Decision.HOLD) & cap
    rows = select(AssignmentRow).where(col(AssignmentRow.batch_id) == batch_id, undecided | held)
    return session.exec(rows.order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id))).all()


class _Bench:
    """The state that one round of verdicts reads: evidence, signals, exclusions and the cap."""

    def __init__(self, session: Session, batch: BatchView, signals: Mapping[int, Signals], now: datetime) -> None:
        self.session = session
        self.batch = batch
        self.now = now
        self.outcomes = gold_outcomes(session, batch.id, batch.project.kind)
        self.signals = signals
        self.excluded = _excluded_workers(session, batch.project.name)
        self.refused, self.submitted = _refusals(session, batch.id)
        self.closing = not _open_hits(session, batch.id)

    def decide(self, waiting: Sequence[AssignmentRow]) -> dict[int, Verdict]:
        """Write the verdicts that are due and return them by Assignment row."""
        decisions = {}
        for row in waiting:
            assert row.id is not None
            verdict = self._verdict(row)
            if verdict is None:
                continue
            self._write(row, verdict)
            decisions[row.id] = verdict
        return decisions

    def _verdict(self, row: AssignmentRow) -> Verdict | None:
        project = self.batch.project
        evidence = gold_evidence(self.outcomes.get(row.worker_row, []), project.gold)
        known = row.worker_row in self.excluded
        if not evidence.look and not known and not self._due(row):
            return None
        return verdict_on(
            evidence,
            self.signals.get(row.worker_row, Signals()),
            gold=project.gold,
            payment=project.payment,
            excluded=known,
            may_reject=self.refused + 1 <= project.payment.reject_cap * self.submitted,
        )

    def _due(self, row: AssignmentRow) -> bool:
        time_is_up = row.submitted_at + timedelta(seconds=self.batch.project.payment.decide_within_s) <= self.now
        return self.closing or time_is_up or row.auto_approval_at - _BEFORE_DEADLINE <= self.now

    def _write(self, row: AssignmentRow, verdict: Verdict) -> None:
        row.verdict, row.reason, row.judged_at = verdict.decision, verdict.reason, self.now
        row.evidence = dict(verdict.evidence)
        if verdict.decision is Decision.HOLD:
            if row.state != AssignmentState.HELD:
                check_move(AssignmentState(row.state), AssignmentState.HELD)
                row.state = AssignmentState.HELD
        elif verdict.decision is Decision.REJECT:
            self.refused += 1
        if verdict.decision is not Decision.APPROVE:
            self._exclude(row.worker_row, verdict)
        self.session.add(row)

    def _exclude(self, worker_row: int, verdict: Verdict) -> None:
        """Whoever may be refused gets no more work either, while it is decided."""
        if worker_row in self.excluded:
            return
        self.excluded.add(worker_row)
        values: dict[str, Any] = {
            "batch_id": self.batch.id,
            "worker_row": worker_row,
            "reason": verdict.reason,
            "evidence": dict(verdict.evidence),
            "at": self.now,
        }
        self.session.connection().execute(insert_new(self.session, ExclusionRow), [values])


def _excluded_workers(session: Session, project: str) -> set[int]:
    rows = select(ExclusionRow.worker_row).where(
        col(ExclusionRow.batch_id) == col(BatchRow.id), col(BatchRow.project) == project
    )
    return set(session.exec(rows))


def _refusals(session: Session, batch_id: int) -> tuple[int, int]:
    """Assignments that are or will be refused, and all that were submitted."""
    refused = (col(AssignmentRow.verdict) == Decision.REJECT) & (col(AssignmentRow.state) != AssignmentState.APPROVED)
    counts = select(func.count().filter(refused), func.count()).where(col(AssignmentRow.batch_id) == batch_id)
    return session.exec(counts).one()


def _open_hits(session: Session, batch_id: int) -> int:
    # What a closed Batch has planned is never published.
    ended = session.get_one(BatchRow, batch_id).closed_at is not None
    open_ = col(HITRow.state) == HITState.OPEN if ended else col(HITRow.state) != HITState.CLOSED
    return session.exec(select(func.count()).where(col(HITRow.batch_id) == batch_id, open_)).one()


def decide_by_hand(
    store: Store,
    batch: BatchView,
    assignment_id: str,
    decision: Decision,
    *,
    reason: str,
    now: datetime,
    actor: str = "crowdbroker judge",
) -> None:
    """A person's verdict at the terminal on an Assignment that is held, by the rule of `by_hand.decide`.

    Raises:
        InputError: it is not held, a refusal has no reason, or the reason is longer than the wire takes.
        StaleState: somebody else has decided meanwhile.
    """
    if len(reason) > _LONGEST_FEEDBACK:
        raise InputError(
            f"the reason has {len(reason):,} characters, and MTurk takes {_LONGEST_FEEDBACK:,}",
            field="--reason",
            remedy="Shorten it.",
        )
    if decision is Decision.REJECT and not reason.strip():
        raise InputError(
            "a refusal needs a reason that its Worker reads", field="--reason", remedy="Give --reason TEXT."
        )
    held = select(AssignmentRow.id).where(
        col(AssignmentRow.batch_id) == batch.id,
        col(AssignmentRow.assignment_id) == assignment_id,
        col(AssignmentRow.state) == AssignmentState.HELD,
        col(AssignmentRow.verdict) == Decision.HOLD,
    )
    with store.read() as session:
        row = session.exec(held).one_or_none()
    if row is None:
        raise InputError(
            f"no Assignment {assignment_id!r} of the Batch is held",
            field="ASSIGNMENT",
            remedy="`crowdbroker status` lists what is held.",
        )
    by_hand.decide(store, batch, row, decision, reason=reason, payer=Payer(actor), now=now)
