"""The groups of work that a worker may choose from: found, ordered and cut into pages.

Of all types with work only a few short columns are read, and everything that a page shows of the few that are on it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, or_, select

from crowdbroker.marketplace.lifecycle import ASSIGNABLE
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.measured_tables import PaceRow
from crowdbroker.marketplace.qualifications import Action, Standing, allows, seen_by, standing
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, BlockRow, HitRow, HitTypeRow, RequesterRow
from crowdbroker.marketplace.times import SECOND_MS, from_ms
from crowdbroker.marketplace.work_progress import FEWEST
from crowdbroker.marketplace.work_views import Group
from crowdbroker.marketplace.workers import known, may

_reward, _is_measured = col(HitTypeRow.reward_cents), col(PaceRow.submissions) >= FEWEST
_allotted_ms = col(HitTypeRow.duration_s) * SECOND_MS
# A group that nobody has done yet is put behind those whose pace is known.
ORDERS: dict[str, ColumnElement[Any]] = {
    "newest": col(HitTypeRow.seq).desc(),
    "reward": _reward.desc(),
    "hourly": case((_is_measured, 1.0 * _reward / (col(PaceRow.median_ms) + 1)), else_=-1.0).desc(),
    "time": case((_is_measured, col(PaceRow.median_ms)), else_=_allotted_ms).asc(),
    "available": col(HitTypeRow.assignable_hits).desc(),
}
"""How groups may be ordered; the newest come first where two are alike."""

# Requirements that say so hide a group from who does not meet them.
_HIDES = '"DiscoverPreviewAndAccept"'


@dataclass(frozen=True)
class Found:
    """Some of the groups that were found, and how many there are in all."""

    groups: list[Group]
    total: int


def groups(market: Marketplace, worker_id: str, *, search: str = "") -> list[Group]:
    """Return the groups that have a HIT this worker could take and see, newest first. As `find_groups`."""
    return find_groups(market, worker_id, search=search).groups


def find_groups(
    market: Marketplace,
    worker_id: str,
    *,
    search: str = "",
    order: str = "newest",
    first: int = 0,
    most: int | None = None,
) -> Found:
    """Return the groups that have a HIT this worker could take and see.

    Args:
        market: where to look.
        worker_id: who looks. Requesters who block this worker and groups hidden by a requirement are left out.
        search: text that title, description or keywords contain, in any case.
        order: one of `ORDERS`.
        first: how many of the order are passed over.
        most: how many are returned; None: all.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    catch_up(market, market.now_ms())
    with market.read() as session:
        worker = known(session, worker_id)
        who = standing(session, worker)
        left = _left_by_type(session, who, worker_id, search, order)
        wanted = list(left)[first : None if most is None else first + most]
        return Found(_groups(session, who, wanted, left), len(left))


def find_group(market: Marketplace, worker_id: str, hit_type_id: str) -> Group | None:
    """Return one group as `find_groups` would, with or without work for this worker; None: no HIT of it is left.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    with market.read() as session:
        who = standing(session, known(session, worker_id))
        kind = select(HitTypeRow.assignable_hits).where(HitTypeRow.id == hit_type_id, HitTypeRow.assignable_hits > 0)
        assignable = session.exec(kind).first()
        if assignable is None:
            return None
        left = assignable - _taken_by_type(session, worker_id).get(hit_type_id, 0)
        return _groups(session, who, [hit_type_id], {hit_type_id: left})[0]


def _left_by_type(session: Session, who: Standing, worker_id: str, search: str, order: str) -> dict[str, int]:
    """Return how many HITs each visible type has for this worker, in the order asked for; types with none are out."""
    kind = HitTypeRow
    blocking = select(BlockRow.requester_id).where(BlockRow.worker_id == worker_id)
    # Requirements are long; only those that may hide a type are needed here.
    hiding = case((col(kind.requirements).contains(_HIDES), col(kind.requirements)), else_="[]")
    rows = (
        select(kind.id, kind.requester_id, kind.assignable_hits, hiding)
        .where(kind.assignable_hits > 0, col(kind.requester_id).not_in(blocking))
        .order_by(ORDERS[order], col(kind.seq).desc())
    )
    if order in ("hourly", "time"):
        rows = rows.join(PaceRow, col(PaceRow.hit_type_id) == col(kind.id), isouter=True)
    if search.strip():
        texts = col(kind.title), col(kind.description), col(kind.keywords)
        rows = rows.where(or_(*(text.icontains(search.strip(), autoescape=True) for text in texts)))
    taken = _taken_by_type(session, worker_id)

    @cache
    def seen(requester_id: str, requirements: str) -> bool:
        return allows(seen_by(who, requester_id), json.loads(requirements), Action.DISCOVER)

    return {
        type_id: assignable - taken.get(type_id, 0)
        for type_id, requester_id, assignable, requirements in session.exec(rows)
        if assignable > taken.get(type_id, 0) and (requirements == "[]" or seen(requester_id, requirements))
    }


def _taken_by_type(session: Session, worker_id: str) -> dict[str, int]:
    """Count, by type, the HITs with free places that this worker has a place in."""
    rows = (
        select(HitRow.hit_type_id, func.count())
        .join(AssignmentRow, col(AssignmentRow.hit_id) == col(HitRow.id))
        .where(AssignmentRow.worker_id == worker_id, HitRow.status == ASSIGNABLE)
        .group_by(col(HitRow.hit_type_id))
    )
    return dict(session.exec(rows).all())


def _groups(session: Session, who: Standing, type_ids: Sequence[str], left: dict[str, int]) -> list[Group]:
    """Return everything about these types, in their order, with when the last of their HITs expires."""
    last_end = (
        select(func.max(HitRow.expires_ms))
        .where(HitRow.hit_type_id == HitTypeRow.id, HitRow.status == ASSIGNABLE)
        .correlate(HitTypeRow)
        .scalar_subquery()
    )
    rows = (
        select(HitTypeRow, RequesterRow.name, last_end)
        .join(RequesterRow, col(RequesterRow.id) == col(HitTypeRow.requester_id))
        .where(col(HitTypeRow.id).in_(type_ids))
    )
    found = {
        kind.id: _group(kind, requester, left[kind.id], int(end_ms), may(who, kind, Action.ACCEPT))
        for kind, requester, end_ms in session.exec(rows).all()
    }
    return [found[type_id] for type_id in type_ids]


def _group(kind: HitTypeRow, requester: str, available: int, end_ms: int, qualified: bool) -> Group:
    return Group(
        hit_type_id=kind.id,
        title=kind.title,
        description=kind.description,
        keywords=kind.keywords,
        requester=requester,
        requester_id=kind.requester_id,
        reward_cents=kind.reward_cents,
        duration_s=kind.duration_s,
        available=available,
        expires_at=from_ms(end_ms),
        qualified=qualified,
        created_at=from_ms(kind.created_ms),
    )
