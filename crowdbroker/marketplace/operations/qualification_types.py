"""CreateQualificationType, GetQualificationType, ListQualificationTypes."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col, select

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.tables import QualificationTypeRow


@operation(inputs.CreateQualificationType, writes=True)
def create_qualification_type(call: Call, asked: inputs.CreateQualificationType) -> Output:
    """Return a new qualification type; its name is unique among the caller's."""
    if asked.Test is not None or asked.AnswerKey is not None or asked.TestDurationInSeconds is not None:
        raise Fault("NotImplemented", "This marketplace does not have qualification tests yet.")
    if asked.AutoGrantedValue is not None and not asked.AutoGranted:
        raise BadValue("AutoGrantedValue needs AutoGranted.")
    same = select(QualificationTypeRow.id).where(
        QualificationTypeRow.requester_id == call.requester_id, QualificationTypeRow.name == asked.Name
    )
    if call.session.exec(same).first() is not None:
        raise Fault(
            "QualificationTypeAlreadyExists",
            "You have already created a QualificationType with this name. A QualificationType's name must be unique "
            "among all of the QualificationTypes created by the same user.",
        )
    row = QualificationTypeRow(
        id=call.market.ids.entity(),
        requester_id=call.requester_id,
        name=asked.Name,
        keywords=asked.Keywords,
        description=asked.Description,
        status=asked.QualificationTypeStatus,
        retry_delay_s=asked.RetryDelayInSeconds,
        auto_granted=bool(asked.AutoGranted),
        auto_granted_value=_granted_value(asked),
        created_ms=call.now_ms,
    )
    call.session.add(row)
    return {"QualificationType": shown.qualification_type(row)}


@operation(inputs.GetQualificationType, writes=False)
def get_qualification_type(call: Call, asked: inputs.GetQualificationType) -> Output:
    """Return one qualification type, whoever made it."""
    found = select(QualificationTypeRow).where(QualificationTypeRow.id == asked.QualificationTypeId)
    row = call.session.exec(found).first()
    if row is None:
        raise Fault("QualificationTypeDoesNotExist", f"QualificationType {asked.QualificationTypeId} does not exist.")
    return {"QualificationType": shown.qualification_type(row)}


@operation(inputs.ListQualificationTypes, writes=False)
def list_qualification_types(call: Call, asked: inputs.ListQualificationTypes) -> Output:
    """Return the qualification types in which the query's text occurs, in the order of their creation."""
    wanted = page(asked, (int,), call.requester_id, asked.MustBeRequestable, asked.MustBeOwnedByCaller, asked.Query)
    kind = QualificationTypeRow
    rows = select(kind).order_by(col(kind.seq)).limit(wanted.size)
    if wanted.after is not None:
        rows = rows.where(col(kind.seq) > wanted.after[0])
    if asked.MustBeRequestable:
        rows = rows.where(kind.status == "Active")
    if asked.MustBeOwnedByCaller:
        rows = rows.where(kind.requester_id == call.requester_id)
    if asked.Query:
        texts = col(kind.name), col(kind.keywords), col(kind.description)
        rows = rows.where(or_(*(text.icontains(asked.Query, autoescape=True) for text in texts)))
    found = call.session.exec(rows).all()
    listed = [shown.qualification_type(row) for row in found]
    return wanted.output(found, lambda row: (row.seq or 0,)) | {"QualificationTypes": listed}


def _granted_value(asked: inputs.CreateQualificationType) -> int | None:
    if not asked.AutoGranted:
        return None
    return 1 if asked.AutoGrantedValue is None else asked.AutoGrantedValue
