"""What the marketplace's own tables say of a simulated Batch: money, HITs by owner, submitted work."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.marketplace import ledger, lifecycle
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER
from crowdbroker.marketplace.tables import AssignmentRow, BonusRow, HitRow


@dataclass(frozen=True)
class Work:
    """A submitted Assignment; `state` in the broker's words."""

    state: str
    answer_sha256: str


@dataclass(frozen=True)
class MarketFacts:
    """The marketplace's side of the Batch, in cents and counts.

    Attributes:
        held_cents: what open places, accepted and undecided ones can still cost.
        submitted: (AssignmentId, WorkerId) -> work.
        bonus_marks, hits_by_annotation: how often each was paid, and how many HITs carry each.
    """

    held_cents: int
    rewards_cents: int
    fees_cents: int
    bonuses_cents: int
    bonus_marks: Counter[str]
    hits_by_annotation: Counter[str]
    submitted: dict[tuple[str, str], Work]


def market_facts(session: Session) -> MarketFacts:
    """The facts of a marketplace on which nobody else publishes."""
    bonuses = session.exec(select(BonusRow.reason, BonusRow.amount_cents)).all()
    annotations = session.exec(select(HitRow.annotation)).all()
    approved = select(func.coalesce(func.sum(AssignmentRow.reward_cents), 0)).where(
        col(AssignmentRow.status) == lifecycle.APPROVED
    )
    return MarketFacts(
        held_cents=ledger.balance_cents(session, ledger.held(DEFAULT_REQUESTER)),
        rewards_cents=int(session.exec(approved).one()),
        fees_cents=ledger.balance_cents(session, ledger.FEES),
        bonuses_cents=sum(cents for _, cents in bonuses),
        bonus_marks=Counter(reason for reason, _ in bonuses),
        hits_by_annotation=Counter(one or "" for one in annotations),
        submitted=_submitted(session),
    )


def _submitted(session: Session) -> dict[tuple[str, str], Work]:
    rows = select(AssignmentRow).where(col(AssignmentRow.status).in_(lifecycle.VISIBLE))
    return {
        (row.id, row.worker_id or ""): Work(
            str(row.status).lower(), hashlib.sha256((row.answer or "").encode()).hexdigest()
        )
        for row in session.exec(rows)
    }
