"""Whether a worker may discover, preview or accept work: the requirements of its HIT type against the worker."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sqlmodel import Session, col, select

from crowdbroker.marketplace.requirements import Requirement
from crowdbroker.marketplace.system_qualifications import (
    ADULT,
    LOCALE,
    MASTERS,
    MASTERS_HERE,
    NUMBER_APPROVED,
    PERCENT_APPROVED,
)
from crowdbroker.marketplace.tables import QualificationRow, QualificationTypeRow, WorkerRow

# The approval rate says nothing until there is enough history; MTurk shows 100 so long.
HISTORY_FOR_A_RATE = 100

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "EqualTo": operator.eq,
    "NotEqualTo": operator.ne,
}


class Action(Enum):
    """What a worker wants to do; the values are the ActionsGuarded that guard it."""

    DISCOVER = ("DiscoverPreviewAndAccept",)
    PREVIEW = ("DiscoverPreviewAndAccept", "PreviewAndAccept")
    ACCEPT = ("DiscoverPreviewAndAccept", "PreviewAndAccept", "Accept")


@dataclass(frozen=True)
class Standing:
    """What one worker's requirements are checked against.

    Attributes:
        values: the worker's value of every qualification held, system ones included.
        country: None when the worker has told none.
        masters_of: the requesters to whose work this worker is one of the Masters.
    """

    values: dict[str, int]
    country: str | None
    subdivision: str | None
    masters_of: frozenset[str] = frozenset()


def standing(session: Session, worker: WorkerRow, *, granted_by_ms: int | None = None) -> Standing:
    """Return a worker's standing at this moment; a revoked qualification counts as none.

    Args:
        granted_by_ms: what was granted later does not count yet; None: everything counts.
    """
    kind = QualificationTypeRow
    held = (
        select(QualificationRow.type_id, QualificationRow.value, kind.name, kind.requester_id)
        .join(kind, col(kind.id) == col(QualificationRow.type_id))
        .where(QualificationRow.worker_id == worker.id, QualificationRow.status == "Granted")
    )
    if granted_by_ms is not None:
        held = held.where(col(QualificationRow.granted_ms) <= granted_by_ms)
    found = session.exec(held).all()
    values = {type_id: value for type_id, value, _, _ in found}
    values |= {NUMBER_APPROVED: worker.approved, PERCENT_APPROVED: approval_rate(worker), ADULT: int(worker.adult)}
    masters_of = frozenset(requester_id for _, _, name, requester_id in found if name == MASTERS_HERE)
    return Standing(values, worker.country, worker.subdivision, masters_of)


def seen_by(who: Standing, requester_id: str) -> Standing:
    """Return a standing as one requester's work sees it: with the Masters whom this requester has named."""
    if requester_id not in who.masters_of:
        return who
    return replace(who, values=who.values | dict.fromkeys(MASTERS, 1))


def approval_rate(worker: WorkerRow) -> int:
    """Return the percentage of decided Assignments that were approved, rounded down; 100 while there are few."""
    decided = worker.approved + worker.rejected
    if worker.submitted < HISTORY_FOR_A_RATE or not decided:
        return 100
    return 100 * worker.approved // decided


def allows(who: Standing, requirements: Sequence[Requirement], action: Action) -> bool:
    """Whether every requirement that guards the action is met."""
    return all(meets(who, one) for one in requirements if one["ActionsGuarded"] in action.value)


def meets(who: Standing, requirement: Requirement) -> bool:
    """Whether one requirement is met; of a qualification that a worker does not have, only DoesNotExist is."""
    if requirement["QualificationTypeId"] == LOCALE:
        return _locale_met(who, requirement)
    value = who.values.get(requirement["QualificationTypeId"])
    comparator: str = requirement["Comparator"]
    if comparator in ("Exists", "DoesNotExist"):
        return (value is not None) == (comparator == "Exists")
    if value is None:
        return False
    wanted: list[int] = requirement["IntegerValues"]
    if comparator in ("In", "NotIn"):
        return (value in wanted) == (comparator == "In")
    return _COMPARISONS[comparator](value, wanted[0])


def _locale_met(who: Standing, requirement: Requirement) -> bool:
    if who.country is None:
        return False
    comparator: str = requirement["Comparator"]
    inside = any(
        place["Country"] == who.country and place.get("Subdivision") in (None, who.subdivision)
        for place in requirement["LocaleValues"]
    )
    return inside == (comparator in ("EqualTo", "In"))
