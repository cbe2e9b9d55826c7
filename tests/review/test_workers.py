"""Workers in the browser: everybody in a list, one page a person, and what is done about them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from desks import OWN, Desk
from factories import right
from faulty import Fault
from hired import hired
from reviewing import Office, act
from sqlmodel import select

from crowdbroker.broker import by_hand
from crowdbroker.broker.doctor.examine import examine
from crowdbroker.broker.payers import Payer, spent_today
from crowdbroker.broker.reverse import reverse
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.quality import Decision
from crowdbroker.errors import InputError, OverBudget, StaleState
from crowdbroker.review.facts import Facts
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import ExclusionRow, WorkerRow

LIST = "/batches/1/workers"


def _row(desk: Desk, worker_id: str) -> int:
    with desk.store.read() as session:
        row = session.exec(select(WorkerRow.id).where(WorkerRow.worker_id == worker_id)).one()
    assert row is not None
    return row


def _refused(desk: Desk) -> str:
    """A Batch in which one Worker was careless and refused; returns the WorkerId."""
    _, careless = hired(desk, rejection="automatic", reject_cap=0.9)
    desk.judge()
    desk.settle()
    assert "rejected" in {row.state for row in desk.of(careless)}
    return careless


def _findings(desk: Desk) -> list[str]:
    found = examine(desk.store, None, [desk.batch()], desk.clock, marketplace=OWN)
    return [one.what for one in found.findings]


def _acts(desk: Desk) -> list[AuditRow]:
    with desk.store.read() as session:
        return [row for row in session.exec(select(AuditRow)) if not row.subject.startswith("person:")]


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


def test_the_list_names_everybody_with_gold_speed_and_pay(desk: Desk, office: Office) -> None:
    careful, careless = hired(desk)
    page = office.browser("viewer").get(LIST)
    assert page.status == 200
    for worker_id in (careful, careless):
        assert f'href="{LIST}/{_row(desk, worker_id)}"' in page.text
    assert "10 of 10" in page.text
    assert "0 of 10" in page.text


def test_the_list_filters_sorts_and_takes_nonsense_calmly(desk: Desk, office: Office) -> None:
    careful, careless = hired(desk)
    desk.judge()
    browser = office.browser("viewer")
    held = browser.get(f"{LIST}?only=held&sort=doubt").text
    assert f"{LIST}/{_row(desk, careless)}" in held
    assert f"{LIST}/{_row(desk, careful)}" not in held
    nobody = browser.get(f"{LIST}?name=%3Cscript%3E&sort=nonsense&only=nonsense&page=99999999999")
    assert (nobody.status, "No Worker is like that" in nobody.text, "<script>" in nobody.text) == (200, True, False)


def test_a_batch_that_nobody_worked_on_says_so(desk: Desk, office: Office) -> None:
    desk.load()
    assert "Nobody has submitted anything yet" in office.browser("viewer").get(LIST).text


def test_a_workers_page_shows_gold_matrix_work_and_evidence(desk: Desk, office: Office) -> None:
    _, careless = hired(desk)
    desk.judge()
    page = office.browser("viewer").get(f"{LIST}/{_row(desk, careless)}")
    assert page.status == 200
    for words in ("Gold, in the order", "✗ wrong", "True ↓", "❚❚ On hold", "0 of"):
        assert words in page.text, words
    assert "Pay the bonus" not in page.text
    assert "New note" not in page.text


@pytest.mark.parametrize("row", [99, 10**10, 10**30])
def test_an_unknown_worker_is_not_there(desk: Desk, office: Office, row: int) -> None:
    desk.load()
    assert office.browser("viewer").get(f"{LIST}/{row}").status == 404


def test_a_bonus_is_paid_once_through_the_books_and_kept_in_the_trail(desk: Desk, office: Office) -> None:
    careful, _ = hired(desk)
    desk.judge()
    desk.settle()
    page, browser = f"{LIST}/{_row(desk, careful)}", office.browser("payer", "pia")
    before = desk.paid()[careful]
    done = act(browser, page, f"{page}/bonus", amount="0.50", reason="Thank you")
    again = act(browser, page, f"{page}/bonus", amount="$0.50", reason="Thank you ")
    assert "The bonus is promised" in done.text
    assert "nothing changed" in again.text
    desk.settle()
    assert desk.paid()[careful] == before + 50
    desk.check_books()
    (row,) = _acts(desk)
    assert (row.actor, row.action, row.evidence["cents"]) == ("pia", "bonus", 60)


def test_a_bonus_needs_the_role_a_fresh_sign_in_an_amount_and_a_reason(desk: Desk, office: Office) -> None:
    careful, _ = hired(desk)
    desk.judge()
    desk.settle()
    page = f"{LIST}/{_row(desk, careful)}"
    reviewer, payer = office.browser("reviewer"), office.browser("payer")
    assert reviewer.send_form(page, f"{page}/bonus", amount="0.50", reason="x").status == 403
    for amount, reason in (("-1", "x"), ("0", "x"), ("0.505", "x"), ("0.50", " "), ("0.50", "x" * 1025)):
        assert payer.send_form(page, f"{page}/bonus", amount=amount, reason=reason).status == 409
    desk.pass_time(minutes=16)
    stale = payer.send_form(page, f"{page}/bonus", amount="0.50", reason="x")
    assert (stale.status, stale.location.startswith("/again")) == (303, True)
    assert "Sign in again" in payer.get(page).text
    assert desk.effects("bonus") == []


def test_the_daily_cap_holds_over_all_kinds_of_decisions_and_ends_with_the_day(desk: Desk, office: Office) -> None:
    careful, _ = hired(desk)
    desk.judge()
    desk.settle()
    pia = Payer("Pia", 100)
    row, batch = _row(desk, careful), desk.batch()

    def pay(cents: int, reason: str) -> bool:
        return by_hand.bonus(
            desk.store, batch, row, cents=cents, reason=reason, tariff=Tariff(), payer=pia, now=desk.clock()
        )

    assert pay(50, "first")
    with pytest.raises(OverBudget, match=r"0\.40"):
        pay(50, "second")
    assert len(desk.effects("bonus")) == 1
    with desk.store.read() as session:
        assert spent_today(session, "Pia", desk.clock()) == 60
    desk.pass_time(days=1)
    assert pay(50, "second")


def test_excluding_by_hand_ends_the_work_and_refuses_nothing(desk: Desk, office: Office) -> None:
    desk.load(items=12, gold=5)
    desk.publish()
    (somebody,) = desk.workers(1)
    desk.work(somebody, right, most=1)
    desk.collect()
    page = f"{LIST}/{_row(desk, somebody)}"
    done = act(office.browser("payer"), page, f"{page}/exclude", reason="Asked to stop")
    assert "gets no more of this Batch" in done.text
    twice = office.browser("payer", "P2").send_form(page, f"{page}/exclude", reason="again")
    assert twice.status == 409
    desk.settle()
    assert desk.work(somebody) == 0
    assert set(desk.states()) <= {"submitted", "approved"}
    assert [row.action for row in _acts(desk)] == ["exclude"]


def test_a_refusal_is_taken_back_and_paid_in_full(desk: Desk, office: Office) -> None:
    careless = _refused(desk)
    refused = next(row for row in desk.of(careless) if row.state == "rejected")
    owed = desk.paid().get(careless, 0)
    browser = office.browser("payer", "pia")
    page = f"/batches/1/refusals/{refused.id}"
    assert "can be taken back until" in browser.get(page).text
    done = act(browser, page, f"{page}/reverse", reason="We were wrong.")
    assert "The refusal will be taken back" in done.text
    assert browser.send_form(page.replace("refusals", "decisions"), f"{page}/reverse").status in (409,)
    assert _findings(desk) == []
    desk.settle()
    after = next(row for row in desk.of(careless) if row.id == refused.id)
    assert after.state == "approved"
    assert desk.paid()[careless] == owed + 5
    desk.check_books()
    assert _findings(desk) == []
    (row,) = _acts(desk)
    assert (row.action, row.evidence["cents"], row.reason) == ("reverse", 6, "We were wrong.")


def test_a_refusal_stands_after_thirty_days_and_where_nothing_is_refused(desk: Desk) -> None:
    careless = _refused(desk)
    refused = next(row for row in desk.of(careless) if row.state == "rejected")
    paid = next(row for row in desk.assignments() if row.state == "approved")
    assert refused.id is not None
    assert paid.id is not None
    batch, pia = desk.batch(), Payer("Pia")
    with pytest.raises(InputError, match="not refused"):
        reverse(desk.store, batch, paid.id, reason="", payer=pia, now=desk.clock())
    late = refused.submitted_at + timedelta(days=30)
    with pytest.raises(InputError, match="30 days"):
        reverse(desk.store, batch, refused.id, reason="", payer=pia, now=late)
    reverse(desk.store, batch, refused.id, reason="", payer=pia, now=desk.clock())
    with pytest.raises(StaleState):
        reverse(desk.store, batch, refused.id, reason="", payer=pia, now=desk.clock())
    assert desk.money()[Account.RESERVED] == 6


def test_a_reversal_whose_reply_was_lost_pays_once(desk: Desk) -> None:
    careless = _refused(desk)
    refused = next(row for row in desk.of(careless) if row.state == "rejected")
    assert refused.id is not None
    reverse(desk.store, desk.batch(), refused.id, reason="", payer=Payer("Pia"), now=desk.clock())
    desk.wire.next("ApproveAssignment", Fault.LOST_REPLY)
    desk.settle()
    desk.pass_time(minutes=11)
    desk.settle()
    assert desk.effects("reverse")[0].state == "done"
    desk.check_books()


def test_notes_are_kept_and_shown_as_text(desk: Desk, office: Office) -> None:
    careful, _ = hired(desk)
    page, browser = f"{LIST}/{_row(desk, careful)}", office.browser("reviewer", "Rita")
    hostile = "<script>alert(1)</script> \u202eright to left"
    done = act(browser, page, f"{page}/notes", text=hostile)
    assert "&lt;script&gt;alert(1)" in done.text
    assert "<script>alert" not in done.text
    assert browser.send_form(page, f"{page}/notes", text=" ").status == 409
    assert office.browser("viewer").send_form(page, f"{page}/notes", text="x").status == 403


def test_while_figures_are_being_found_out_the_page_says_so_and_comes_back(desk: Desk) -> None:
    hired(desk)
    office = Office(desk, facts=Facts(desk.store, desk.clock, background=True))
    browser = office.browser("viewer")
    for address, words in ((LIST, "10 of 10"), ("/batches/1/money", "By day and kind")):
        first = browser.get(address)
        assert "being counted" in first.text
        assert f'hx-get="{address}"' in first.text
        until(lambda address=address, words=words: words in browser.get(address).text)


def test_a_careless_worker_who_is_paid_after_all_gets_work_again(desk: Desk) -> None:
    careless = _refused(desk)
    assert desk.count(ExclusionRow) == 1
    for row in desk.of(careless):
        assert row.id is not None
        reverse(desk.store, desk.batch(), row.id, reason="", payer=Payer("pia"), now=desk.clock())
    desk.settle()
    assert {row.state for row in desk.of(careless)} == {"approved"}
    assert desk.count(ExclusionRow) == 0


def test_whom_a_person_excluded_stays_so(desk: Desk) -> None:
    _, careless = hired(desk)
    row = _row(desk, careless)
    by_hand.exclude(desk.store, desk.batch(), row, reason="Asked to stop", payer=Payer("pia"), now=desk.clock())
    desk.judge()
    for one in desk.of(careless):
        assert one.id is not None
        by_hand.decide(
            desk.store, desk.batch(), one.id, Decision.APPROVE, reason="", payer=Payer("pia"), now=desk.clock()
        )
    desk.settle()
    assert desk.count(ExclusionRow) == 1


def test_a_person_gives_work_again_to_whom_a_person_excluded(desk: Desk, office: Office) -> None:
    desk.load(items=12, gold=5)
    desk.publish()
    (somebody,) = desk.workers(1)
    desk.work(somebody, right, most=1)
    desk.collect()
    page = f"{LIST}/{_row(desk, somebody)}"
    pia = office.browser("payer", "pia")
    assert "Give work again" not in pia.get(page).text
    assert pia.send_form(page, f"{page}/readmit", reason="No.").status == 409
    act(pia, page, f"{page}/exclude", reason="Asked to stop")
    desk.settle()
    assert desk.work(somebody) == 0
    assert "judged anew" in pia.get(page).text
    assert pia.send_form(page, f"{page}/readmit", reason=" ").status == 409
    assert office.browser("reviewer").send_form(page, f"{page}/readmit", reason="x").status == 403
    assert "gets work of this Batch again" in act(pia, page, f"{page}/readmit", reason="Asked to go on").text
    desk.settle()
    assert [one.state for one in desk.effects("readmit")] == ["done"]
    assert desk.work(somebody) > 0
    kept = _acts(desk)[-1]
    assert (kept.actor, kept.action, kept.reason) == ("pia", "readmit", "Asked to go on")
    assert kept.subject == f"worker:{somebody}"
    assert (kept.evidence["excluded_by"], kept.evidence["excluded_for"]) == ("pia", "Asked to stop")
    assert f'href="{page}"' in pia.get("/batches/1/audit?action=readmit").text


def test_what_a_person_decided_about_held_work_is_lifted_by_a_person(desk: Desk) -> None:
    _, careless = hired(desk)
    desk.judge()
    first, second = (one.id for one in desk.of(careless))
    batch, given = desk.batch(), {"payer": Payer("pia"), "now": desk.clock()}
    assert first is not None
    assert second is not None
    with pytest.raises(InputError, match="The program has excluded"):
        by_hand.readmit(desk.store, batch, _row(desk, careless), reason="Why not", **given)  # type: ignore[arg-type]
    by_hand.decide(desk.store, batch, first, Decision.APPROVE_AND_EXCLUDE, reason="", **given)  # type: ignore[arg-type]
    by_hand.decide(desk.store, batch, second, Decision.APPROVE, reason="", **given)  # type: ignore[arg-type]
    assert desk.count(ExclusionRow) == 1
    by_hand.readmit(desk.store, batch, _row(desk, careless), reason="A second chance", **given)  # type: ignore[arg-type]
    assert desk.count(ExclusionRow) == 0
    desk.settle()
    assert set(desk.states()) == {"approved"}
    desk.check_books()


def test_an_exclusion_of_the_program_offers_no_form_and_says_why(desk: Desk, office: Office) -> None:
    _, careless = hired(desk)
    desk.judge()
    page = office.browser("payer").get(f"{LIST}/{_row(desk, careless)}").text
    assert "The program decided that" in page
    assert "Give work again" not in page


def test_the_trail_keeps_that_a_note_was_written_and_not_its_text(desk: Desk, office: Office) -> None:
    careful, _ = hired(desk)
    page = f"{LIST}/{_row(desk, careful)}"
    act(office.browser("reviewer", "rita"), page, f"{page}/notes", text="is my neighbour")
    [kept] = _acts(desk)
    assert (kept.action, kept.reason, "neighbour" in str(kept.evidence)) == ("note", "", False)
