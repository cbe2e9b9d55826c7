from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import START
from starlette.applications import Starlette
from webclient import Browser

from crowdbroker.marketplace.admin.access import new_link
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app
from crowdbroker.simulation.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def market(clock: ManualClock, tmp_path: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db", clock=clock)
    yield market
    market.close()


@pytest.fixture
def app(market: Marketplace) -> Starlette:
    return build_app(market)


@pytest.fixture
def operator(market: Marketplace, app: Starlette) -> Browser:
    """A browser in which the operator's link was opened."""
    browser = Browser(app)
    path = new_link(market).path
    assert browser.send_form(path, path).location == "/admin"
    return browser
