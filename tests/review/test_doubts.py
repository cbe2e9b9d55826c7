"""A call of which nobody knows whether it happened: settled by what the marketplace shows, or by a person's word."""

from __future__ import annotations

import pytest
from desks import Desk
from faulty import Fault
from hired import hired
from reviewing import Office, act

from crowdbroker.broker import by_hand
from crowdbroker.broker.payers import Payer
from crowdbroker.domain.money import Tariff
from crowdbroker.store.audit import acts_on
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import EffectRow

LIST = "/batches/1/decisions"


def in_doubt(desk: Desk, fault: Fault = Fault.LOST_REQUEST) -> EffectRow:
    """A bonus whose reply never came, and whose token is forgotten by now."""
    careful, _ = hired(desk)
    desk.judge()
    desk.settle()
    row = desk.of(careful)[0].worker_row
    pia = Payer("pia")
    given = {"cents": 50, "reason": "<b>Thanks</b>", "tariff": Tariff(), "payer": pia, "now": desk.clock()}
    by_hand.bonus(desk.store, desk.batch(), row, **given)  # type: ignore[arg-type]
    desk.wire.next("SendBonus", fault)
    if fault is Fault.LOST_REPLY:
        desk.wire.next("ListBonusPayments", *[Fault.UNREACHABLE] * 8)
    desk.settle()
    desk.pass_time(hours=25)
    if fault is Fault.LOST_REPLY:
        with desk.store.write() as session:
            found = session.get_one(EffectRow, desk.effects("bonus")[0].id)
            found.state, found.problem, found.ended_at = "in_doubt", "lost", desk.clock()
    else:
        desk.settle()
    (effect,) = desk.effects("bonus")
    assert effect.state == "in_doubt"
    return effect


def test_a_call_in_doubt_is_listed_with_the_way_to_its_page(desk: Desk, office: Office) -> None:
    effect = in_doubt(desk)
    page = office.browser("payer").get(LIST).text
    assert f'href="/batches/1/doubts/{effect.id}"' in page
    assert "$0.50" in page
    assert "/doubts/" not in office.browser("reviewer").get(LIST).text


def test_the_page_shows_what_was_asked_for_and_what_the_marketplace_shows(desk: Desk, office: Office) -> None:
    effect = in_doubt(desk)
    page = office.browser("payer").get(f"/batches/1/doubts/{effect.id}").text
    for words in ("In doubt", "$0.50", "&lt;b&gt;Thanks", "No payment carries the mark of this Effect.", "It happened"):
        assert words in page, words


@pytest.mark.parametrize(("said", "state", "paid"), [("done", "done", 50), ("failed", "failed", 0)])
def test_a_persons_word_settles_it_and_is_kept(desk: Desk, office: Office, said: str, state: str, paid: int) -> None:
    effect = in_doubt(desk)
    page = f"/batches/1/doubts/{effect.id}"
    browser = office.browser("payer", "pia")
    for wrong in ({}, {"said": "nonsense"}, {"said": said}, {"said": said, "reason": " "}):
        assert browser.send_form(page, page, **wrong).status == 409
    assert "on your word" in act(browser, page, page, said=said, reason="I asked the Worker.").text
    assert [one.state for one in desk.effects("bonus")] == [state]
    assert (desk.money()[Account.RESERVED], desk.money()[Account.BONUSES]) == (0, paid)
    with desk.store.read() as session:
        [kept] = acts_on(session, effect.key)
    assert (kept.actor, kept.action, kept.reason) == ("pia", "resolve", "I asked the Worker.")
    again = browser.send_form(page, page, said="done", reason="Again")
    assert (again.status, "in doubt no longer" in again.text) == (409, True)
    assert "Nothing is in doubt here" in browser.get(page).text


def test_what_the_marketplace_proves_needs_no_word_and_cannot_be_denied(desk: Desk, office: Office) -> None:
    effect = in_doubt(desk, Fault.LOST_REPLY)
    page = f"/batches/1/doubts/{effect.id}"
    browser = office.browser("payer")
    shown = browser.get(page).text
    assert "proves that it happened" in shown
    assert "It did not happen" not in shown
    assert browser.send_form(page, page, said="failed", reason="No.").status == 409
    assert "the marketplace shows that it happened" in act(browser, page, page, said="look").text
    assert desk.money()[Account.BONUSES] == 50
    desk.check_books()


def test_looking_again_where_nothing_is_proved_changes_nothing(desk: Desk, office: Office) -> None:
    effect = in_doubt(desk)
    page = f"/batches/1/doubts/{effect.id}"
    assert "it stays in doubt" in act(office.browser("payer"), page, page, said="look").text
    assert desk.effects("bonus")[0].state == "in_doubt"


def test_without_the_marketplace_the_page_says_what_is_known_and_settles_nothing(desk: Desk) -> None:
    effect = in_doubt(desk)
    page = f"/batches/1/doubts/{effect.id}"
    for office, name in ((Office(desk, market=None), "pia"), (Office(desk, marketplace="elsewhere"), "paul")):
        browser = office.browser("payer", name)
        shown = browser.get(page).text
        assert "cannot be asked now" in shown
        assert "&lt;b&gt;Thanks" in shown
        assert browser.send_form(page, page, said="failed", reason="No.").status == 409
    assert desk.effects("bonus")[0].state == "in_doubt"


def test_settling_needs_the_role_and_a_fresh_sign_in(desk: Desk, office: Office) -> None:
    effect = in_doubt(desk)
    page = f"/batches/1/doubts/{effect.id}"
    browser = office.browser("payer")
    assert office.browser("reviewer").get(page).status == 403
    assert browser.get(f"/batches/1/doubts/{effect.id + 1000}").status == 404  # type: ignore[operator]
    desk.pass_time(minutes=16)
    assert browser.send_form(page, page, said="failed", reason="No.").location.startswith("/again")
    assert "Sign in again" in browser.get(page).text
