"""The qualification requirements of a HIT type, checked as they come in and as the wire shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.qualification_tables import ACTIVE, DELETED
from crowdbroker.marketplace.shapes import QualificationRequirement
from crowdbroker.marketplace.system_qualifications import LOCALE, MASTERS, MASTERS_HERE, RETIRED, SYSTEM_TYPES
from crowdbroker.marketplace.tables import HitTypeRow, QualificationTypeRow

Requirement = dict[str, Any]
MOST_INTEGERS = 15
MOST_LOCALES = 30
_EXISTENCE = ("Exists", "DoesNotExist")
_SETS = ("In", "NotIn")
_EQUALITY = ("EqualTo", "NotEqualTo")
_COUNTRY, _SUBDIVISION = re.compile("[A-Z]{2}"), re.compile("[A-Z0-9]{2}")


def checked(session: Session, requirements: Sequence[QualificationRequirement] | None) -> list[Requirement]:
    """Return the requirements as the wire shows them, ActionsGuarded and RequiredToPreview always set.

    Raises:
        Fault: a requirement contradicts itself, or names a type that is not there or not Active.
    """
    return [_checked(session, requirement) for requirement in requirements or ()]


def as_json(needed: Sequence[Requirement]) -> str:
    """Return checked requirements as a HIT type stores them."""
    return json.dumps(needed, sort_keys=True)


def statuses_of_required(session: Session, stored: str) -> set[str]:
    """Return the statuses, now, of the qualification types that stored requirements name."""
    ids = {one["QualificationTypeId"] for one in json.loads(stored)} - SYSTEM_TYPES
    if not ids:
        return set()
    return set(session.exec(select(QualificationTypeRow.status).where(col(QualificationTypeRow.id).in_(ids))).all())


def not_active() -> Fault:
    """Return the answer to a requirement on a type that is Inactive."""
    return Fault("InvalidQualificationTypeState", f"This operation can be called with a status of: {ACTIVE}")


def asks_for_masters(requirements: Sequence[Requirement]) -> bool:
    """Whether the higher fee for Masters is due."""
    return any(one["QualificationTypeId"] in MASTERS and one["Comparator"] == "Exists" for one in requirements)


def warnings_about(kind: HitTypeRow) -> list[str]:
    """Return what is doubtful about a HIT type's requirements, a sentence each."""
    if not any(type_id in kind.requirements for type_id in MASTERS):
        return []
    return [
        f"The HIT requires MTurk's Masters: here these are the workers to whom you have granted a qualification type "
        f"of your own with the name {MASTERS_HERE}; nobody else meets it."
    ]


def _checked(session: Session, asked: QualificationRequirement) -> Requirement:
    _check_type(session, asked.QualificationTypeId)
    _check_values(asked)
    _check_places(asked)
    if asked.ActionsGuarded is not None and asked.RequiredToPreview is not None:
        raise BadValue("A QualificationRequirement has ActionsGuarded or RequiredToPreview, not both.")
    guarded = asked.ActionsGuarded or ("PreviewAndAccept" if asked.RequiredToPreview else "Accept")
    shown = asked.model_dump(exclude_none=True)
    return shown | {"ActionsGuarded": guarded, "RequiredToPreview": guarded != "Accept"}


def _check_type(session: Session, type_id: str) -> None:
    if type_id in SYSTEM_TYPES:
        return
    if type_id in RETIRED:
        raise Fault(
            "QualificationTypeDoesNotExist", f"QualificationType {type_id} was retired; nobody has a value of it."
        )
    found = select(QualificationTypeRow.status).where(QualificationTypeRow.id == type_id)
    status = session.exec(found).first()
    if status is None or status == DELETED:
        raise Fault("QualificationTypeDoesNotExist", f"QualificationType {type_id} does not exist.")
    if status != ACTIVE:
        raise not_active()


def _check_values(asked: QualificationRequirement) -> None:
    if not _values_fit(asked):
        raise BadValue(
            f"The values of the QualificationRequirement for {asked.QualificationTypeId} do not fit its Comparator "
            f"{asked.Comparator}: one integer or locale; up to {MOST_INTEGERS} integers or {MOST_LOCALES} locales for "
            "In and NotIn; none for Exists and DoesNotExist; locales for the locale type alone."
        )


def _check_places(asked: QualificationRequirement) -> None:
    for place in asked.LocaleValues or ():
        # A code in small letters would be taken and match nobody.
        known = _COUNTRY.fullmatch(place.Country) and _SUBDIVISION.fullmatch(place.Subdivision or "AA")
        if not known:
            code = "-".join(filter(None, (place.Country, place.Subdivision)))
            raise BadValue(f"{code!r} is no ISO 3166 code of a country, or of a country and its subdivision.")


def _values_fit(asked: QualificationRequirement) -> bool:
    integers, locales = len(asked.IntegerValues or ()), len(asked.LocaleValues or ())
    is_locale = asked.QualificationTypeId == LOCALE
    if asked.Comparator in _EXISTENCE:
        return integers == locales == 0 and not is_locale
    given, other = (locales, integers) if is_locale else (integers, locales)
    if asked.Comparator in _SETS:
        return other == 0 and 1 <= given <= (MOST_LOCALES if is_locale else MOST_INTEGERS)
    return other == 0 and given == 1 and (asked.Comparator in _EQUALITY or not is_locale)
