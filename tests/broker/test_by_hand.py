"""A person's decisions on what is held."""

from __future__ import annotations

from typing import Any

import pytest
from driving import worked
from factories import wrong

from crowdbroker.broker.judge import decide_by_hand
from crowdbroker.broker.settle import due
from crowdbroker.domain.quality import Decision
from crowdbroker.errors import InputError
from crowdbroker.marketplace import worker


@pytest.mark.parametrize(("decision", "state"), [(Decision.APPROVE, "approved"), (Decision.REJECT, "rejected")])
def test_a_person_decides_on_what_is_held(desk: Any, decision: Decision, state: str) -> None:
    _, spammer = worked(desk)
    desk.judge()
    chosen = desk.of(spammer)[0]
    decide_by_hand(desk.store, desk.batch(), chosen.assignment_id, decision, reason="I looked.", now=desk.clock())
    with desk.store.read() as session:
        found = due(session, 1)
    assert (found.approvals, found.refusals) == ((21, 0) if decision is Decision.APPROVE else (20, 1))
    desk.settle()
    assert desk.of(spammer)[0].state == state
    assert [past.feedback for past in worker.history(desk.marketplace, spammer) if past.feedback] == ["I looked."]
    desk.check_books()


def test_a_persons_decision_is_not_judged_again(desk: Any) -> None:
    """The cap held it, a person pays it, and before that is carried out there is room for one more refusal."""
    desk.load(items=40, gold=10, overlap=3, payment={"rejection": "automatic", "reject_cap": 0.25})
    desk.publish()
    first, second, spammer = desk.workers(3)
    desk.work(first)
    desk.work(spammer, answer=wrong)
    desk.collect()
    desk.judge()
    chosen = next(row for row in desk.of(spammer) if row.verdict == "hold")
    decide_by_hand(desk.store, desk.batch(), chosen.assignment_id, Decision.APPROVE, reason="", now=desk.clock())
    desk.work(second)
    desk.collect()
    desk.judge()
    again = next(row for row in desk.of(spammer) if row.id == chosen.id)
    assert (again.verdict, again.reason) == ("approve", "Accepted after a second look.")
    desk.settle()
    assert next(row for row in desk.of(spammer) if row.id == chosen.id).state == "approved"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1025])
def test_a_persons_refusal_needs_a_reason_that_fits_the_wire(desk: Any, reason: str) -> None:
    _, spammer = worked(desk)
    desk.judge()
    with pytest.raises(InputError) as caught:
        decide_by_hand(
            desk.store,
            desk.batch(),
            desk.of(spammer)[0].assignment_id,
            Decision.REJECT,
            reason=reason,
            now=desk.clock(),
        )
    assert caught.value.field == "--reason"


@pytest.mark.parametrize("assignment_id", ["nobody", ""])
def test_only_what_is_held_is_decided_by_hand(desk: Any, assignment_id: str) -> None:
    good, _ = worked(desk)
    desk.judge()
    for name in (assignment_id, desk.of(good[0])[0].assignment_id):
        with pytest.raises(InputError, match="of the Batch is held"):
            decide_by_hand(desk.store, desk.batch(), name, Decision.APPROVE, reason="", now=desk.clock())
