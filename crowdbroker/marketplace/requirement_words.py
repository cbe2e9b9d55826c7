"""A qualification requirement in words for a worker."""

from __future__ import annotations

from crowdbroker.marketplace.requirements import Requirement
from crowdbroker.marketplace.system_qualifications import (
    ADULT,
    LOCALE,
    MASTERS,
    NUMBER_APPROVED,
    PERCENT_APPROVED,
    SYSTEM_TYPES,
)

_SYSTEM_NAMES = {
    NUMBER_APPROVED: "Approved Assignments",
    PERCENT_APPROVED: "Approval rate in percent",
    LOCALE: "Country",
    ADULT: "Adult content",
    **dict.fromkeys(MASTERS, "Masters"),
}
_COMPARISONS = {
    "LessThan": "below {}",
    "LessThanOrEqualTo": "at most {}",
    "GreaterThan": "above {}",
    "GreaterThanOrEqualTo": "at least {}",
    "EqualTo": "{}",
    "NotEqualTo": "not {}",
    "In": "one of {}",
    "NotIn": "none of {}",
    "Exists": "needed",
    "DoesNotExist": "only without it",
}


def requirement_words(requirement: Requirement, name: str) -> str:
    """Return such as `Birds: at least 80`.

    Args:
        name: the name of the qualification type; the marketplace's own types have names here.
    """
    type_id = requirement["QualificationTypeId"]
    shown = _SYSTEM_NAMES[type_id] if type_id in SYSTEM_TYPES else name
    wanted = [str(value) for value in requirement.get("IntegerValues") or ()]
    places = requirement.get("LocaleValues") or ()
    wanted += ["-".join(filter(None, (place["Country"], place.get("Subdivision")))) for place in places]
    return f"{shown}: {_COMPARISONS[requirement['Comparator']].format(', '.join(wanted))}"
