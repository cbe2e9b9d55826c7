"""Reviewing with the store on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import postgres
from factories import START, some_items
from reviewing import Office, a_labelled_batch
from sqlmodel import col, select

from crowdbroker.broker.label import label
from crowdbroker.broker.review import DecisionKind, Wish
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
    form = {"kind": "correct", "version": "0", "seen": first.label, "label": "neutral"}
    answer = browser.send_form("/batches/1/items/1", f"/batches/1/items/{first.item_id}/decide", **form)
    assert answer.status == 303
    wishes = [Wish(one.item_id, DecisionKind.MORE, 0, one.label) for one in others[:2]]
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
