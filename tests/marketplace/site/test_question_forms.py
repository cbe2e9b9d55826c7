from __future__ import annotations

import re

import pytest
from defusedxml.ElementTree import fromstring
from questionforms import choice, form, question, text
from webclient import Browser, attribute

ANSWERS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
FORM = form(
    "<Overview><Title>One animal</Title>"
    "<FormattedContent><![CDATA[<p>Look <b>closely</b>.</p>]]></FormattedContent></Overview>",
    question(choice(other=""), "animal", required=True),
    question(text('<IsNumeric minValue="1" maxValue="9"/>'), "legs"),
)


def frame_of(browser: Browser, page: str) -> str:
    return attribute(browser.get(page).text, r'<iframe[^>]* src="([^"]+)"')


@pytest.fixture
def opened(maria, publish, accept):
    """A HIT with a QuestionForm, accepted: its id, its work page and where its form goes."""
    hit_id = publish(Question=FORM)
    work = accept(hit_id)
    html = Browser(maria.app).get(frame_of(maria, work)).text
    action = attribute(html, r'<form[^>]* action="([^"]+)"').removeprefix("http://127.0.0.1:8900")
    return hit_id, work, action


def test_a_preview_shows_the_form_without_a_button(maria, publish):
    page = Browser(maria.app).get(frame_of(maria, f"/hits/{publish(Question=FORM)}"))
    assert "Look <b>closely</b>." in page.text
    assert "A newt" in page.text
    assert "<button" not in page.text


def test_the_form_is_sandboxed_and_runs_no_script_but_ours(maria, publish):
    address = f"/hits/{publish(Question=FORM)}"
    sandbox = 'sandbox="allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox"'
    assert sandbox in maria.get(address).text
    page = Browser(maria.app).get(frame_of(maria, address))
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts allow-forms allow-popups")
    assert "allow-same-origin" not in policy
    assert "script-src 'self'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.set_cookies == []


def test_an_answer_is_stored_as_selections_and_texts(maria, opened, requester):
    hit_id, work, action = opened
    answer = Browser(maria.app).post(action, [("answer-1", "other"), ("other-1", "an eft"), ("answer-2", "4")])
    assert (answer.status, "your answer is stored" in answer.text) == (200, True)
    (assignment,) = requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]
    told = [(part.tag.removeprefix(ANSWERS), part.text) for part in fromstring(assignment["Answer"]).iter()]
    assert [pair for pair in told if pair[0] not in {"Answer", "QuestionFormAnswers"}] == [
        ("QuestionIdentifier", "animal"),
        ("OtherSelectionText", "an eft"),
        ("QuestionIdentifier", "legs"),
        ("FreeText", "4"),
    ]
    assert maria.get(f"{work}/status").json() == {"state": "submitted"}


def test_a_form_that_is_sent_by_get_is_stored_as_well(maria, opened, requester):
    hit_id, _, action = opened
    assert Browser(maria.app).get(f"{action}?answer-1=1").status == 200
    assert len(requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]) == 1


def test_a_wrong_answer_comes_back_with_what_is_wrong_and_nothing_lost(maria, opened, requester):
    hit_id, work, action = opened
    answer = Browser(maria.app).post(action, [("answer-2", "twelve <legs>")])
    assert answer.status == 422
    assert 'value="twelve &lt;legs&gt;"' in answer.text
    assert re.findall(r'<li><a href="#question-(\d)">', answer.text) == ["1", "2"]
    assert answer.headers["content-security-policy"].startswith("sandbox ")
    assert requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"] == []
    assert maria.get(f"{work}/status").json() == {"state": "held"}
    again = attribute(answer.text, r'<form[^>]* action="([^"]+)"').removeprefix("http://127.0.0.1:8900")
    assert Browser(maria.app).post(again, [("answer-1", "2"), ("answer-2", "4")]).status == 200


def test_a_form_cannot_be_sent_twice_or_from_its_preview(maria, publish, opened):
    _, _, action = opened
    Browser(maria.app).post(action, [("answer-1", "1")])
    assert "Your first answer stands." in Browser(maria.app).post(action, [("answer-1", "2")]).text
    preview = Browser(maria.app).get(frame_of(maria, f"/hits/{publish(Question=FORM)}")).text
    target = attribute(preview, r'<form[^>]* action="([^"]+)"').removeprefix("http://127.0.0.1:8900")
    assert "only a preview" in Browser(maria.app).post(target, [("answer-1", "1")]).text


def test_a_wrong_answer_after_the_deadline_is_told_plainly(maria, opened, clock):
    _, _, action = opened
    clock.forward(hours=2)
    late = Browser(maria.app).post(action, [("answer-2", "x")])
    assert (late.status, "<form" in late.text) == (409, False)
