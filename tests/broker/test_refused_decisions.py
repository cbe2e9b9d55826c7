"""What the marketplace refused is asked for again, and told: silence would pay what is to be refused."""

from __future__ import annotations

from typing import Any

import pytest
from driving import worked
from faulty import Fault
from sqlmodel import select

from crowdbroker.broker.by_hand import exclude
from crowdbroker.broker.doctor import examine
from crowdbroker.broker.payers import Payer
from crowdbroker.store.tables import WorkerRow


def findings(desk: Any) -> list[Any]:
    batches = [desk.batch("first")]
    found = examine(desk.store, desk.market, batches, desk.clock, marketplace="own").findings
    return [one for one in found if one.check == "refused decisions"]


@pytest.mark.parametrize(("operation", "kind"), [("ApproveAssignment", "approve"), ("RejectAssignment", "reject")])
def test_a_decision_that_was_refused_is_asked_for_again(desk: Any, operation: str, kind: str) -> None:
    worked(desk, payment={"rejection": "automatic", "reject_cap": 0.5})
    desk.judge()
    desk.wire.next(operation, Fault.REFUSED)
    assert desk.settle().failed == 1
    [finding] = findings(desk)
    [undecided] = [row for row in desk.assignments() if row.state == "submitted"]
    assert finding.subject == undecided.assignment_id
    assert f"refused to {kind}" in finding.what
    assert desk.settle().failed == 0  # not in every round
    desk.pass_time(hours=1)
    assert desk.settle().done == 1
    states = [one.state for one in desk.effects(kind) if one.assignment_row == undecided.id]
    assert states == ["failed", "done"]
    assert findings(desk) == []
    desk.check_books()


def test_it_is_asked_for_until_the_marketplace_decides_by_itself(desk: Any) -> None:
    worked(desk, auto_approval="2d")
    desk.judge()
    desk.wire.next("ApproveAssignment", *[Fault.REFUSED] * 3)
    desk.settle()
    refused = len([one for one in desk.effects("approve") if one.state == "failed"])
    desk.pass_time(days=3)
    desk.wire.next("ApproveAssignment", Fault.REFUSED)
    assert desk.settle().failed == 0
    assert len([one for one in desk.effects("approve") if one.state == "failed"]) == refused == 3
    desk.collect()
    assert "submitted" not in desk.states()


def test_an_exclusion_that_was_refused_is_asked_for_again(desk: Any) -> None:
    _, spammer = worked(desk)
    desk.judge()
    desk.wire.next("AssociateQualificationWithWorker", Fault.REFUSED)
    assert desk.settle().failed == 1
    assert desk.settle().done == 0
    desk.pass_time(hours=1)
    desk.settle()
    assert [one.state for one in desk.effects("exclude")] == ["failed", "done"]
    assert desk.market.has_qualification(desk.batch().row.exclusion_type_id, spammer)
    desk.settle()
    assert len(desk.effects("exclude")) == 2


def test_a_worker_who_is_excluded_before_the_first_publication_is_kept_from_it(desk: Any) -> None:
    worked(desk)
    desk.load(items=4, gold=5, name="second", settings={"name": "others"})
    with desk.store.read() as session:
        worker = session.exec(select(WorkerRow).where(WorkerRow.worker_id == "AW0")).one()
    exclude(desk.store, desk.batch("second"), worker.id, reason="Not here.", payer=Payer("ann"), now=desk.clock())
    assert desk.settle("second").failed == 0
    desk.publish("second")
    assert desk.settle("second").done == 1
    assert desk.market.has_qualification(desk.batch("second").row.exclusion_type_id, "AW0")
