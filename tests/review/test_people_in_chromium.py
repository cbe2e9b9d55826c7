"""The pages on people, decisions, money and acts in a real browser: legible to all, on phones, by keyboard."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Desk
from hired import hired
from npm import axe_script
from reviewing import Office
from sqlmodel import select
from worksite import SIZES, WCAG, open_chromium

from crowdbroker.broker.label import label
from crowdbroker.review.cookies import SESSION
from crowdbroker.review.server import serve
from crowdbroker.store.tables import EffectRow

pytestmark = pytest.mark.slow
# A folder for screenshots. Read here, for no setting of the person who runs the tests reaches them.
SHOTS = os.environ.get("CROWDBROKER_SHOTS")
HOSTILE = "<script>document.title='run'</script> \u202e=1+1 " + "long" * 2500


@pytest.fixture
def context(desk: Desk, office: Office) -> Iterator[Any]:
    """Makes a browser's context for a size and a theme, in which somebody is signed in who may do everything.

    One Worker's work is held, the other was excluded by a person, and a payment and a bonus are in doubt.
    """
    careful, careless = hired(desk)
    desk.judge()
    desk.settle()
    label(desk.store, desk.batch(), desk.clock())
    payer = office.browser("admin")
    page = f"/batches/1/workers/{desk.of(careless)[0].worker_row}"
    payer.send_form(page, f"{page}/notes", text=HOSTILE[:4000])
    # The careless one is excluded by the program already.
    other = f"/batches/1/workers/{desk.of(careful)[0].worker_row}"
    payer.send_form(other, f"{other}/exclude", reason=HOSTILE[:1000])
    payer.send_form(other, f"{other}/bonus", amount="0.50", reason=HOSTILE[:1000])
    with desk.store.write() as session:
        paid = select(EffectRow).where(EffectRow.kind == "approve").limit(1)
        bonus = select(EffectRow).where(EffectRow.kind == "bonus")
        for one in (*session.exec(paid), *session.exec(bonus)):
            one.state, one.problem, one.ended_at = "in_doubt", HOSTILE[:1000], desk.clock()
    found: list[str] = []
    # It ends with the test run: a server in a thread takes no signal.
    threading.Thread(
        target=serve, args=(office.app, "127.0.0.1", 0), kwargs={"on_ready": found.append}, daemon=True
    ).start()
    while not found:
        time.sleep(0.01)
    with open_chromium() as chromium:

        def make(width: int = 1280, theme: Any = "light") -> Any:
            made = chromium.new_context(viewport=SIZES[width], color_scheme=theme, base_url=found[0])  # type: ignore[arg-type]
            made.add_cookies([{"name": SESSION, "value": payer.cookies[SESSION], "url": found[0]}])
            return made

        yield make


def test_no_page_breaks_wcag_or_the_width_of_a_phone(desk: Desk, context: Any) -> None:
    held = next(row for row in desk.assignments() if row.state == "held")
    batch = "/batches/1"
    pages = [f"{batch}/workers", f"{batch}/workers/{held.worker_row}", f"{batch}/decisions", f"{batch}/money", "/money"]
    pages += [f"{batch}/workers/{row}" for row in {row.worker_row for row in desk.assignments()} - {held.worker_row}]
    pages += [f"{batch}/decisions/{held.id}", f"{batch}/audit", "/audit"]
    doubts = [one for one in desk.effects() if one.state == "in_doubt"]
    assert len(doubts) == 2
    pages += [f"{batch}/doubts/{one.id}" for one in doubts]
    axe = axe_script()
    for width, theme in ((1280, "light"), (390, "dark")):
        page = context(width, theme).new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        for address in pages:
            assert page.goto(address).status == 200
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            page.evaluate(axe)
            found = page.evaluate(f"axe.run({{runOnly: {WCAG}}}).then((all) => all.violations.map((one) => one.id))")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if SHOTS:
                shot = f"{address.strip('/').replace('/', '-')}-{width}.png"
                page.screenshot(path=Path(SHOTS) / shot, full_page=True)
            assert (address, found, wide <= width, said, page.title() == "run") == (address, [], True, [], False)


def test_a_held_assignment_is_paid_by_keyboard_alone(desk: Desk, context: Any) -> None:
    page = context().new_page()
    page.goto("/batches/1/decisions")
    page.keyboard.press("d")
    page.wait_for_url("**/decisions/*")
    page.keyboard.press("p")
    page.get_by_role("status").get_by_text("It will be paid").wait_for()
    assert [row.verdict for row in desk.assignments()].count("hold") == 1
