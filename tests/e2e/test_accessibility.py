"""No page of the marketplace breaks a rule of WCAG 2.2 A or AA that axe-core can see, light or dark, wide or narrow.

`CROWDBROKER_SHOTS` names a folder for screenshots of what was looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import npm
import pytest
from exams import EXAM, KEY
from playwright.sync_api import Browser, Page
from questionforms import choice, form, question, text
from samplepages import sample_page
from worksite import SIZES, Worksite, broken_rules, external_question, fits, html_question, open_chromium, open_worksite

from crowdbroker.marketplace import consent, invitations, worker
from crowdbroker.marketplace.accounts import open_session
from crowdbroker.marketplace.admin.access import enter, new_link
from crowdbroker.marketplace.appeals import appeal
from crowdbroker.marketplace.consent_texts import set_text
from crowdbroker.marketplace.payouts import pay_out, reverse

# Read here, for no setting of the person who runs the tests reaches them.
SHOTS = os.environ.get("CROWDBROKER_SHOTS")
TONE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Tone</title>
<style>body { font: 16px/1.5 sans-serif; margin: 16px; color: #111; background: #fff }
label { display: block; padding: 8px 0 } button { min-height: 40px }</style></head><body><main>
<form action="https://www.mturk.com/mturk/externalSubmit" method="post"><fieldset><legend>What is the tone?</legend>
<label><input type="radio" name="tone" value="friendly" required> Friendly</label>
<label><input type="radio" name="tone" value="unfriendly"> Unfriendly</label></fieldset>
<p><button>Submit</button></p></form></main></body></html>"""
POND = form(
    "<Overview><Title>Animals in the pond</Title><Text>Look, then answer.</Text></Overview>",
    question(choice(other=""), "animal", required=True),
    question(choice("green", "brown", style="checkbox"), "colours"),
    question(choice("pond", "river", style="dropdown"), "place", required=True),
    question(text('<Length maxLength="200"/>', lines=4), "why", content="<Text>Why do you think so?</Text>"),
)
CONSENT = "# A study of tone\n\nYour answers are *published*.\n\n- [Who we are](https://example.org)\n- You can stop."
OUR_PAGES = ("text-classification", "pairwise", "bounding-box")
LONG = "A title that goes on because somebody wanted to say all at once, and then an unbrokenwordthatnobodycanread"


@dataclass
class Visit:
    """Pages by the name of what they show, for a guest, a worker and the operator."""

    site: Worksite
    session: str
    operator: str
    guest: dict[str, str] = field(default_factory=dict)
    worker: dict[str, str] = field(default_factory=dict)
    admin: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """A browser, light or dark, and how wide its window is."""

    browser: Browser
    scheme: str
    width: int


# Colours are the same at every width and places the same in every scheme, so two windows show all that can be wrong;
# with CROWDBROKER_SHOTS all four are opened, to be looked at.
LOOKS = [("light", 1280), ("dark", 390), *([("light", 390), ("dark", 1280)] if SHOTS else [])]


@pytest.fixture(scope="module", params=LOOKS, ids=[f"{scheme}-{width}" for scheme, width in LOOKS])
def window(request: pytest.FixtureRequest) -> Iterator[Window]:
    scheme, width = request.param
    with open_chromium(dark=scheme == "dark") as browser:
        yield Window(browser, scheme, width)


