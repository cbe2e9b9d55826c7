"""A reviewer's hour in a real browser: by keyboard, on hostile data, with another reviewer at the same Items.

`CROWDBROKER_SHOTS` names a folder for screenshots of what the reviewer saw.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import npm
import pytest
import uvicorn
from desks import Desk, Desks
from factories import LABELS
from playwright.sync_api import Browser, Page, expect, sync_playwright
from required import missing
from reviewing import Office, a_labelled_batch, hostile_items
from sqlmodel import select

from crowdbroker.domain.model import Item
from crowdbroker.review import links, people
from crowdbroker.review.roles import Role
from crowdbroker.store.tables import ItemRow, LabelRow

pytestmark = pytest.mark.slow

# Read here, for no setting of the person who runs the tests reaches them.
SHOTS = os.environ.get("CROWDBROKER_SHOTS")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SIZES = {"1280": {"width": 1280, "height": 844}, "390": {"width": 390, "height": 844}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TEXTS = (
    "The room was clean and quiet, and the people at the desk were kind.",
    "I waited forty minutes and nobody said a word.",
    "It is a hotel.",
    "Great view, thin walls.",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desks = Desks(tmp_path)
    taken = desks.take()
    ordinary = [
        Item(f"review-{n:02d}", {"id": f"review-{n:02d}", "text": f"{LABELS[n % 3]} {TEXTS[n % 4]}"}) for n in range(20)
    ]
    a_labelled_batch(taken, [*ordinary, *hostile_items(7)])
    yield taken
    desks.give_back(taken)
    desks.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Office(desk).app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    listener.close()


class Seat:
    """Somebody before a browser; what the browser complains about, or asks of another server, is kept."""

    def __init__(self, chromium: Browser, desk: Desk, address: str, name: str, **context: Any) -> None:
        self.complaints: list[str] = []
        self.context = chromium.new_context(base_url=address, **({"viewport": SIZES["1280"]} | context))
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda one: self.complaints.append(one.text) if one.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda asked: self._note(asked.url, address))
        row = people.add_person(desk.store, name, Role.ADMIN, desk.clock(), cap_cents=None, actor="test")
        self.page.goto(links.new_link(desk.store, row, "sign_in", desk.clock()))
        self.page.get_by_role("button", name="Enter").click()
        expect(self.page.get_by_role("heading", name="Batches")).to_be_visible()

    def _note(self, url: str, address: str) -> None:
        # The hostile picture of a cell is shown nowhere as markup, so nothing asks for it either.
        if not url.startswith((address, "data:")):
            self.complaints.append(f"asked for {url}")

    def press(self, key: str) -> None:
        """Press a key and wait for where it leads."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def follow(self, link: str) -> None:
        """Follow a link and wait for the page: a key would still reach the one before."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link, exact=True).click()

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def violations(self) -> list[str]:
        """What axe-core finds on the page, its frames left out: they hold the requester's own markup."""
        self.page.evaluate(npm.axe_script())
        options = {"runOnly": {"type": "tag", "values": RULES}, "iframes": False}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]

    def shot(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    def done(self) -> None:
        self.context.close()
        assert self.complaints == []


def label_of(desk: Desk, key: str) -> LabelRow:
    with desk.store.read() as session:
        return session.exec(select(LabelRow).where(LabelRow.item_id == ItemRow.id, ItemRow.key == key)).one()


def key_of(page: Page) -> str:
    return page.get_by_role("heading", level=1).locator("bdi").inner_text()


def test_a_reviewer_goes_through_the_doubtful_ones_by_keyboard(chromium: Browser, desk: Desk, address: str) -> None:
    seat = Seat(chromium, desk, address, "ann")
    page = seat.page
    seat.follow("first")
    seat.follow("Labels")
    seat.press("r")
    seen = []
    for key in ("a", "x", "1", "a"):
        seen.append(key_of(page))
        seat.press(key)
        expect(page.get_by_role("status")).to_be_visible()
    assert len(set(seen)) == 4
    page.goto("/batches/1/labels?search=review-07")
    seat.press("r")
    page.keyboard.press("t")
    page.keyboard.type("a key is text here")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_text("ambiguous: no single label is right")).to_be_visible()
    seat.press("3")
    assert (label_of(desk, "review-07").label, label_of(desk, "review-07").decided_by) == ("positive", "ann")
    page.goto(f"/batches/1/items/{label_of(desk, 'review-07').item_id}")
    expect(page.get_by_text("a key is text here")).to_be_visible()
    seat.press("z")
    assert label_of(desk, "review-07").review == ""
    seat.press("m")
    assert label_of(desk, "review-07").review == "more"
    seat.done()


