"""ListHITsForQualificationType: the caller's HITs whose requirements name a type."""

from __future__ import annotations

from sqlmodel import col, select

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.operations import listing
from crowdbroker.marketplace.operations.owned import no_such_qualification_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.system_qualifications import SYSTEM_TYPES
from crowdbroker.marketplace.tables import HitRow, HitTypeRow, QualificationTypeRow


@operation(inputs.ListHITsForQualificationType, writes=False)
def list_hits_for_qualification_type(call: Call, asked: inputs.ListHITsForQualificationType) -> Output:
    """Return the caller's HITs that are not disposed of and require a type, anybody's or the marketplace's own.

    A deleted type is still found, because its live HITs go on.
    """
    type_id = asked.QualificationTypeId
    if type_id not in SYSTEM_TYPES:
        known = select(QualificationTypeRow.id).where(QualificationTypeRow.id == type_id)
        if call.session.exec(known).first() is None:
            raise no_such_qualification_type(type_id)
    wanted = page(asked, (int,), call.requester_id, type_id)
    # The requirements are JSON as `requirements.as_json` writes it, and an EntityId has no character that LIKE knows.
    kinds = select(HitTypeRow.id).where(
        HitTypeRow.requester_id == call.requester_id,
        col(HitTypeRow.requirements).contains(f'"QualificationTypeId": "{type_id}"'),
    )
    return listing.hits(call, wanted, col(HitRow.listed).is_(True), col(HitRow.hit_type_id).in_(kinds))