@pytest.fixture(scope="module")
def axe() -> str:
    return npm.axe_script()


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A marketplace in which every kind of page has something to show."""
    with open_worksite(tmp_path_factory.mktemp("site"), open_sign_up=True) as site:
        maria = site.person("Maria")
        token = enter(site.market, new_link(site.market).path.rpartition("/")[2])
        assert token is not None
        visit = Visit(site, open_session(site.market, maria), token)
        _earn(visit, maria)
        _offer(visit, maria)
        _be_asked(visit, maria)
        _stand_at_the_door(visit)
        _operate(visit)
        yield visit


def _earn(visit: Visit, maria: str) -> None:
    """Everything that can become of work, and what is told of it."""
    site = visit.site
    approved, refused, appealed = (site.done(maria, site.publish(html_question(TONE))) for _ in range(3))
    site.call("ApproveAssignment", AssignmentId=approved, RequesterFeedback="Thank you")
    for place in (refused, appealed):
        site.call("RejectAssignment", AssignmentId=place, RequesterFeedback="The comment is not friendly.")
    appeal(site.market, maria, appealed, "It says thanks.")
    site.call("SendBonus", WorkerId=maria, AssignmentId=approved, BonusAmount="0.50", Reason="Very careful")
    for run in ("april", "may"):
        pay_out(site.market, run)
        reverse(site.market, run, maria, "The account is closed")
    pay_out(site.market, "june")
    waiting = site.done(maria, site.publish(html_question(TONE)))
    site.call("NotifyWorkers", WorkerIds=[maria], Subject="More on Monday", MessageText="New comments come at nine.")
    visit.worker |= {
        "earnings": "/earnings",
        "earnings-refused": "/earnings?status=refused",
        "done-waiting": f"/done/{waiting}?group=3",
        "done-approved": f"/done/{approved}",
        "done-refused": f"/done/{refused}",
        "done-appealed": f"/done/{appealed}",
        "inbox": "/inbox",
        "inbox-read": "/inbox",
    }


def _offer(visit: Visit, maria: str) -> None:
    """Work of every kind, on offer and held."""
    site = visit.site
    made = {"Description": "Hears tones", "QualificationTypeStatus": "Active"}
    tones = site.call("CreateQualificationType", Name="Tones", **made)["QualificationType"]["QualificationTypeId"]
    exam = {"Test": EXAM, "TestDurationInSeconds": 600, "AnswerKey": KEY, "RetryDelayInSeconds": 60}
    tested = site.call("CreateQualificationType", Name="Tested tones", **made, **exam)["QualificationType"]
    kinds = [tones, tested["QualificationTypeId"]]
    needs = [{"QualificationTypeId": kind, "Comparator": "Exists"} for kind in kinds]
    html = site.publish(html_question(TONE), MaxAssignments=9)
    for number in range(3):
        site.done(site.person(f"Noor {number}"), html, seconds=30)
    guarded = site.publish(html_question(TONE), Title="Only for trained ears", QualificationRequirements=needs)
    pond = site.publish(POND, Title="Animals in the pond", MaxAssignments=9)
    external = site.publish(external_question("https://lab.example/task"), Title="At the lab", MaxAssignments=9)
    tab = site.publish(external_question("https://lab.example/task#new-tab"), Title="In a tab", MaxAssignments=9)
    site.publish(html_question(TONE), Title=LONG, Description="unbroken" * 60)
    ours = {name: site.publish(html_question(sample_page(name)), Title=name) for name in OUR_PAGES}
    for name, hit in {"html": html, "form": pond, "external": external, "tab": tab, **ours}.items():
        visit.worker[f"preview-{name}"] = f"/hits/{hit}"
        held = worker.accept(site.market, maria, hit)
        visit.worker[f"work-{name}"] = f"/assignments/{held.assignment_id}"
    worker.request_qualification(site.market, maria, kinds[0])
    test = worker.request_qualification(site.market, maria, kinds[1]).request_id
    visit.worker |= {
        "list": "/",
        "list-of-nothing": "/?search=bicycles",
        "preview-guarded": f"/hits/{guarded}",
        "queue": "/queue",
        "qualifications": "/qualifications",
        "qualification": f"/qualifications/{kinds[0]}",
        "qualification-with-test": f"/qualifications/{kinds[1]}",
        "test": f"/tests/{test}",
        "not-possible": "/hits/3NOSUCH",
        "not-found": "/nowhere",
    }


def _be_asked(visit: Visit, maria: str) -> None:
    site = visit.site
    first = set_text(site.market, None, CONSENT)
    consent.give(site.market, maria, first.id)
    second = set_text(site.market, None, f"{CONSENT}\n\nVersion two.")
    visit.worker |= {
        "consent-given": f"/consent/{first.id}",
        "consent": f"/consent/{second.id}?hit=3ANY",
        "account": "/account",
        "leave": "/account/leave",
    }


def _stand_at_the_door(visit: Visit) -> None:
    invited = invitations.invite(visit.site.market, "Tomás")
    visit.guest |= {
        "sign-in": "/sign-in?said=signed-out",
        "sign-up": "/sign-up",
        "invitation": invited.path,
        "no-invitation": "/invite/nonsense",
        "admin-closed": "/admin",
        "admin-enter": new_link(visit.site.market).path,
        "admin-link-used-up": "/admin/enter/nonsense",
        "reply-refused": "/w/nonsense/mturk/externalSubmit",
    }


def _operate(visit: Visit) -> None:
    site = visit.site
    site.publish(html_question(TONE.replace("<main>", "<main><crowd-unheard-of></crowd-unheard-of>")), Title="Doubtful")
    hit_type = site.call("ListHITs", MaxResults=1)["HITs"][0]["HITTypeId"]
    told = {"Destination": "https://hooks.example/", "Transport": "HTTPS", "Version": "2014-08-15"}
    notification = told | {"Destination": "arn:aws:sns:us-east-1:123456789012:events", "Transport": "SNS"}
    site.call(
        "UpdateNotificationSettings",
        HITTypeId=hit_type,
        Notification=notification | {"EventTypes": ["HITExpired"]},
        Active=True,
    )
    visit.admin |= {name: f"/admin/{name}" for name in ("workers", "hits", "money", "events")} | {"overview": "/admin"}


def opened(visit: Visit, window: Window) -> Iterator[tuple[str, str, Page]]:
    """Every page, as who may see it sees it."""
    cookies = {"guest": {}, "worker": {"worker_session": visit.session}, "admin": {"admin_session": visit.operator}}
    for who, pages in (("guest", visit.guest), ("worker", visit.worker), ("admin", visit.admin)):
        context = window.browser.new_context(
            viewport=SIZES[window.width], base_url=visit.site.address, color_scheme="null"
        )
        context.add_cookies(
            [{"name": name, "value": value, "url": visit.site.address} for name, value in cookies[who].items()]
        )
        context.route("https://lab.example/**", lambda route: route.fulfill(body=TONE, content_type="text/html"))
        for name, address in pages.items():
            page = context.new_page()
            page.goto(address, wait_until="load")
            yield f"{who}-{name}", address, page
            page.close()
        context.close()


PRESSED = """() => [...document.querySelectorAll(
  "main a.button, main button, main input:not([type=hidden]), main select, nav a")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().width)
  .map((one) => [one.outerHTML.slice(0, 120), (one.closest("label") ?? one).getBoundingClientRect().height])"""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_axe_finds_nothing_on_any_page_and_nothing_is_too_wide_or_too_small(
    visit: Visit, window: Window, axe: str
) -> None:
    troubles, pressed = [], 0
    for name, address, page in opened(visit, window):
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (window.scheme == "dark")
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{window.scheme}-{window.width}.png", full_page=True)
        assert page.title(), f"{name} at {address} shows nothing"
        troubles += [f"{name}: {rule}" for rule in broken_rules(page, axe)]
        troubles += [] if fits(page) else [f"{name}: sticks out to the side"]
        for html, height in page.evaluate(PRESSED):
            pressed += 1
            if window.width == min(SIZES) and height < 43.5:
                troubles.append(f"{name}: too small for a finger: {html} {height}")
    assert not troubles, "\n".join(troubles)
    assert pressed > 100
