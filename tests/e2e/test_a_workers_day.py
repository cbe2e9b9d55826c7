"""A worker's day in a real browser: from signing in to the payout, with one HIT of each of our templates and elements.

`CROWDBROKER_SHOTS` names a folder for screenshots of what the worker saw.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from crowdpages import PICTURE
from exams import EXAM, KEY
from playwright.sync_api import Browser, FrameLocator, Page, expect
from samplepages import NAMES, sample_page
from worksite import SIZES, Worksite, external_question, fits, html_question, open_chromium, open_worksite, sign_in

from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.payouts import pay_out

# Read here, for no setting of the person who runs the tests reaches them.
SHOTS = os.environ.get("CROWDBROKER_SHOTS")
ANSWERS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
EXTERNAL = """<!DOCTYPE html><html lang="en"><head><title>Lab</title></head><body><form method="post">
<input type="hidden" name="assignmentId"><label>Word <input name="word"></label><button>Send</button></form><script>
const asked = new URLSearchParams(location.search);
document.forms[0].action = asked.get("turkSubmitTo") + "/mturk/externalSubmit";
document.forms[0].assignmentId.value = asked.get("assignmentId");
</script></body></html>"""

# Ours names its key too; crowd-form's has the word alone.
SUBMIT = re.compile(r"^Submit( Enter)?$")

Act = Callable[[Page, FrameLocator], object]


def crowd(body: str) -> str:
    return f"{LOADER}<crowd-form>{body}</crowd-form>"


def check(name: str) -> Act:
    def act(_: Page, question: FrameLocator) -> None:
        roles = (question.get_by_role(role, name=name, exact=True) for role in ("radio", "checkbox", "switch"))
        radio, box, switch = roles
        radio.or_(box).or_(switch).check()

    return act


def fill(role: str, name: str, text: str) -> Act:
    return lambda _, question: question.get_by_role(role, name=name).fill(text)


def look(button: str, then: str) -> Act:
    """Open something, read in it, close it, and answer."""

    def act(page: Page, question: FrameLocator) -> None:
        question.get_by_role("button", name=button).click()
        expect(question.get_by_text(then)).to_be_visible()
        question.get_by_role("button", name="Close").click()
        check("Seen")(page, question)

    return act


def second_tab(page: Page, question: FrameLocator) -> None:
    question.get_by_role("tab", name="Two").click()
    check("Seen")(page, question)


def box(_: Page, question: FrameLocator) -> None:
    question.get_by_role("button", name="New box").click()
    question.get_by_role("radio", name="Cat").check()


def presses(button: str) -> Act:
    def act(page: Page, question: FrameLocator) -> None:
        question.get_by_role("button", name=button).click()
        check("Seen")(page, question)

    return act


SEEN = "<crowd-checkbox name='seen'>Seen</crowd-checkbox>"
TWO = "categories=\"['Cat', 'Dog']\" header='Which?'"
LABELS = f"src=\"{PICTURE}\" labels=\"['Cat', 'Dog']\" header='Draw'"
TABS = f"<crowd-tabs><crowd-tab header='One'>First</crowd-tab><crowd-tab header='Two'>{SEEN}</crowd-tab></crowd-tabs>"
RADIOS = (
    "<p>Which?</p><crowd-radio-group><crowd-radio-button name='a' value='y'>Yes</crowd-radio-button>"
    "<crowd-radio-button name='a' value='n'>No</crowd-radio-button></crowd-radio-group>"
)
INSTRUCTIONS = (
    "<crowd-instructions link-text='How to'><short-summary>Look twice.</short-summary></crowd-instructions>" + SEEN
)
TARGET = (
    "<classification-target>Miaow</classification-target><full-instructions header='How'>Listen.</full-instructions>"
)
NOTICES = (
    "<crowd-alert type='success'>Good</crowd-alert><crowd-card heading='Card'>In it</crowd-card>"
    "<p id='here'>Here</p><crowd-badge icon='star' for='here'></crowd-badge><crowd-toast opened>Hello</crowd-toast>"
    "<crowd-icon icon='flag'></crowd-icon><iron-icon icon='star'></iron-icon>" + SEEN
)
BUTTONS = (
    "<crowd-button>Plain</crowd-button><crowd-icon-button icon='flag' title='Flag'></crowd-icon-button>"
    "<crowd-fab icon='star' title='Star'></crowd-fab>" + SEEN
)
MODAL = f"<crowd-modal link-text='See it'>There it is</crowd-modal>{SEEN}"
ELEMENTS: dict[str, tuple[str, Act, object]] = {
    "input": ("<crowd-input name='a' label='Word'></crowd-input>", fill("textbox", "Word", "x"), {"a": "x"}),
    "text-area": (
        "<crowd-text-area name='a' label='Text'></crowd-text-area>",
        fill("textbox", "Text", "x"),
        {"a": "x"},
    ),
    "checkbox": (SEEN, check("Seen"), {"seen": {"on": True}}),
    "toggle": ("<crowd-toggle-button name='a'>Wake</crowd-toggle-button>", check("Wake"), {"a": {"on": True}}),
    "radio": (RADIOS, check("No"), {"a": {"y": False, "n": True}}),
    "slider": (
        "<p>How much?</p><crowd-slider name='a' max='9' required></crowd-slider>",
        fill("slider", "How much?", "7"),
        {"a": 7},
    ),
    "classifier": (
        f"<crowd-classifier name='a' {TWO}>{TARGET}</crowd-classifier>",
        check("Dog"),
        {"a": {"label": "Dog"}},
    ),
    "classifier-multi-select": (
        f"<crowd-classifier-multi-select name='a' {TWO}>{TARGET}</crowd-classifier-multi-select>",
        check("Dog"),
        {"a": {"labels": ["Dog"]}},
    ),
    "image-classifier": (
        f"<crowd-image-classifier name='a' src=\"{PICTURE}\" {TWO}></crowd-image-classifier>",
        check("Cat"),
        {"a": {"label": "Cat"}},
    ),
    "image-classifier-multi-select": (
        f"<crowd-image-classifier-multi-select name='a' src=\"{PICTURE}\" {TWO}></crowd-image-classifier-multi-select>",
        check("Cat"),
        {"a": {"labels": ["Cat"]}},
    ),
    "bounding-box": (f"<crowd-bounding-box name='a' {LABELS}></crowd-bounding-box>", box, None),
    "instructions": (INSTRUCTIONS, look("How to", "Look twice."), {"seen": {"on": True}}),
    "modal": (MODAL, look("See it", "There it is"), {"seen": {"on": True}}),
    "tabs": (TABS, second_tab, {"seen": {"on": True}}),
    "notices": (NOTICES, check("Seen"), {"seen": {"on": True}}),
    "buttons": (BUTTONS, presses("Plain"), {"seen": {"on": True}}),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # A shared machine is slow at times, and slowness is no defect.
    expect.set_options(timeout=20_000)
    with open_chromium() as browser:
        yield browser
    expect.set_options(timeout=5_000)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Worksite]:
    with open_worksite(tmp_path) as site:
        yield site


@pytest.fixture
def window(request: pytest.FixtureRequest, chromium: Browser, site: Worksite) -> Iterator[Page]:
    """Maria's window; what the browser complains about fails the test."""
    complaints: list[str] = []
    width = getattr(request, "param", 390)
    context = chromium.new_context(viewport=SIZES[width], base_url=site.address)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A refusal is an answer like any other, which browsers note all the same.
    assert [said for said in complaints if "409 (Conflict)" not in said] == []


