"""What groups of work require, requirement by requirement: whether a worker meets it, and what can be done about it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualifications import meets, seen_by, standing
from crowdbroker.marketplace.requirement_words import requirement_words
from crowdbroker.marketplace.requirements import Requirement
from crowdbroker.marketplace.system_qualifications import SYSTEM_TYPES
from crowdbroker.marketplace.tables import HitTypeRow, QualificationTypeRow
from crowdbroker.marketplace.work_qualification_rows import views
from crowdbroker.marketplace.work_qualification_views import Qualification
from crowdbroker.marketplace.workers import known


@dataclass(frozen=True)
class Need:
    """One requirement of a group.

    Attributes:
        words: such as `Birds: at least 80`.
        is_met: whether this worker meets it now.
        qualification: the type that it asks for, as this worker sees it; None for the marketplace's own types, and for
            a type that one must not have.
    """

    words: str
    is_met: bool
    qualification: Qualification | None

    @property
    def can_request(self) -> bool:
        """Whether requesting the qualification now may help."""
        return not self.is_met and self.qualification is not None and self.qualification.state in ("now", "testing")


def needs(market: Marketplace, worker_id: str, hit_type_ids: Collection[str]) -> dict[str, list[Need]]:
    """Return the requirements of HIT types in the requester's order; types without any are left out.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    with market.read() as session:
        worker = known(session, worker_id)
        stored = select(HitTypeRow).where(col(HitTypeRow.id).in_(hit_type_ids), HitTypeRow.requirements != "[]")
        kinds = {kind.id: (kind.requester_id, json.loads(kind.requirements)) for kind in session.exec(stored).all()}
        if not kinds:
            return {}
        who = standing(session, worker)
        seen = _types(session, worker_id, market.now_ms(), [one for _, needed in kinds.values() for one in needed])
    return {
        kind: [_need(one, meets(seen_by(who, owner), one), seen.get(one["QualificationTypeId"])) for one in needed]
        for kind, (owner, needed) in kinds.items()
    }


def _types(
    session: Session, worker_id: str, now_ms: int, required: Collection[Requirement]
) -> dict[str, Qualification]:
    ids = {one["QualificationTypeId"] for one in required} - SYSTEM_TYPES
    if not ids:
        return {}
    return {one.type_id: one for one in views(session, worker_id, now_ms, col(QualificationTypeRow.id).in_(ids))}


def _need(requirement: Requirement, is_met: bool, kind: Qualification | None) -> Need:
    words = requirement_words(requirement, kind.name if kind else "")
    gained = None if requirement["Comparator"] == "DoesNotExist" else kind
    return Need(words, is_met, gained)
