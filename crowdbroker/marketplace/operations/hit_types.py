"""CreateHITType, and the HIT type that CreateHIT finds or makes: equal properties are one type."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from sqlalchemy import bindparam, select

from crowdbroker.marketplace import inputs, requirements
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.money import LARGEST_AMOUNT_CENTS, cents_from_wire, wire_from_cents
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.tables import Base, HitTypeRow

DEFAULT_AUTO_APPROVAL_S = 2_592_000
# Made once: every CreateHIT runs it.
_table = Base.metadata.tables["hit_type"]
_KNOWN = select(*_table.c).where(
    _table.c.requester_id == bindparam("requester"), _table.c.fingerprint == bindparam("properties")
)


@operation(inputs.CreateHITType, writes=True)
def create_hit_type(call: Call, asked: inputs.CreateHITType) -> Output:
    """Return the id of the HIT type with these properties."""
    return {"HITTypeId": hit_type(call, asked).id}


def hit_type(call: Call, asked: inputs.CreateHIT | inputs.CreateHITType) -> HitTypeRow:
    """Return the caller's HIT type with these properties, made if there is none; only to be read.

    Raises:
        Fault: the reward or a qualification requirement is not acceptable.
    """
    properties = _properties(call, asked)
    fingerprint = _fingerprint(properties)
    asked_for = {"requester": call.requester_id, "properties": fingerprint}
    known = call.session.connection().execute(_KNOWN, asked_for).first()
    if known is not None:
        return cast(HitTypeRow, known)
    row = HitTypeRow(
        id=call.market.ids.entity(),
        requester_id=call.requester_id,
        fingerprint=fingerprint,
        masters=requirements.asks_for_masters(json.loads(properties["requirements"])),
        created_ms=call.now_ms,
        **properties,
    )
    call.session.add(row)
    call.session.flush()
    return row


def wire_amount(amount: str, *, least_cents: int, member: str) -> int:
    """Return the cents of a CurrencyAmount. Raises BadValue below the least amount or above the largest."""
    cents = cents_from_wire(amount)
    if not least_cents <= cents <= LARGEST_AMOUNT_CENTS:
        least, most = wire_from_cents(least_cents), wire_from_cents(LARGEST_AMOUNT_CENTS)
        raise BadValue(f"{member} must be from {least} to {most}.")
    return cents


def _properties(call: Call, asked: inputs.CreateHIT | inputs.CreateHITType) -> dict[str, Any]:
    """Return what makes two HIT types one, in the order that fingerprints are taken in."""
    needed = requirements.checked(call.session, asked.QualificationRequirements)
    delay_s = asked.AutoApprovalDelayInSeconds
    return {
        "title": asked.Title,
        "description": asked.Description,
        "keywords": asked.Keywords or "",
        "reward_cents": wire_amount(asked.Reward, least_cents=0, member="Reward"),
        "duration_s": asked.AssignmentDurationInSeconds,
        "auto_approval_s": DEFAULT_AUTO_APPROVAL_S if delay_s is None else delay_s,
        "requirements": requirements.as_json(needed),
    }


def _fingerprint(properties: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(list(properties.values())).encode()).hexdigest()