def test_a_key_that_is_held_down_decides_once(chromium: Browser, desk: Desk, address: str) -> None:
    seat = Seat(chromium, desk, address, "ann")
    page = seat.page
    page.goto("/batches/1/labels")
    seat.press("r")
    with page.expect_navigation():
        page.keyboard.down("a")
    for _ in range(10):
        page.wait_for_timeout(100)
        page.keyboard.down("a")
    page.keyboard.up("a")
    page.wait_for_load_state()
    with desk.store.read() as session:
        assert [one.review for one in session.exec(select(LabelRow)) if one.review] == ["accept"]
    seat.press("a")
    with desk.store.read() as session:
        assert [one.review for one in session.exec(select(LabelRow)) if one.review] == ["accept"] * 2
    seat.done()


def test_the_second_of_two_reviewers_is_told_and_nothing_is_overwritten(
    chromium: Browser, desk: Desk, address: str
) -> None:
    ann, bob = Seat(chromium, desk, address, "ann"), Seat(chromium, desk, address, "bob")
    item = label_of(desk, "review-03").item_id
    for seat in (ann, bob):
        seat.page.goto(f"/batches/1/items/{item}")
    ann.press("a")
    bob.press("x")
    expect(bob.page.get_by_role("alert")).to_contain_text("ann has decided on this Item meanwhile")
    bob.shot("overtaken")
    assert (label_of(desk, "review-03").review, label_of(desk, "review-03").decided_by) == ("accept", "ann")
    ann.done()
    # A browser reports the answer 409 on its console, and nothing else.
    assert all("409" in one for one in bob.complaints)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(SIZES))
def test_every_page_fits_and_is_open_to_everybody(
    chromium: Browser, desk: Desk, address: str, width: str, scheme: str
) -> None:
    seat = Seat(chromium, desk, address, "ann", viewport=SIZES[width], color_scheme=scheme)
    page = seat.page
    first = page.request.get("/batches/1/labels").text()
    item = re.findall(r"/batches/1/items/(\d+)", first)[0]
    found = {}
    for name, where in {
        "batches": "/",
        "batch": "/batches/1",
        "labels": "/batches/1/labels",
        "labels-none": "/batches/1/labels?state=gold",
        "item": f"/batches/1/items/{item}",
    }.items():
        page.goto(where)
        seat.shot(f"{name}-{width}-{scheme}")
        assert seat.fits(), where
        found[where] = seat.violations()
    page.goto("/batches/1/labels")
    page.get_by_label("All that match").check()
    page.get_by_role("button", name="Ask for more Answers").click()
    expect(page.get_by_role("button", name="Do it")).to_be_visible()
    seat.shot(f"preview-{width}-{scheme}")
    found["preview"] = seat.violations()
    assert {where: said for where, said in found.items() if said} == {}
    assert seat.fits()
    seat.done()


def test_hostile_cells_ids_and_answers_neither_run_nor_break_a_page(
    chromium: Browser, desk: Desk, address: str
) -> None:
    seat = Seat(chromium, desk, address, "ann")
    page = seat.page
    with desk.store.read() as session:
        rows = session.exec(select(ItemRow.id, ItemRow.key, ItemRow.data).where(ItemRow.mixed_in.is_(False))).all()  # type: ignore[attr-defined]
    hostile = [row for row in rows if "#" in row[1]]
    assert len(hostile) == 7
    for item, key, data in hostile:
        page.goto(f"/batches/1/items/{item}")
        assert page.title().startswith("Item ")
        assert key_of(page).replace(" ", "")[:8] == key.replace(" ", "")[:8]
        page.get_by_text("Its cells as text").click()
        assert page.locator("pre.text").nth(1).inner_text().strip()[:60] == data["text"].strip()[:60]
        expect(page.get_by_role("button", name="Ambiguous")).to_be_visible()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("How does the writer feel?")).to_be_visible()
        assert seat.fits()
    page.goto("/batches/1/labels?state=all")
    assert page.title().startswith("Labels")
    seat.shot("hostile")
    seat.done()


def test_the_live_part_of_a_running_batch_renews_itself(chromium: Browser, desk: Desk, address: str) -> None:
    desk.load(name="second")
    desk.publish("second")
    seat = Seat(chromium, desk, address, "ann")
    seat.page.goto("/batches/2")
    expect(seat.page.get_by_text("▶ Running")).to_be_visible()
    with seat.page.expect_response("**/batches/2/live", timeout=20_000) as renewed:
        pass
    assert renewed.value.status == 200
    desk.work("AW0")
    desk.collect("second")
    expect(seat.page.get_by_text("10 of 30, by 1 Workers")).to_be_visible(timeout=20_000)
    seat.done()


def test_without_javascript_everything_but_keys_and_live_figures_works(
    chromium: Browser, desk: Desk, address: str
) -> None:
    seat = Seat(chromium, desk, address, "ann", java_script_enabled=False)
    page = seat.page
    item = label_of(desk, "review-05").item_id
    page.goto(f"/batches/1/items/{item}")
    page.get_by_role("button", name="Ambiguous").click()
    expect(page.get_by_role("status")).to_contain_text("Marked ambiguous")
    assert label_of(desk, "review-05").review == "ambiguous"
    seat.done()
