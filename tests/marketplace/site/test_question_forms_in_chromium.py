"""Questions in a real browser: a form by keyboard, on a phone and through a reload; a page in a tab of its own."""

from __future__ import annotations

import shutil
import socket
import threading
import time

import npm
import pytest
import uvicorn
from playwright.sync_api import expect, sync_playwright
from questionforms import choice, form, question, text
from required import missing

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

pytestmark = pytest.mark.slow
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PICTURE = "https://pictures.example/newt.svg"
OVERVIEW = (
    "<Overview><Title>Animals in the pond</Title><Text>Look at the picture, then answer four questions.</Text>"
    "<List><ListItem>Take your time.</ListItem><ListItem>Guess if you have to.</ListItem></List>"
    "<FormattedContent><![CDATA[<p>See <a href='https://example.org/newts'>all about <b>newts</b></a>.</p>]]>"
    "</FormattedContent></Overview>"
)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="120">'
    '<rect width="240" height="120" fill="teal"/></svg>'
)
BINARY = (
    "<Binary><MimeType><Type>image</Type><SubType>svg+xml</SubType></MimeType>"
    f"<DataURL>{PICTURE}</DataURL><AltText>A small animal in the water</AltText></Binary>"
)
FORM = form(
    OVERVIEW,
    question(choice(other=""), "animal", required=True, content=f"<Text>Which animal is it?</Text>{BINARY}"),
    question(choice("green", "brown", "red", least=1, most=2, style="checkbox"), "colours"),
    question(choice("pond", "river", "wood", style="dropdown"), "place", required=True),
    question(
        text('<IsNumeric minValue="0" maxValue="99"/>'), "legs", required=True, content="<Text>How many legs?</Text>"
    ),
    question(text('<Length maxLength="200"/>', lines=4), "why", content="<Text>Why do you think so?</Text>"),
)

HOSTILE = """<!doctype html><title>x</title><p id="seen"></p><form method="post"><input name="tone" value="good">
<button>Send</button></form><script>
document.forms[0].action = new URLSearchParams(location.search).get("turkSubmitTo") + "/mturk/externalSubmit";
const seen = { opener: window.opener, cookie: document.cookie, referrer: document.referrer };
document.getElementById("seen").textContent = JSON.stringify(seen);
</script>"""


def external(url: str) -> str:
    namespace = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/ExternalQuestion.xsd"
    inside = f"<ExternalURL>{url}</ExternalURL><FrameHeight>0</FrameHeight>"
    return f'<ExternalQuestion xmlns="{namespace}">{inside}</ExternalQuestion>'


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def market(tmp_path):
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture
def app(market):
    return build_app(market)


@pytest.fixture
def address(app):
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
def work(chromium, address, publish):
    """Open a window in which somebody new has accepted a HIT with the form, and return its page."""
    windows = []

    def one(question_xml=FORM, **window):
        hit_id = publish(Question=question_xml)
        context = chromium.new_context(**({"viewport": DESKTOP} | window))
        windows.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        context.route(
            "https://pictures.example/**", lambda route: route.fulfill(body=DRAWING, content_type="image/svg+xml")
        )
        page.goto(f"{address}/sign-up")
        page.get_by_label("Name").fill(f"Maria {len(windows)}")
        page.get_by_label("Password").fill("four easy words")
        page.get_by_role("button", name="Make the account").click()
        page.goto(f"{address}/hits/{hit_id}")
        page.get_by_role("button", name="Accept").click()
        return page

    yield one
    for context in windows:
        context.close()


def frame(page):
    expect(page.frame_locator("#question").locator("form.question-form")).to_be_visible()
    return page.frame(url=lambda url: "/frame/" in url or "/w/" in url)


def test_a_form_is_answered_with_the_keyboard_alone(work):
    page = work()
    inside = page.frame_locator("#question")
    inside.get_by_label("A cat").focus()
    page.keyboard.press("ArrowDown")
    expect(inside.get_by_label("A dog")).to_be_checked()
    for _ in range(2):  # past the field for an answer of one's own
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(inside.get_by_label("A green")).to_be_checked()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("A r")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()