@pytest.fixture
def lab() -> Iterator[str]:
    """The address of a requester's own page; a real server's, for a browser lets no page from elsewhere post to us."""

    class Lab(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(EXTERNAL.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Lab) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # Another name than the site's, whose cookies a page under the same name would get.
        yield f"http://localhost:{server.server_address[1]}/task"
        server.shutdown()


@pytest.fixture
def maria(site: Worksite, window: Page) -> str:
    """Maria's WorkerId; she has signed in."""
    worker_id = site.person("Maria")
    sign_in(window, "Maria")
    return worker_id


def shoot(page: Page, what: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"day-{what}.png")


def accept(page: Page, hit_id: str, *, auto: bool = False) -> FrameLocator:
    page.goto(f"/hits/{hit_id}")
    if auto:
        page.get_by_label("Accept the next one automatically").check()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("button", name="Return")).to_be_visible()
    assert fits(page)
    return page.frame_locator("#question")


def submitted(page: Page, question: FrameLocator) -> None:
    question.get_by_role("button", name=SUBMIT).click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()


def fields(answer: str) -> dict[str, str]:
    found = ElementTree.fromstring(answer)
    return {str(one.findtext(f"{ANSWERS}QuestionIdentifier")): str(one.findtext(f"{ANSWERS}FreeText")) for one in found}


