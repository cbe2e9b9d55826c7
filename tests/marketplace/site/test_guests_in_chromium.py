"""A person who comes by invitation and sees pictures, in a real browser."""

from __future__ import annotations

import base64
import hashlib
import http.client
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from required import missing

from crowdbroker.marketplace import invitations, worker
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SIZES = [{"width": 1280, "height": 844}, {"width": 390, "height": 844}]
WIDTHS = ["1280", "390"]

# One red pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><style>rect { fill: teal }</style>
<rect width="80" height="40"/><script>document.documentElement.setAttribute("data-ran", "yes");
parent.postMessage("ran", "*");</script></svg>"""


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
def market(tmp_path: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture
def media(tmp_path: Path) -> Callable[[bytes, str], str]:
    """Put a file where the marketplace serves it and return its address."""

    def one(content: bytes, kind: str) -> str:
        name = f"{hashlib.sha256(content).hexdigest()}.{kind}"
        (tmp_path / "media").mkdir(exist_ok=True)
        (tmp_path / "media" / name).write_bytes(content)
        return f"/media/{name}"

    return one


@pytest.fixture
def app(market, tmp_path):
    return build_app(market, site_name="Our lab", open_sign_up=False, media_dir=tmp_path / "media")


@pytest.fixture
def address(app) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that provokes it clears the list."""
    return []


@pytest.fixture
def page(request, chromium, address, complaints) -> Iterator[Page]:
    size = getattr(request, "param", SIZES[1])
    context = chromium.new_context(viewport=size, base_url=address)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def enter(page: Page, market: Marketplace, name: str = "Noor") -> str:
    page.goto(invitations.invite(market, name).path)
    page.get_by_label("Password").fill("four easy words")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Work")).to_be_visible()
    (made,) = (each for each in invitations.invitations(market) if each.name == name)
    assert made.used_by is not None
    return made.used_by


