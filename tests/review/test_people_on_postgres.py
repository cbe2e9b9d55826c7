"""The pages on people, decisions, money and acts, and what is done there, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import postgres
from desks import Desk, Desks
from factories import START
from hired import hired
from required import missing
from reviewing import Office, act
from webclient import attribute

from crowdbroker.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.store import Store

pytestmark = pytest.mark.slow


def test_every_page_and_every_act(desks: Desks, tmp_path: Path) -> None:
    server = postgres()
    if server is None:
        missing("postgres", "there is no PostgreSQL server on this machine")
    url, clock = server.new(), ManualClock(START)
    marketplace = Marketplace.open(f"sqlite:///{tmp_path}/market.db", clock=clock, seed=7)
    desk = desks.around(Store.open(url), marketplace, clock)
    try:
        _everything(desk)
    finally:
        desk.store.close()
        marketplace.close()
        server.drop(url)


def _everything(desk: Desk) -> None:
    careful, careless = hired(desk)
    desk.judge()
    desk.settle()
    browser = Office(desk).browser("payer", "pia", cap_cents=30)
    first, second = desk.of(careless)
    refused, worker = f"/batches/1/decisions/{first.id}", f"/batches/1/workers/{desk.of(careful)[0].worker_row}"
    seen = attribute(browser.get(refused).text, r'name="seen" value="([^"]*)"')
    act(browser, refused, refused, decision="reject", reason="No gold was right.", seen=seen)
    desk.settle()
    act(browser, f"/batches/1/refusals/{first.id}", f"/batches/1/refusals/{first.id}/reverse", reason="")
    act(browser, worker, f"{worker}/bonus", amount="0.10", reason="Thanks")
    over = browser.send_form(worker, f"{worker}/bonus", amount="0.12", reason="More")
    assert (over.status, "more today" in over.text) == (409, True)
    act(browser, worker, f"{worker}/notes", text="careful")
    desk.settle()
    assert [row.state for row in desk.of(careless)] == ["approved", "held"]
    desk.check_books()
    for page in ("workers?sort=doubt", "decisions", f"decisions/{second.id}", "money", "audit?actor=pia", "audit.csv"):
        assert browser.get(f"/batches/1/{page}").status == 200, page
    assert "4 acts" in browser.get("/batches/1/audit?actor=pia").text
    assert browser.get(worker).status == browser.get("/money").status == 200
