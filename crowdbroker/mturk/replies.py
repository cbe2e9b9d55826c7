"""What makes a document a reply of MTurk's."""

from __future__ import annotations

from typing import Any

from crowdbroker.errors import OutcomeUnknown

_ALWAYS_THERE = {
    "get_account_balance": "AvailableBalance",
    "get_hit": "HIT",
    "list_hits": "HITs",
    "list_assignments_for_hit": "Assignments",
    "get_assignment": "Assignment",
    "list_bonus_payments": "BonusPayments",
    "list_qualification_types": "QualificationTypes",
    "list_workers_with_qualification_type": "Qualifications",
    "create_hit_type": "HITTypeId",
    "create_hit_with_hit_type": "HIT",
    "create_qualification_type": "QualificationType",
}
"""Operation -> the member without which a reply is none."""


def checked(operation: str, reply: dict[str, Any], endpoint: str) -> dict[str, Any]:
    """The reply itself.

    Raises:
        OutcomeUnknown: it is none: the SDK takes a proxy's page, or a document that was cut off, for a reply without
            members.
    """
    kind = reply["ResponseMetadata"]["HTTPHeaders"].get("content-type", "")
    if "json" not in kind or _ALWAYS_THERE.get(operation, "ResponseMetadata") not in reply:
        raise OutcomeUnknown(
            f"{operation}: {endpoint} answered, but not as MTurk does",
            remedy="Check endpoint_url in the profile.",
        )
    return reply
