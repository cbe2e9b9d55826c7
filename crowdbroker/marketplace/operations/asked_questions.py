"""The question of a HIT that is being made: given as it is, or as a layout with values."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.hit_warnings import store_warnings, warnings_about
from crowdbroker.marketplace.html5 import refuse_malformed
from crowdbroker.marketplace.layout_tables import HitLayoutRow
from crowdbroker.marketplace.layouts import fill_in
from crowdbroker.marketplace.operations.registry import Call
from crowdbroker.marketplace.questions import read_question
from crowdbroker.marketplace.tables import Base, HitRow

_STORE = insert(Base.metadata.tables["question"])


@dataclass(frozen=True)
class Asked:
    """A question that can be shown, the layout that it came from if any, and what is doubtful about its page."""

    xml: str
    layout_id: str | None
    warnings: list[str]


def asked_question(call: Call, asked: inputs.CreateHIT | inputs.CreateHITWithHITType) -> Asked:
    """Return the question that a call gives.

    Raises:
        Fault: there is none, or two; it is not one that can be shown; its HTML is malformed.
    """
    if (asked.Question is None) == (asked.HITLayoutId is None):
        raise BadValue("A HIT has exactly one of Question and HITLayoutId.")
    if asked.HITLayoutId is None and asked.HITLayoutParameters:
        raise BadValue("HITLayoutParameters belong to a HITLayoutId.")
    xml = asked.Question
    if asked.HITLayoutId is not None:
        values = [(parameter.Name, parameter.Value) for parameter in asked.HITLayoutParameters or []]
        xml = fill_in(call.session, call.requester_id, asked.HITLayoutId, values)
    assert xml is not None, "one of the two is given"
    html = read_question(xml).html
    if html is None:
        return Asked(xml, asked.HITLayoutId, [])
    refuse_malformed(html)
    return Asked(xml, asked.HITLayoutId, warnings_about(html))


def store_question(call: Call, hit: HitRow, question: Asked) -> None:
    """Keep the question of a HIT that was just made."""
    call.session.connection().execute(_STORE, {"hit_id": hit.id, "question": question.xml})
    if question.layout_id is not None:
        call.session.add(HitLayoutRow(hit_id=hit.id, layout_id=question.layout_id))
    if question.warnings:
        call.session.flush()
        store_warnings(call.session, hit, question.warnings, call.now_ms)
