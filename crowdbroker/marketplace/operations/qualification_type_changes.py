"""UpdateQualificationType and DeleteQualificationType."""

from __future__ import annotations

from crowdbroker.marketplace import inputs, qualification_requests
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.owned import own_qualification_type_to_change
from crowdbroker.marketplace.operations.qualification_types import granted_value, refuse_double_grant
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.qualification_tables import DELETED, DeletedQualificationTypeRow
from crowdbroker.marketplace.qualification_test import check_test
from crowdbroker.marketplace.tables import QualificationTypeRow

DELETION = "The requester has deleted this qualification."


@operation(inputs.UpdateQualificationType, writes=True)
def update_qualification_type(call: Call, asked: inputs.UpdateQualificationType) -> Output:
    """Change what is given; a worker who is taking the test finishes the one that was begun.

    Test, AnswerKey and TestDurationInSeconds together are the new test, so that a Test without AnswerKey has none.
    A test cannot be taken away, and neither can the permission to retry.
    """
    kind = own_qualification_type_to_change(call, asked.QualificationTypeId)
    check_test(asked.Test, asked.AnswerKey, asked.TestDurationInSeconds)
    if asked.Test is not None:
        kind.test, kind.answer_key = asked.Test, asked.AnswerKey
        kind.test_duration_s = asked.TestDurationInSeconds
    _change_granting(kind, asked)
    refuse_double_grant(kind.test, kind.auto_granted)
    if asked.Description is not None:
        kind.description = asked.Description
    if asked.QualificationTypeStatus is not None:
        kind.status = asked.QualificationTypeStatus
    if asked.RetryDelayInSeconds is not None:
        kind.retry_delay_s = asked.RetryDelayInSeconds
    return {"QualificationType": shown.qualification_type(kind, call.requester_id)}


@operation(inputs.DeleteQualificationType, writes=True)
def delete_qualification_type(call: Call, asked: inputs.DeleteQualificationType) -> Output:
    """Delete a type: open requests are rejected, what was granted stays, the name is free at once.

    HIT types that require it can no longer make HITs (`owned.usable_hit_type`). Their live HITs go on: the workers who
    hold the qualification keep it for exactly these, and the money of places that people may be working on must not
    be let go behind their backs. So nothing is touched here that the ledger holds.
    """
    kind = own_qualification_type_to_change(call, asked.QualificationTypeId)
    qualification_requests.reject_all(call.session, kind.id, DELETION, call.now_ms)
    call.session.add(DeletedQualificationTypeRow(type_id=kind.id, name=kind.name, deleted_ms=call.now_ms))
    kind.status = DELETED
    kind.name = kind.id
    return {}


def _change_granting(kind: QualificationTypeRow, asked: inputs.UpdateQualificationType) -> None:
    if asked.AutoGranted is not None:
        kind.auto_granted = asked.AutoGranted
    if asked.AutoGrantedValue is not None and not kind.auto_granted:
        raise BadValue("AutoGrantedValue needs AutoGranted.")
    value = kind.auto_granted_value if asked.AutoGrantedValue is None else asked.AutoGrantedValue
    kind.auto_granted_value = granted_value(kind.auto_granted, value)