@pytest.mark.parametrize("page", SIZES, ids=WIDTHS, indirect=True)
def test_an_invited_person_s_first_visit(page, market, publish):
    publish()
    made = invitations.invite(market, "Noor")
    page.goto(made.path)
    expect(page.get_by_role("heading", name="Welcome, Noor")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Noor")
    assert fits(page)
    page.get_by_label("Name").fill("Noor H.")
    page.get_by_label("Password").fill("four easy words")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Welcome. This is the work that you can do now.")).to_be_visible()
    expect(page.get_by_text("Noor H.")).to_be_visible()
    assert fits(page)


@pytest.mark.parametrize("page", SIZES, ids=WIDTHS, indirect=True)
def test_whoever_comes_without_a_good_invitation_is_told_what_to_do(page, market, complaints):
    made = invitations.invite(market, "Noor")
    invitations.accept(market, made.token, "Noor", "four easy words")
    page.goto(made.path)
    expect(page.get_by_text("This invitation has been used.")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_text("Open the invitation that you were sent.")).to_be_visible()
    page.goto("/sign-up")
    expect(page.get_by_role("heading", name="You need an invitation")).to_be_visible()
    assert fits(page)
    complaints.clear()  # the used invitation has an error status


@pytest.mark.parametrize("page", SIZES, ids=WIDTHS, indirect=True)
def test_list_and_earnings_with_progress_fit_the_window(page, market, publish, requester):
    hits = [publish(MaxAssignments=4) for _ in range(6)]
    publish(Title="Which of these two pictures shows the sharper face of a person?", Description="Compare. " * 20)
    noor = enter(page, market)
    for name in ("Ann", "Ben"):
        _submit(market, worker.enrol(market, name), hits[0])
    places = [_submit(market, noor, hit) for hit in hits[:4]]
    requester("ApproveAssignment", AssignmentId=places[0])
    requester("RejectAssignment", AssignmentId=places[1], RequesterFeedback="The label says friendly, the text is not.")
    page.goto("/")
    expect(page.get_by_text("4 done by you")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="See why").click()
    expect(page.get_by_text("1 refused, the latest first.")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="all", exact=True).click()
    expect(page.get_by_text("4 submitted, the latest first.")).to_be_visible()
    assert fits(page)


def _submit(market: Marketplace, worker_id: str, hit_id: str) -> str:
    held = worker.accept(market, worker_id, hit_id)
    worker.submit(market, worker_id, held.assignment_id, [("tone", "friendly")])
    return held.assignment_id


def test_a_picture_of_the_marketplace_shows_inside_the_sandboxed_question(page, market, media, publish):
    picture, drawing = media(PNG, "png"), media(SVG, "svg")
    publish(
        html=f"""<!DOCTYPE html><html lang="en"><head><title>x</title><link rel="icon" href="data:,"></head><body>
        <img id="relative" alt="one" src="{picture}" width="80" height="40"><img id="drawing" alt="two" src="{drawing}">
        <script>addEventListener("message", (said) => {{ document.title = said.data; }});</script></body></html>"""
    )
    enter(page, market)
    page.get_by_role("link", name="Preview Is this comment friendly?").click()
    question = page.frame_locator("#question")
    expect(question.get_by_alt_text("one")).to_be_visible()
    for which, width in (("#relative", 1), ("#drawing", 80)):
        question.locator(which).evaluate("image => image.decode()")
        assert question.locator(which).evaluate("image => image.naturalWidth") == width
    assert question.locator("body").evaluate("() => [document.title, origin]") == ["x", "null"]
    assert fits(page)


def test_sound_of_the_marketplace_plays_inside_the_question_and_can_be_sought(page, market, media, publish):
    sound = media(_a_second_of_silence(), "wav")
    publish(
        html=f"""<!DOCTYPE html><html lang="en"><head><title>x</title><link rel="icon" href="data:,"></head><body>
        <audio controls preload="auto" src="{sound}"></audio></body></html>"""
    )
    enter(page, market)
    page.get_by_role("link", name="Preview Is this comment friendly?").click()
    audio = page.frame_locator("#question").locator("audio")
    seek = """audio => new Promise((done, failed) => {
        audio.onseeked = () => done([audio.duration, audio.currentTime]);
        audio.onerror = () => failed(audio.error.message);
        const go = () => { audio.currentTime = 0.5; };
        if (audio.readyState) go(); else audio.onloadedmetadata = go;
    })"""
    assert audio.evaluate(seek) == [1, 0.5]


def test_a_drawing_opened_by_itself_runs_no_script(page, media, complaints):
    page.goto(media(SVG, "svg"))
    assert page.locator("rect").evaluate("shape => getComputedStyle(shape).fill") == "rgb(0, 128, 128)"
    assert page.locator("svg").get_attribute("data-ran") is None
    complaints.clear()  # the refused script is noted


def test_addresses_that_a_server_decodes_reach_no_other_file(address, media, tmp_path):
    good = media(PNG, "png")
    name = good.rpartition("/")[2]
    (tmp_path / "media" / ("0" * 64 + ".png")).symlink_to(tmp_path / "market.db")
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    tried = ["/media/../market.db", "/media/..%2fmarket.db", "/media/%2e%2e/market.db", "/media/%2e%2e%2fmarket.db"]
    tried += [f"/media/x/..%2f{name}", f"/media/.%2f{name}", f"{good}%00", f"{good}%0a", f"/media/{'0' * 64}.png"]
    for path, status in [*((path, 404) for path in tried), (good, 200)]:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == status, path
        assert b"SQLite" not in body
    connection.close()


def _a_second_of_silence() -> bytes:
    rate = 8000
    kind = b"fmt " + (16).to_bytes(4, "little") + b"\1\0\1\0" + rate.to_bytes(4, "little") * 2 + b"\1\0\x08\0"
    samples = b"data" + rate.to_bytes(4, "little") + b"\x80" * rate
    return b"RIFF" + (4 + len(kind) + len(samples)).to_bytes(4, "little") + b"WAVE" + kind + samples
