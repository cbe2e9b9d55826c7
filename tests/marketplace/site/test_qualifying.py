from __future__ import annotations

import re

import pytest
from exams import EXAM, KEYLESS, PLAIN, TESTED, fill, form, selection
from webclient import Browser, attribute

HOSTILE = "<script>alert('&')</script>"


@pytest.fixture
def make(requester):
    """Make a qualification type and return its id."""

    def one(**changes):
        return requester("CreateQualificationType", **(PLAIN | changes))["QualificationType"]["QualificationTypeId"]

    return one


def press(browser, type_id):
    """Press the button of a qualification's page."""
    return browser.send_form(f"/qualifications/{type_id}", f"/qualifications/{type_id}/request")


def hand_in(browser, page, xml, **chosen):
    """Send the form of a test's page as a browser does."""
    token = attribute(browser.get(page).text, r'name="form_token" value="([^"]+)"')
    fields = [("form_token", token), *fill(xml, **chosen)]
    return browser.post(page, fields, {"sec-fetch-site": "same-origin"})


def test_a_newcomer_sees_what_the_marketplace_knows_and_that_there_is_nothing_yet(maria):
    page = maria.get("/qualifications").text
    assert re.search(r"Approved Assignments <strong>0</strong>", page)
    assert "Approval rate <strong>100 %</strong>" in page
    assert "There is nothing to request at the moment." in page
    assert 'aria-current="page">Qualifications<' in page


def test_a_plain_request_is_made_withdrawn_made_again_and_granted(maria, make, requester):
    type_id = make()
    assert "The requester decides" in maria.get("/qualifications").text
    page = maria.follow(press(maria, type_id)).text
    assert "Requested. The requester decides" in page
    assert "The requester has not decided yet" in page
    listed = maria.get("/qualifications").text
    withdrawal = attribute(listed, r'action="(/qualification-requests/[^"]+/withdraw)"')
    assert "The request is withdrawn." in maria.follow(maria.send_form("/qualifications", withdrawal)).text
    press(maria, type_id)
    (asked,) = requester("ListQualificationRequests")["QualificationRequests"]
    requester("AcceptQualificationRequest", QualificationRequestId=asked["QualificationRequestId"], IntegerValue=85)
    page = maria.get("/qualifications").text
    assert re.search(r'data-label="Value">85<', page)
    assert "✓ Granted" in page
    assert "<h2>Open</h2>" not in page


def test_a_refusal_shows_its_reason_as_text(maria, make, requester):
    type_id = make(Name=HOSTILE, Description=HOSTILE, RetryDelayInSeconds=7200)
    press(maria, type_id)
    (asked,) = requester("ListQualificationRequests")["QualificationRequests"]
    requester("RejectQualificationRequest", QualificationRequestId=asked["QualificationRequestId"], Reason=HOSTILE)
    for address in ("/qualifications", f"/qualifications/{type_id}"):
        page = maria.get(address).text
        assert "✕ Refused" in page
        assert page.count("&lt;script&gt;alert") >= 3
        assert "<script>alert" not in page
        assert "in 2 hours" in page


def test_a_revocation_shows_its_reason(maria, make, requester):
    type_id = make(AutoGranted=True)
    assert "Granted at once" in maria.get("/qualifications").text
    assert "Granted. You have this qualification now." in maria.follow(press(maria, type_id)).text
    worker_id = attribute(maria.get("/").text, r"Your WorkerId is (\w+)")
    requester("DisassociateQualificationFromWorker", QualificationTypeId=type_id, WorkerId=worker_id, Reason="Guessed")
    page = maria.get("/qualifications").text
    assert "✕ Revoked" in page
    assert "<strong>Reason:</strong> Guessed" in page


def test_a_test_is_begun_taken_and_graded(maria, make, clock):
    type_id = make(**TESTED)
    page = maria.get(f"/qualifications/{type_id}").text
    assert "A test of 10 minutes, graded at once" in page
    assert "You have one try." in page
    begun = press(maria, type_id)
    clock.forward(minutes=2)
    test = maria.get(begun.location)
    assert "<strong>8 minutes</strong> left" in test.text
    assert "img-src 'self' https:" in test.headers["content-security-policy"]
    assert "script-src 'self'" in test.headers["content-security-policy"]
    assert "ends <time" in maria.get("/qualifications").text
    done = maria.follow(hand_in(maria, begun.location, EXAM, move="D", fruit="apples+pears"))
    assert "Handed in and graded." in done.text
    assert "value <strong>100<" in done.text
    assert maria.get(begun.location).location == "/qualifications"
    assert hand_in_again(maria, begun.location).location == "/qualifications"


