"""A hostile requester's page in a real browser: it reaches neither the worker's session nor other people's pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from worksite import SIZES, Worksite, html_question, open_chromium, open_worksite, sign_in

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.accounts import sign_in as knows

pytestmark = pytest.mark.slow

# Everything that a script may try; each attempt says `reached` or `refused`.
ATTEMPTS = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>
<p id="seen"></p><script>
const site = new URL(new URLSearchParams(location.search).get("turkSubmitTo")).origin;
const read = async (address, options) => {
  const answer = await fetch(site + address, options);
  if (answer.redirected || !answer.ok) throw new Error(answer.status);
  return answer.text();
};
const attempts = {
  inbox: () => read("/inbox", { credentials: "include" }),
  account: () => read("/account/data", { credentials: "include" }),
  frame: () => read("OTHER", { credentials: "include" }),
  blind: () => fetch(site + "/sign-out", { method: "POST", mode: "no-cors", credentials: "include" })
    .then((answer) => { if (answer.type === "opaque") throw new Error("unseen"); }),
  cookie: async () => document.cookie,
  storage: async () => localStorage.length,
  caches: async () => caches.keys(),
  database: () => new Promise((yes, no) => {
    const asked = indexedDB.open("x");
    asked.onsuccess = yes;
    asked.onerror = no;
  }),
  worker: () => navigator.serviceWorker.register("/static/work.js"),
  parent: async () => parent.document.body,
  top: async () => { top.location = site + "/account/leave"; },
  popup: async () => { if (!open(site + "/account")) throw new Error("blocked"); },
};
(async () => {
  const seen = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { await attempt(); seen.push(name + ": reached"); } catch { seen.push(name + ": refused"); }
  }
  document.getElementById("seen").textContent = seen.join(", ");
})();
</script></body></html>"""
# A form may post to this site, as MTurk's submissions must; so each of these is sent, and none may do anything.
FORGED = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>
<form id="forged" method="post"><input name="form_token" value="guessed"><input name="password" value="four easy words">
<input name="name" value="Mallory"></form><script>
const site = new URL(new URLSearchParams(location.search).get("turkSubmitTo")).origin;
document.forms[0].action = site + "ADDRESS";
document.forms[0].submit();
</script></body></html>"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Worksite]:
    with open_worksite(tmp_path) as site:
        yield site


@pytest.fixture
def window(chromium: Browser, site: Worksite) -> Iterator[Page]:
    context = chromium.new_context(viewport=SIZES[1280], base_url=site.address)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.fixture
def maria(site: Worksite, window: Page) -> str:
    worker_id = site.person("Maria")
    sign_in(window, "Maria")
    return worker_id


def test_a_script_reaches_nothing_of_the_workers_and_of_nobody_elses(site: Worksite, window: Page, maria: str) -> None:
    other = site.publish(html_question("<p>Another requester's secret</p>"), Title="Other")
    window.goto(f"/hits/{other}")
    secret = window.locator("#question").get_attribute("src")
    assert secret is not None
    # Even the address of another question, which the page cannot know, gives it nothing to read.
    hit = site.publish(html_question(ATTEMPTS.replace("OTHER", secret.replace("&", "&amp;"))))
    window.goto(f"/hits/{hit}")
    window.get_by_role("button", name="Accept", exact=True).click()
    seen = window.frame_locator("#question").locator("#seen")
    expect(seen).not_to_be_empty(timeout=20_000)
    assert "reached" not in str(seen.text_content())
    assert "/assignments/" in window.url
    assert len(window.context.pages) == 1
    window.goto("/account")
    expect(window.get_by_role("heading", name="Account")).to_be_visible()


@pytest.mark.parametrize("address", ["/account/leave", "/account/name", "/account/sessions", "/sign-out", "RETURN"])
def test_a_forged_form_does_nothing(site: Worksite, window: Page, maria: str, address: str) -> None:
    held = worker.accept(site.market, maria, site.publish(html_question("<p>Held</p>"), Title="Held"))
    target = address.replace("RETURN", f"/assignments/{held.assignment_id}/return")
    hit = site.publish(html_question(FORGED.replace("ADDRESS", target)))
    with window.expect_response(lambda answer: answer.request.method == "POST") as sent:
        window.goto(f"/hits/{hit}")
    assert sent.value.status == 403
    assert knows(site.market, "Maria", "four easy words") == maria
    assert len(worker.held(site.market, maria)) == 1
    window.goto("/account")
    expect(window.get_by_label("You sign in with it")).to_have_value("Maria")


def test_a_page_that_leads_its_frame_to_ours_shows_nothing_of_it(site: Worksite, window: Page, maria: str) -> None:
    head = '<!DOCTYPE html><html lang="en"><head><title>x</title></head>'
    away = f'{head}<body><script>location = "/account";</script></body></html>'
    hit = site.publish(html_question(away))
    window.goto(f"/hits/{hit}")
    window.wait_for_timeout(1000)
    assert all("WorkerId" not in frame.content() for frame in window.frames[1:])
