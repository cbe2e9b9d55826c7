"""Reviewing with the store on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import postgres
from factories import START, some_items
from reviewing import Office, a_labelled_batch
from sqlmodel import col, select

from crowdbroker.broker.label import label
from crowdbroker.broker.payers import Payer, check_cap
from crowdbroker.broker.review import DecisionKind, Wish, mark_of
from crowdbroker.broker.send_back import send_back
from crowdbroker.domain.money import Tariff
from crowdbroker.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.store import Store
from crowdbroker.store.tables import LabelRow


@pytest.fixture
def on_postgres(desks: Any, tmp_path: Path, need: Callable[[str, bool, str], None]) -> Iterator[Office]:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    url, clock = server.new(), ManualClock(START)
    marketplace = Marketplace.open(f"sqlite:///{tmp_path}/m.db", clock=clock, seed=7)
    desk = desks.around(Store.open(url), marketplace, clock)
    a_labelled_batch(desk, some_items(8))
    yield Office(desk)
    desk.store.close()
    marketplace.close()
    server.drop(url)


def test_the_pages_and_the_decisions_are_the_same(on_postgres: Office) -> None:
    desk, browser = on_postgres.desk, on_postgres.browser("reviewer", "ann", cap_cents=100)
    for address in (
        "/",
        "/batches/1",
        "/batches/1/labels?search=TEXT+1",
        "/batches/1/items/1",
        "/batches/1/labels.csv",
    ):
        assert browser.get(address).status == 200, address
    assert browser.get("/batches/1/labels?search=TEXT+1").text.count('class="title"') == 1
    with desk.store.read() as session:
        rows = session.exec(select(LabelRow).order_by(col(LabelRow.item_id))).all()
    first, *others = rows
    form = {"kind": "correct", "version": "0", "seen": mark_of(first.label), "label": "neutral"}
    answer = browser.send_form("/batches/1/items/1", f"/batches/1/items/{first.item_id}/decide", **form)
    assert answer.status == 303
    wishes = [Wish(one.item_id, DecisionKind.MORE, 0, mark_of(one.label)) for one in others[:2]]
    sent = (desk.store, desk.batch(), wishes, 1, Tariff())
    done, _, quote = send_back(*sent, reviewer="ann", now=desk.clock(), cap_cents=100)
    assert (len(done), quote.cents > 0) == (2, True)
    label(desk.store, desk.batch(), desk.clock())
    with desk.store.read() as session:
        held = {row.item_id: (row.label, row.review) for row in session.exec(select(LabelRow))}
    assert held[first.item_id][1] in ("correct", "accept")
    assert held[first.item_id][0] == "neutral"
    assert {held[one.item_id][1] for one in others[:2]} == {"more"}
    desk.publish()
    desk.check_books()


def test_a_nul_is_looked_for_and_written_as_any_other_sign(on_postgres: Office) -> None:
    browser, stranger = on_postgres.browser("admin", "ann"), on_postgres.stranger()
    for query in (
        "labels?search=%00",
        "labels?label=a%00b",
        "audit?actor=%00",
        "audit?subject=%0%000",
        "audit.csv?subject=%00",
    ):
        assert browser.get(f"/batches/1/{query}").status == 200, query
    worker = "/batches/1/workers/1"
    assert browser.send_form(worker, f"{worker}/notes", text="a\0b").status == 303
    assert stranger.send_form("/sign-in", "/sign-in", name="a\0b", password="x" * 12).status == 422


def test_no_number_of_an_address_is_too_large_for_a_column(on_postgres: Office) -> None:
    browser = on_postgres.browser("admin")
    for number in (2**31, 2**63, 10**20):
        assert browser.get(f"/batches/1/items/{number}").status == 404
        assert browser.get(f"/batches/1/labels?after=0x1p-1:{number}").status == 200
        assert browser.get(f"/batches/1/audit?before={number}").status == 200


def test_sending_back_waits_for_the_same_persons_other_payments(on_postgres: Office) -> None:
    """What two Batches commit at once is seen by both, so that together they keep to the person's cap."""
    desk = on_postgres.desk
    on_postgres.browser("reviewer", "ann", cap_cents=100)
    with desk.store.read() as session:
        first = session.exec(select(LabelRow).order_by(col(LabelRow.item_id))).first()
    wishes = [Wish(first.item_id, DecisionKind.MORE, 0, mark_of(first.label))]
    done: list[object] = []

    def send() -> None:
        asked = (desk.store, desk.batch(), wishes, 1, Tariff())
        done.append(send_back(*asked, reviewer="ann", now=desk.clock(), cap_cents=100))

    with desk.store.write() as session:
        check_cap(session, Payer("ann", 100), 1, desk.clock())
        thread = threading.Thread(target=send)
        thread.start()
        thread.join(1)
        assert done == []
    thread.join(20)
    assert len(done) == 1
