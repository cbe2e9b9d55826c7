"""What a hostile worker sends, and what a hostile requester's texts do, on pages that others read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from webclient import Browser, attribute

from crowdbroker.marketplace.admin.access import new_link
from crowdbroker.marketplace.appeals import appeals

ANSWERS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
HOSTILE = {
    "script": "<script>alert(document.cookie)</script>",
    "markup": "\"><img src=x onerror=alert(1)> &lt; &amp; '",
    "end of CDATA": "]]></FreeText></Answer><Answer>",
    "entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "right to left": "\u202egnp.exe \u2066abc\u2069 \u200f\u05e9\u05dc\u05d5\u05dd",
    "long": "x" * 10_000,
    "formula": "=HYPERLINK(1)",
}


@pytest.fixture
def operator(market, app) -> Browser:
    browser = Browser(app)
    path = new_link(market).path
    browser.send_form(path, path)
    return browser


def submit(browser: Browser, work: str, **fields: str) -> int:
    base = attribute(browser.get(work).text, r"turkSubmitTo=[^\"]*%2Fw%2F([^&\"]+)")
    return browser.post(f"/w/{base}/mturk/externalSubmit", fields).status


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_answer_reaches_its_requester_as_the_text_that_it_is(maria, publish, accept, requester, text):
    hit = publish()
    assert submit(maria, accept(hit), tone=text) == 200
    [assignment] = requester("ListAssignmentsForHIT", HITId=hit)["Assignments"]
    root = ElementTree.fromstring(assignment["Answer"])
    assert [one.findtext(f"{ANSWERS}FreeText") for one in root] == [text]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_answer_is_shown_on_no_page_of_ours(maria, newcomer, publish, accept, operator, text):
    hit = publish(MaxAssignments=2)
    submit(maria, accept(hit), tone=text)
    noor = newcomer("Noor")
    addresses = ("/", f"/hits/{hit}", "/earnings", "/inbox", "/queue")
    pages = [maria.get(address).text for address in addresses] + [noor.get(address).text for address in addresses]
    pages += [operator.get(f"/admin{room}").text for room in ("", "/workers", "/hits", "/money", "/events")]
    for page in pages:
        assert text not in page
        assert "<script>alert" not in page
        assert "x" * 5_000 not in page


@pytest.mark.parametrize("name", ["<script>x</script>", '"><b>x', "a&b <i>"])
def test_a_hostile_name_is_text_to_the_operator(newcomer, operator, name):
    newcomer(name)
    page = operator.get("/admin/workers").text
    assert name not in page
    assert "&lt;" in page


@pytest.mark.parametrize("name", ["\u202eabc", "a\u0000b", "a\u200fb", "x" * 41])
def test_a_name_that_turns_the_line_round_is_refused(app, name):
    assert Browser(app).send_form("/sign-up", "/sign-up", name=name, password="four easy words").status == 422


def test_a_hostile_appeal_is_kept_as_text(maria, publish, accept, requester, market):
    work = accept(publish())
    submit(maria, work, tone="friendly")
    place = work.removeprefix("/assignments/")
    requester("RejectAssignment", AssignmentId=place, RequesterFeedback=HOSTILE["markup"])
    maria.send_form(f"/done/{place}", f"/done/{place}/appeal", words=HOSTILE["script"])
    page = maria.get(f"/done/{place}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert appeals(market)[0].text == HOSTILE["script"]
