"""CreateQualificationType, GetQualificationType, ListQualificationTypes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.owned import no_such_qualification_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import Key, Page, page
from crowdbroker.marketplace.qualification_tables import ACTIVE, DELETED
from crowdbroker.marketplace.qualification_test import check_test
from crowdbroker.marketplace.system_qualifications import NAMED, SystemType
from crowdbroker.marketplace.tables import QualificationTypeRow

_Type = SystemType | QualificationTypeRow


@operation(inputs.CreateQualificationType, writes=True)
def create_qualification_type(call: Call, asked: inputs.CreateQualificationType) -> Output:
    """Return a new qualification type; its name is unique among the caller's."""
    check_test(asked.Test, asked.AnswerKey, asked.TestDurationInSeconds)
    refuse_double_grant(asked.Test, asked.AutoGranted)
    if asked.AutoGrantedValue is not None and not asked.AutoGranted:
        raise BadValue("AutoGrantedValue needs AutoGranted.")
    _refuse_known_name(call, asked.Name)
    row = QualificationTypeRow(
        id=call.market.ids.entity(),
        requester_id=call.requester_id,
        name=asked.Name,
        keywords=asked.Keywords,
        description=asked.Description,
        status=asked.QualificationTypeStatus,
        test=asked.Test,
        answer_key=asked.AnswerKey,
        test_duration_s=asked.TestDurationInSeconds,
        retry_delay_s=asked.RetryDelayInSeconds,
        auto_granted=bool(asked.AutoGranted),
        auto_granted_value=granted_value(asked.AutoGranted, asked.AutoGrantedValue),
        created_ms=call.now_ms,
    )
    call.session.add(row)
    return {"QualificationType": shown.qualification_type(row, call.requester_id)}


@operation(inputs.GetQualificationType, writes=False)
def get_qualification_type(call: Call, asked: inputs.GetQualificationType) -> Output:
    """Return one qualification type, whoever made it, the marketplace's own included."""
    system = NAMED.get(asked.QualificationTypeId)
    if system is not None:
        return {"QualificationType": shown.system_type(system)}
    found = select(QualificationTypeRow).where(QualificationTypeRow.id == asked.QualificationTypeId)
    row = call.session.exec(found.where(QualificationTypeRow.status != DELETED)).first()
    if row is None:
        raise no_such_qualification_type(asked.QualificationTypeId)
    return {"QualificationType": shown.qualification_type(row, call.requester_id)}


@operation(inputs.ListQualificationTypes, writes=False)
def list_qualification_types(call: Call, asked: inputs.ListQualificationTypes) -> Output:
    """Return the qualification types in which the query's text occurs: the marketplace's own first, then by age."""
    wanted = page(asked, (int,), call.requester_id, asked.MustBeRequestable, asked.MustBeOwnedByCaller, asked.Query)
    system = _system_types(asked, wanted)[: wanted.size]
    rows: list[_Type] = [*system, *_own_types(call, asked, wanted, wanted.size - len(system))]
    listed = [
        shown.system_type(row) if isinstance(row, SystemType) else shown.qualification_type(row, call.requester_id)
        for row in rows
    ]
    return wanted.output(rows, _key) | {"QualificationTypes": listed}


def refuse_double_grant(test: str | None, auto_granted: bool | None) -> None:
    """Refuse a type that has a test and would grant itself without it. Raises BadValue."""
    if test is not None and auto_granted:
        raise BadValue("A QualificationType with a Test cannot be AutoGranted.")


def granted_value(auto_granted: bool | None, asked: int | None) -> int | None:
    """Return the value that a type grants by itself, None when it grants nothing."""
    if not auto_granted:
        return None
    return 1 if asked is None else asked


def _refuse_known_name(call: Call, name: str) -> None:
    same = select(QualificationTypeRow.id).where(
        QualificationTypeRow.requester_id == call.requester_id, QualificationTypeRow.name == name
    )
    if call.session.exec(same).first() is not None:
        raise Fault(
            "QualificationTypeAlreadyExists",
            "You have already created a QualificationType with this name. A QualificationType's name must be unique "
            "among all of the QualificationTypes created by the same user.",
        )


def _system_types(asked: inputs.ListQualificationTypes, wanted: Page) -> list[SystemType]:
    """Return the marketplace's own types that the list still has to show: nobody owns or requests those."""
    if asked.MustBeRequestable or asked.MustBeOwnedByCaller:
        return []
    query = (asked.Query or "").casefold()
    after = None if wanted.after is None else wanted.after[0]
    fitting = [one for one in NAMED.values() if query in one.name.casefold() or query in one.description.casefold()]
    return [one for one in fitting if after is None or one.seq > int(after)]


def _own_types(call: Call, asked: inputs.ListQualificationTypes, wanted: Page, most: int) -> list[QualificationTypeRow]:
    kind = QualificationTypeRow
    conditions: list[Any] = [col(kind.status) == ACTIVE if asked.MustBeRequestable else col(kind.status) != DELETED]
    if wanted.after is not None:
        conditions.append(col(kind.seq) > wanted.after[0])
    if asked.MustBeOwnedByCaller:
        conditions.append(col(kind.requester_id) == call.requester_id)
    if asked.Query:
        texts = col(kind.name), col(kind.keywords), col(kind.description)
        conditions.append(or_(*(text.icontains(asked.Query, autoescape=True) for text in texts)))
    return list(call.session.exec(select(kind).where(*conditions).order_by(col(kind.seq)).limit(most)).all())


def _key(row: _Type) -> Key:
    return (row.seq or 0,)