def hand_in_again(browser, page):
    token = attribute(browser.get("/qualifications").text, r'name="form_token" value="([^"]+)"')
    return browser.post(page, [("form_token", token), *fill(EXAM, move="A")], {"sec-fetch-site": "same-origin"})


def test_a_missing_answer_brings_the_form_back_with_the_others(maria, make):
    begun = press(maria, make(**TESTED))
    answer = hand_in(maria, begun.location, EXAM, fruit="apples+coal", why=HOSTILE)
    assert answer.status == 422
    assert 'id="problems"' in answer.text
    assert len(re.findall(r'type="checkbox"[^>]* checked', answer.text)) == 2
    assert "&lt;script&gt;alert" in answer.text
    assert "<script>alert" not in answer.text
    assert hand_in(maria, begun.location, EXAM, move="D").status == 303


def test_a_test_without_a_key_waits_for_the_requester(maria, make):
    type_id = make(**KEYLESS)
    assert "graded by the requester" in maria.get("/qualifications").text
    done = maria.follow(hand_in(maria, press(maria, type_id).location, EXAM, move="A"))
    assert "Handed in. The requester grades it" in done.text


def test_a_late_test_is_refused_and_said_to_be_over(maria, make, clock):
    type_id = make(**TESTED, RetryDelayInSeconds=3600)
    begun = press(maria, type_id)
    token = attribute(maria.get(begun.location).text, r'name="form_token" value="([^"]+)"')
    clock.forward(minutes=10)
    late = maria.post(begun.location, [("form_token", token)], {"sec-fetch-site": "same-origin"})
    assert (late.status, "The time for this test has run out." in late.text) == (409, True)
    page = maria.get(f"/qualifications/{type_id}").text
    assert "The time of your test ran out" in page
    assert "Again in 50 minutes" in page
    clock.forward(minutes=50)
    assert "Begin the test again" in maria.get(f"/qualifications/{type_id}").text


def test_the_requesters_markup_in_a_test_is_sanitised(maria, make):
    hostile = form(selection("move", "A", "D")).replace(
        "<Text>Choose for move</Text>",
        "<FormattedContent><![CDATA[<p>Look <b>here</b></p>]]></FormattedContent>"
        "<Text>&lt;script&gt;alert(1)&lt;/script&gt;</Text>",
    )
    begun = press(maria, make(**(KEYLESS | {"Test": hostile})))
    page = maria.get(begun.location).text
    assert "<b>here</b>" in page
    assert "<script>alert" not in page


def test_a_test_of_somebody_else_is_not_shown(maria, newcomer, make):
    begun = press(maria, make(**TESTED))
    refused = newcomer("Bob").get(begun.location)
    assert (refused.status, "You have no such request." in refused.text) == (409, True)


def test_what_can_be_requested_is_searched_and_comes_in_pages(maria, make):
    for number in range(27):
        make(Name=f"Kind {number:02}")
    first, second = maria.get("/qualifications").text, maria.get("/qualifications?page=2").text
    assert ("27 qualifications" in first, "Page 1 of 2" in first, "Page 2 of 2" in second) == (True, True, True)
    found = maria.get("/qualifications?search=kind+07").text
    assert ("1 qualification " in found, "Kind 07" in found, "Kind 08" in found) == (True, True, False)
    none = maria.get("/qualifications?search=%3Cscript%3E").text
    assert ("Nothing matches" in none, "<script>" in none) == (True, False)


def test_what_is_no_longer_there_is_refused_plainly(maria):
    refused = maria.get("/qualifications/3NOSUCH")
    assert (refused.status, "There is no such qualification." in refused.text) == (409, True)


def test_a_forged_request_changes_nothing(maria, make, requester):
    type_id = make()
    forged = maria.post(f"/qualifications/{type_id}/request", {}, {"sec-fetch-site": "cross-site"})
    assert forged.status == 403
    assert requester("ListQualificationRequests")["QualificationRequests"] == []


def test_qualifications_need_a_sign_in(app):
    assert Browser(app).get("/qualifications").location == "/sign-in?next=/qualifications"
