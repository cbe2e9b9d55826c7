"""Whether a worker may discover, preview or accept work: the requirements of its HIT type against the worker."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlmodel import Session, select

from crowdbroker.marketplace.requirements import Requirement
from crowdbroker.marketplace.system_qualifications import ADULT, LOCALE, MASTERS, NUMBER_APPROVED, PERCENT_APPROVED
from crowdbroker.marketplace.tables import QualificationRow, WorkerRow

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
    """

    values: dict[str, int]
    country: str | None
    subdivision: str | None


def standing(session: Session, worker: WorkerRow) -> Standing:
    """Return a worker's standing at this moment; a revoked qualification counts as none."""
    held = select(QualificationRow).where(QualificationRow.worker_id == worker.id, QualificationRow.status == "Granted")
    values = {row.type_id: row.value for row in session.exec(held)}
    values |= {NUMBER_APPROVED: worker.approved, PERCENT_APPROVED: approval_rate(worker), ADULT: int(worker.adult)}
    if worker.masters:
        values |= dict.fromkeys(MASTERS, 1)
    return Standing(values, worker.country, worker.subdivision)


def approval_rate(worker: WorkerRow) -> int:
    """Return the percentage of decided Assignments that were approved, rounded down; 100 while there are few."""
    decided = worker.approved + worker.rejected
    if worker.submitted < HISTORY_FOR_A_RATE or not decided:
        return 100
    return 100 * worker.approved // decided


def allows(who: Standing, requirements: Sequence[Requirement], action: Action) -> bool:
    """Whether every requirement that guards the action is met."""
    return all(_met(who, one) for one in requirements if one["ActionsGuarded"] in action.value)


def _met(who: Standing, requirement: Requirement) -> bool:
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
