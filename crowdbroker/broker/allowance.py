"""What a person may commit a day: their cap, against what the audit trail says that they have committed since midnight.

Every act that commits money carries its worst case as `cents` in the evidence of its audit row.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.money import dollars
from crowdbroker.errors import CrowdbrokerError
from crowdbroker.store.audit_tables import AuditRow


class OverCap(CrowdbrokerError):
    """The person's cap for the day does not cover what they ask for; nothing was done."""


def committed_today(session: Session, person: str, now: datetime) -> int:
    """Cents that a person has committed on the UTC day of `now`."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    cents = func.coalesce(func.sum(col(AuditRow.evidence)["cents"].as_integer()), 0)
    rows = select(cents).where(col(AuditRow.actor) == person, col(AuditRow.at) >= midnight)
    return int(session.exec(rows).one())


def refuse_over_cap(session: Session, person: str, cap_cents: int | None, cents: int, now: datetime) -> None:
    """Raise OverCap where so many more cents pass the person's cap, in the transaction that commits them.

    Args:
        cap_cents: None: nothing bounds the person.
    """
    if cap_cents is None:
        return
    so_far = committed_today(session, person, now)
    if so_far + cents > cap_cents:
        raise OverCap(
            f"this commits {dollars(cents)}, and of your {dollars(cap_cents)} a day {dollars(cap_cents - so_far)} are "
            "left",
            remedy="Take less, come back tomorrow (UTC), or ask an admin for a higher cap.",
        )