def test_what_was_filled_in_survives_a_reload(work):
    page = work()
    inside = page.frame_locator("#question")
    inside.get_by_label("A newt").check()
    inside.get_by_label("A red").check()
    inside.locator("select").select_option(label="A river")
    inside.locator("textarea").fill("It has\na tail")
    # Not by wait_for_function: the page's own policy lets nobody evaluate a string.
    while "tail" not in page.evaluate("Object.values(sessionStorage).join()"):
        page.wait_for_timeout(50)
    page.reload()
    expect(inside.get_by_label("A newt")).to_be_checked()
    expect(inside.get_by_label("A red")).to_be_checked()
    expect(inside.locator("textarea")).to_have_value("It has\na tail")
    assert inside.locator("select option:checked").inner_text() == "A river"


def test_wrong_answers_come_back_inside_the_frame_and_are_read_aloud(work):
    page = work()
    inside = page.frame_locator("#question")
    inside.locator("form").evaluate("form => form.noValidate = true")
    inside.get_by_role("textbox", name="legs").fill("many")
    inside.get_by_role("button", name="Submit").click()
    expect(inside.locator("#problems")).to_be_focused()
    expect(inside.get_by_role("textbox", name="legs")).to_have_value("many")
    expect(inside.get_by_text("Write a number.").first).to_be_visible()
    inside.get_by_label("A cat").check()
    inside.locator("select").select_option(label="A pond")
    inside.get_by_role("textbox", name="legs").fill("4")
    inside.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()


def test_a_form_works_without_javascript(work):
    page = work(java_script_enabled=False)
    inside = page.frame_locator("#question")
    inside.get_by_label("Other, in your own words").fill("an eft")
    inside.locator("select").select_option(label="A pond")
    inside.get_by_role("textbox", name="legs").fill("4")
    inside.get_by_role("button", name="Submit").click()
    expect(inside.get_by_text("your answer is stored")).to_be_visible()


def test_a_link_of_the_form_opens_a_tab_that_has_no_way_back(work):
    page = work()
    page.context.route(
        "https://example.org/**", lambda route: route.fulfill(body="<p>newts</p>", content_type="text/html")
    )
    with page.context.expect_page() as opened:
        page.frame_locator("#question").get_by_role("link", name="all about newts").click()
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]


def test_a_question_in_a_tab_of_its_own_is_submitted_there_and_learns_nothing_of_ours(work):
    page = work(external("https://elsewhere.example/#new-tab"))
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.route(
        "https://elsewhere.example/**", lambda route: route.fulfill(body=HOSTILE, content_type="text/html")
    )
    page.reload()
    expect(page.locator("iframe")).to_have_count(0)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the question in a new tab").click()
    tab = opened.value
    expect(tab.locator("#seen")).to_have_text('{"opener":null,"cookie":"","referrer":""}')
    tab.get_by_role("button", name="Send").click()
    expect(tab.get_by_text("your answer is stored")).to_be_visible()
    tab.get_by_role("link", name="Go on").click()
    expect(tab.get_by_role("heading", name="Submitted")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
def test_the_form_has_no_barrier_and_fits(work, size, scheme):
    axe, page = npm.axe_script(), work(viewport=size, color_scheme=scheme)
    inside = page.frame_locator("#question")
    for is_wrong in (False, True):
        if is_wrong:
            inside.locator("form").evaluate("form => form.noValidate = true")
            inside.get_by_role("textbox", name="legs").fill("many")
            inside.get_by_role("button", name="Submit").click()
            expect(inside.locator("#problems")).to_be_visible()
        shown = frame(page)
        shown.evaluate(axe)
        found = shown.evaluate("async () => (await axe.run()).violations.map((one) => one.id + one.nodes[0].html)")
        assert found == []
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