def answer_ours(question: FrameLocator) -> None:
    """Answer every Item of a page of ours in the plainest way."""
    items = question.locator("form > fieldset")
    expect(items.first).to_be_visible()
    for item in items.all():
        for text in item.locator("textarea").all():
            text.fill("A house\nwith “two” windows")
        if item.locator(".stage").count():
            # A box by keyboard alone: N begins one in the middle.
            item.locator(".stage").focus()
            item.locator(".stage").press("n")
        elif item.locator("label").count():
            item.locator("label").first.click()


def test_a_short_day_is_found_done_and_looked_back_on(site: Worksite, window: Page, maria: str) -> None:
    hit = site.publish(html_question(sample_page("text-classification", items=1)), Title="How do they feel?")
    site.publish(html_question("<p>Other</p>"), Title="Something else")
    window.get_by_label("Search in titles").fill("feel")
    window.get_by_role("button", name="Show").click()
    expect(window.get_by_text("1 group for “feel”")).to_be_visible()
    window.get_by_role("link", name="Preview How do they feel?").click()
    expect(window.get_by_text("This is a preview.")).to_be_visible()
    question = accept(window, hit)
    window.get_by_role("button", name="Return").click()
    expect(window.get_by_text("It costs you nothing")).to_be_visible()
    question = accept(window, hit)
    answer_ours(question)
    submitted(window, question)
    assert fields(site.answers(hit)[0])["item-1"]
    place = site.call("ListAssignmentsForHIT", HITId=hit)["Assignments"][0]["AssignmentId"]
    site.call("RejectAssignment", AssignmentId=place, RequesterFeedback="The review praises the kettle.")
    window.goto("/")
    window.get_by_role("link", name="Inbox 1 new").click()
    expect(window.get_by_text("The requester writes: The review praises the kettle.")).to_be_visible()
    window.get_by_role("link", name="See what it is about").click()
    window.get_by_label("Your words").fill("It also says that it drips.")
    window.get_by_role("button", name="Ask to look again").click()
    expect(window.get_by_text("Your words are kept for the requester.")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("window", SIZES, indirect=True)
def test_one_hit_of_each_of_our_templates(site: Worksite, window: Page, maria: str) -> None:
    hits = {name: site.publish(html_question(sample_page(name)), Title=name) for name in NAMES}
    width = window.viewport_size["width"] if window.viewport_size else 0
    for name, hit in hits.items():
        question = accept(window, hit)
        shoot(window, f"{name}-before-{width}")
        answer_ours(question)
        shoot(window, f"{name}-{width}")
        submitted(window, question)
        answered = fields(site.answers(hit)[0])
        assert all(answered[f"item-{number}"] for number in (1, 2)), (name, answered)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_one_hit_of_each_crowd_element(site: Worksite, window: Page, maria: str) -> None:
    for name, (body, act, expected) in ELEMENTS.items():
        hit = site.publish(html_question(crowd(body)), Title=name)
        question = accept(window, hit)
        expect(question.get_by_role("button", name=SUBMIT)).to_be_enabled()
        act(window, question)
        shoot(window, f"element-{name}")
        submitted(window, question)
        [answer] = json.loads(fields(site.answers(hit)[0])["taskAnswers"])
        assert answer == expected or (expected is None and len(answer["a"]["boundingBoxes"]) == 1), name


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_long_day_from_the_first_hit_to_the_payout(site: Worksite, window: Page, maria: str, lab: str) -> None:
    # One after the other, without going back to the list.
    group = [site.publish(html_question(sample_page("rating", items=1)), Title="Stars") for _ in range(2)]
    question = accept(window, group[0], auto=True)
    first = window.url
    answer_ours(question)
    question.get_by_role("button", name=SUBMIT).click()
    window.wait_for_url(lambda url: "/assignments/" in url and url != first)
    answer_ours(window.frame_locator("#question"))
    window.frame_locator("#question").get_by_role("button", name=SUBMIT).click()
    expect(window.get_by_text("There is nothing left for you in that group.")).to_be_visible()
    # A page at the requester's own address.
    external = site.publish(external_question(lab), Title="At the lab")
    question = accept(window, external)
    question.get_by_label("Word").fill("kettle")
    question.get_by_role("button", name="Send").click()
    expect(window.get_by_role("heading", name="Submitted")).to_be_visible()
    assert fields(site.answers(external)[0]) == {"word": "kettle"}
    _fail_a_deadline(site, window)
    _take_a_test(site, window)
    _be_paid(site, window, maria, group)
    with site.market.read() as session:
        assert check_books(session) == []


def _fail_a_deadline(site: Worksite, window: Page) -> None:
    late = site.publish(html_question(sample_page("free-text", items=1)), Title="Late", AssignmentDurationInSeconds=90)
    question = accept(window, late)
    answer_ours(question)
    window.goto("/queue")
    expect(window.locator("time.soon")).to_have_text(re.compile(r"in 1:\d\d"))
    shoot(window, "queue")
    window.goto(window.url.replace("/queue", f"/hits/{late}"))
    expect(window.get_by_role("heading", name="That is not possible")).to_be_visible()
    window.goto("/queue")
    window.get_by_role("link", name="Continue Late").click()
    answer_ours(window.frame_locator("#question"))
    site.clock.advance(timedelta(seconds=91))
    window.frame_locator("#question").get_by_role("button", name=SUBMIT).click()
    expect(window.frame_locator("#question").get_by_text("The time for this Assignment has run out.")).to_be_visible()
    expect(window.get_by_text("The time for this Assignment is over")).to_be_visible()
    shoot(window, "late")
    assert site.answers(late) == []


def _take_a_test(site: Worksite, window: Page) -> None:
    made = site.call(
        "CreateQualificationType",
        Name="Tones",
        Description="Hears tones",
        QualificationTypeStatus="Active",
        Test=EXAM,
        TestDurationInSeconds=600,
        AnswerKey=KEY,
    )["QualificationType"]["QualificationTypeId"]
    needed = [{"QualificationTypeId": made, "Comparator": "GreaterThan", "IntegerValues": [50]}]
    site.publish(html_question(sample_page("pairwise")), Title="For trained ears", QualificationRequirements=needed)
    window.goto("/")
    window.get_by_role("link", name="Take the test: Tones").click()
    window.get_by_role("button", name="Begin the test").click()
    window.get_by_role("radio", name="D").check()
    for fruit in ("apples", "pears"):
        window.get_by_role("checkbox", name=fruit).check()
    shoot(window, "test")
    window.get_by_role("button", name="Hand in").click()
    expect(window.get_by_text("You have it, value 100")).to_be_visible()
    window.goto("/")
    expect(window.get_by_text("✓ Tones: above 50")).to_be_visible()


def _be_paid(site: Worksite, window: Page, maria: str, group: list[str]) -> None:
    places = [site.call("ListAssignmentsForHIT", HITId=hit)["Assignments"][0]["AssignmentId"] for hit in group]
    site.call("ApproveAssignment", AssignmentId=places[0])
    site.call("RejectAssignment", AssignmentId=places[1], RequesterFeedback="Five stars for a complaint.")
    site.call("SendBonus", WorkerId=maria, AssignmentId=places[0], BonusAmount="0.45", Reason="Very careful")
    pay_out(site.market, "november")
    window.goto("/earnings?status=refused")
    expect(window.get_by_text("Five stars for a complaint.")).to_be_visible()
    window.goto("/inbox")
    for subject in ("Refused: Stars", "A bonus of $0.45", "Paid out: $0.50"):
        expect(window.get_by_role("heading", name=subject)).to_be_visible()
    shoot(window, "inbox")
    window.goto("/earnings")
    row = window.get_by_role("row").filter(has_text="november")
    expect(row).to_contain_text("✓ Paid out")
    expect(row).to_contain_text("$0.50")
    shoot(window, "earnings")
    assert fits(window)
