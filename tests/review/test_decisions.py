"""Decisions waiting: what is held, what is to be refused, and what is in doubt, each with what silence does."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Desk
from faulty import Fault
from hired import hired
from reviewing import Office, act
from sqlmodel import select
from webclient import Browser, attribute

from crowdbroker.broker import by_hand
from crowdbroker.broker.payers import Payer
from crowdbroker.domain.quality import Decision
from crowdbroker.errors import InputError, OverBudget, StaleState
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.tables import AssignmentRow

PAGE = "/batches/1/decisions"


def _held(desk: Desk) -> AssignmentRow:
    """A small Batch with a careless Worker's work on hold; returns one Assignment of it."""
    _, careless = hired(desk)
    desk.judge()
    return next(row for row in desk.of(careless) if row.state == "held")


def _seen(browser: Browser, form: str) -> dict[str, str]:
    """What the form of a decision carries of what it shows."""
    return {"seen": attribute(browser.get(form).text, r'name="seen" value="([^"]*)"')}


def _acts(desk: Desk) -> list[AuditRow]:
    with desk.store.read() as session:
        return [row for row in session.exec(select(AuditRow)) if row.batch_id == 1]


def test_what_waits_is_listed_with_its_deadline_and_what_silence_does(desk: Desk, office: Office) -> None:
    row = _held(desk)
    page = office.browser("viewer").get(PAGE)
    assert page.status == 200
    for words in (
        "on hold or to be refused",
        "The marketplace pays it.",
        row.auto_approval_at.isoformat(),
        "gold right",
    ):
        assert words in page.text, words
    desk.pass_time(days=40)
    assert "has paid it by its clock" in office.browser("viewer", "later").get(PAGE).text


def test_an_empty_list_says_so(desk: Desk, office: Office) -> None:
    desk.load()
    assert "No pay waits for a person" in office.browser("viewer").get(PAGE).text


@pytest.mark.parametrize(
    ("decision", "state"), [("approve", "approved"), ("approve_and_exclude", "approved"), ("reject", "rejected")]
)
def test_a_decision_is_carried_out_and_kept(desk: Desk, office: Office, decision: str, state: str) -> None:
    row = _held(desk)
    form = f"{PAGE}/{row.id}"
    pia = office.browser("payer", "pia")
    done = act(pia, form, form, decision=decision, reason="We looked.", **_seen(pia, form))
    assert "It will be" in done.text
    desk.settle()
    after = next(one for one in desk.assignments() if one.id == row.id)
    assert after.state == state
    desk.check_books()
    (kept,) = _acts(desk)
    assert (kept.actor, kept.action, kept.subject) == ("pia", decision, f"assignment:{row.assignment_id}")
    assert kept.evidence.get("cents", 0) == (0 if decision == "reject" else 6)
    assert kept.evidence["saw"]["look"] == row.evidence["look"]


def test_the_form_shows_the_evidence_and_says_before_what_cannot_be_undone(desk: Desk, office: Office) -> None:
    row = _held(desk)
    page = office.browser("payer").get(f"{PAGE}/{row.id}").text
    for words in ("Paying cannot be undone", "Evidence", "✗ differs", "The marketplace pays it.", 'data-key="p"'):
        assert words in page, words
    assert "Paying cannot be undone" not in office.browser("viewer").get(f"{PAGE}/{row.id}").text


def test_deciding_needs_the_role_and_a_fresh_sign_in(desk: Desk, office: Office) -> None:
    row = _held(desk)
    form = f"{PAGE}/{row.id}"
    assert office.browser("reviewer").send_form(form, form, decision="approve").status == 403
    payer = office.browser("payer")
    desk.pass_time(minutes=16)
    assert payer.send_form(form, form, decision="approve").location.startswith("/again")
    assert "Sign in again" in payer.get(form).text
    assert _acts(desk) == []


@pytest.mark.parametrize("fields", [{"decision": "hold"}, {"decision": "nonsense"}, {}, {"decision": "reject"}])
def test_what_makes_no_sense_changes_nothing(desk: Desk, office: Office, fields: dict[str, str]) -> None:
    row = _held(desk)
    form = f"{PAGE}/{row.id}"
    assert office.browser("payer").send_form(form, form, **fields).status == 409
    assert next(one for one in desk.assignments() if one.id == row.id).verdict == "hold"


def test_two_people_decide_and_the_second_is_told(desk: Desk, office: Office) -> None:
    row = _held(desk)
    form = f"{PAGE}/{row.id}"
    one = office.browser("payer", "one")
    act(one, form, form, decision="approve", **_seen(one, form))
    second = office.browser("payer", "two").send_form(form, form, decision="reject", reason="x")
    assert (second.status, "waits no longer" in second.text) == (409, True)
    assert len(_acts(desk)) == 1


def test_nobody_overrules_a_decision_that_they_have_not_seen(desk: Desk, office: Office) -> None:
    row = _held(desk)
    form = f"{PAGE}/{row.id}"
    anna, bert = office.browser("payer", "anna"), office.browser("payer", "bert")
    old = _seen(bert, form)
    act(anna, form, form, decision="reject", reason="I looked.", **_seen(anna, form))
    for seen in (old, {}, {"seen": "hold:"}):
        late = bert.send_form(form, form, decision="approve", **seen)
        assert (late.status, "anna has decided on this Assignment since" in late.text) == (409, True)
    after = next(one for one in desk.assignments() if one.id == row.id)
    assert (after.verdict, after.reason) == ("reject", "I looked.")
    act(bert, form, form, decision="approve", **_seen(bert, form))
    assert [one.action for one in _acts(desk)] == ["reject", "approve"]


def test_a_proposed_refusal_can_be_turned_into_pay_until_it_is_carried_out(desk: Desk) -> None:
    _, careless = hired(desk, rejection="automatic", reject_cap=0.9)
    desk.judge()
    first, second = (row.id for row in desk.of(careless) if row.verdict == "reject")
    assert first is not None
    assert second is not None

    def pay(row: int) -> None:
        by_hand.decide(desk.store, desk.batch(), row, Decision.APPROVE, reason="", payer=Payer("pia"), now=desk.clock())

    pay(first)
    desk.wire.next("RejectAssignment", Fault.LOST_REQUEST)
    desk.settle()
    assert next(row.state for row in desk.assignments() if row.id == second) == "submitted"
    with pytest.raises(StaleState):
        pay(second)
    desk.pass_time(minutes=11)
    desk.settle()
    assert sorted(row.state for row in desk.of(careless)) == ["approved", "rejected"]
    desk.check_books()


def test_paying_keeps_to_the_cap_and_refusing_needs_none(desk: Desk) -> None:
    row = _held(desk)
    assert row.id is not None
    poor: Any = {"payer": Payer("pia", 5), "now": desk.clock()}
    with pytest.raises(OverBudget):
        by_hand.decide(desk.store, desk.batch(), row.id, Decision.APPROVE, reason="", **poor)
    with pytest.raises(InputError):
        by_hand.decide(desk.store, desk.batch(), row.id, Decision.REJECT, reason=" ", **poor)
    by_hand.decide(desk.store, desk.batch(), row.id, Decision.REJECT, reason="No gold was right.", **poor)
    assert [one.action for one in _acts(desk)] == ["reject"]
