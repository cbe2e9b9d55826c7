"""Who of the requester's people decides on money, and what each may spend a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.money import dollars
from crowdbroker.errors import OverBudget
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.review_tables import ReviewerRow


@dataclass(frozen=True)
class Payer:
    """A person who decides.

    Attributes:
        cap_cents: what they may spend on a UTC day; None: nothing bounds it.
    """

    name: str
    cap_cents: int | None = None


def spent_today(session: Session, name: str, now: datetime) -> int:
    """Cents that a person's decisions of this UTC day cost, by the audit trail; a payment counts from its decision."""
    cents = func.sum(col(AuditRow.evidence)["cents"].as_integer())
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = select(func.coalesce(cents, 0)).where(col(AuditRow.actor) == name, col(AuditRow.at) >= today)
    return int(session.exec(rows).one())


def check_cap(session: Session, payer: Payer, cents: int, now: datetime) -> None:
    """Refuse a decision that would pass the person's cap; the caller writes it in the same transaction.

    Raises:
        OverBudget: it would.
    """
    if payer.cap_cents is None or not cents:
        return
    # Two of one person's browsers wait for each other here, so that both together keep to the cap.
    session.exec(select(ReviewerRow.id).where(col(ReviewerRow.name) == payer.name).with_for_update()).first()
    left = payer.cap_cents - spent_today(session, payer.name, now)
    if cents > left:
        raise OverBudget(
            f"This costs {dollars(cents)}, and you may spend {dollars(max(left, 0))} more today.",
            needed_cents=cents,
            available_cents=max(left, 0),
            remedy="Ask a person with a higher cap, or wait until tomorrow (UTC).",
        )
