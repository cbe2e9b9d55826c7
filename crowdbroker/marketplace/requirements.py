"""The qualification requirements of a HIT type, checked as they come in and as the wire shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, select

from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.shapes import QualificationRequirement
from crowdbroker.marketplace.system_qualifications import LOCALE, MASTERS, SYSTEM_TYPES
from crowdbroker.marketplace.tables import QualificationTypeRow

Requirement = dict[str, Any]
MOST_INTEGERS = 15
MOST_LOCALES = 30
_EXISTENCE = ("Exists", "DoesNotExist")
_SETS = ("In", "NotIn")
_EQUALITY = ("EqualTo", "NotEqualTo")


def checked(session: Session, requirements: Sequence[QualificationRequirement] | None) -> list[Requirement]:
    """Return the requirements as the wire shows them, ActionsGuarded and RequiredToPreview always set.

    Raises:
        Fault: a requirement contradicts itself, or names a type that is not there or not Active.
    """
    return [_checked(session, requirement) for requirement in requirements or ()]


def asks_for_masters(requirements: Sequence[Requirement]) -> bool:
    """Whether the higher fee for Masters is due."""
    return any(one["QualificationTypeId"] in MASTERS and one["Comparator"] == "Exists" for one in requirements)


def _checked(session: Session, asked: QualificationRequirement) -> Requirement:
    _check_type(session, asked.QualificationTypeId)
    _check_values(asked)
    if asked.ActionsGuarded is not None and asked.RequiredToPreview is not None:
        raise BadValue("A QualificationRequirement has ActionsGuarded or RequiredToPreview, not both.")
    guarded = asked.ActionsGuarded or ("PreviewAndAccept" if asked.RequiredToPreview else "Accept")
    shown = asked.model_dump(exclude_none=True)
    return shown | {"ActionsGuarded": guarded, "RequiredToPreview": guarded != "Accept"}


def _check_type(session: Session, type_id: str) -> None:
    if type_id in SYSTEM_TYPES:
        return
    found = select(QualificationTypeRow.status).where(QualificationTypeRow.id == type_id)
    status = session.exec(found).first()
    if status is None:
        raise Fault("QualificationTypeDoesNotExist", f"QualificationType {type_id} does not exist.")
    if status != "Active":
        raise Fault("InvalidQualificationTypeState", "This operation can be called with a status of: Active")


def _check_values(asked: QualificationRequirement) -> None:
    if not _values_fit(asked):
        raise BadValue(
            f"The values of the QualificationRequirement for {asked.QualificationTypeId} do not fit its Comparator "
            f"{asked.Comparator}: one integer or locale; up to {MOST_INTEGERS} integers or {MOST_LOCALES} locales for "
            "In and NotIn; none for Exists and DoesNotExist; locales for the locale type alone."
        )


def _values_fit(asked: QualificationRequirement) -> bool:
    integers, locales = len(asked.IntegerValues or ()), len(asked.LocaleValues or ())
    is_locale = asked.QualificationTypeId == LOCALE
    if asked.Comparator in _EXISTENCE:
        return integers == locales == 0 and not is_locale
    given, other = (locales, integers) if is_locale else (integers, locales)
    if asked.Comparator in _SETS:
        return other == 0 and 1 <= given <= (MOST_LOCALES if is_locale else MOST_INTEGERS)
    return other == 0 and given == 1 and (asked.Comparator in _EQUALITY or not is_locale)
