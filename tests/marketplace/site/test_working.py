from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from sqlalchemy import text
from webclient import Browser, attribute


def frame_of(browser: Browser, address: str) -> str:
    return attribute(browser.get(address).text, r'<iframe[^>]* src="([^"]+)"')


def submit_address(browser: Browser, page: str) -> str:
    """What the question's form posts to, as its page in the frame was given it."""
    html = Browser(browser.app).get(frame_of(browser, page)).text
    action = attribute(html, r'<form action="([^"]+)"')
    assert action.startswith("http://127.0.0.1:8900/w/")
    return action.removeprefix("http://127.0.0.1:8900")


def answers(requester, hit_id: str) -> list[dict[str, str]]:
    found = requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]
    return [_fields(assignment["Answer"]) for assignment in found]


def _fields(document: str) -> dict[str, str]:
    root = ET.fromstring(document)
    space = root.tag.partition("}")[0] + "}"
    return {
        answer.findtext(f"{space}QuestionIdentifier"): answer.findtext(f"{space}FreeText")
        for answer in root.iter(f"{space}Answer")
    }


def test_an_accepted_hit_is_in_the_queue_and_can_be_returned(maria, publish, accept):
    work = accept(publish())
    queue = maria.get("/queue").text
    assert "1 accepted" in queue
    assert work in queue
    answer = maria.send_form(work, f"{work}/return")
    assert "Returned." in maria.follow(answer).text
    assert "You hold nothing at the moment." in maria.get("/queue").text


def test_the_frame_has_the_parameters_that_mturk_gives(maria, publish, accept):
    hit_id = publish()
    preview = frame_of(maria, f"/hits/{hit_id}")
    assert "assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE" in preview
    work = accept(hit_id)
    frame = frame_of(maria, work)
    assert f"assignmentId={work.removeprefix('/assignments/')}&" in frame
    assert f"hitId={hit_id}" in frame
    assert "workerId=A" in frame
    assert "turkSubmitTo=http%3A%2F%2F127.0.0.1%3A8900%2Fw%2F" in frame


def test_the_question_is_sandboxed_by_the_page_and_by_its_own_answer(maria, publish):
    page = f"/hits/{publish()}"
    assert 'sandbox="allow-scripts allow-forms"' in maria.get(page).text
    answer = Browser(maria.app).get(frame_of(maria, page))
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts allow-forms;")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.set_cookies == []


def test_amazons_addresses_in_a_question_become_ours(maria, publish):
    html = (
        "<!DOCTYPE html><html><head><title>x</title>"
        '<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script></head><body>'
        '<form action="https://workersandbox.mturk.com/mturk/externalSubmit"><input name="a"></form></body></html>'
    )
    page = Browser(maria.app).get(frame_of(maria, f"/hits/{publish(html=html)}")).text
    assert "mturk.com" not in page
    assert "amazonaws" not in page
    assert '<script src="http://127.0.0.1:8900/static/externalHIT_v1.js">' in page
    assert "function turkSetAssignmentID" in maria.get("/static/externalHIT_v1.js").text


def test_a_submission_without_cookies_is_stored_and_pays_after_approval(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    address = submit_address(maria, work)
    answer = Browser(maria.app).post(address, {"assignmentId": work.removeprefix("/assignments/"), "tone": "friendly"})
    assert answer.status == 200
    assert "your answer is stored" in answer.text
    assert answers(requester, hit_id) == [{"tone": "friendly"}]
    assert maria.get(f"{work}/status").json() == {"state": "submitted"}
    assert maria.get(work).location == work.replace("assignments", "done")
    done = maria.get(work.replace("assignments", "done")).text
    assert re.search(r"approved by itself\s+<time[^>]*>in 3 days<", done)
    earnings = maria.get("/earnings").text
    assert re.search(r"Pending</dt><dd>\$0\.05", earnings)
    requester("ApproveAssignment", AssignmentId=work.removeprefix("/assignments/"))
    assert re.search(r"Approved</dt><dd>\$0\.05", maria.get("/earnings").text)


def test_a_refusal_is_shown_with_its_reason_as_text(maria, publish, accept, requester):
    work = accept(publish())
    Browser(maria.app).post(submit_address(maria, work), {"tone": "friendly"})
    requester(
        "RejectAssignment", AssignmentId=work.removeprefix("/assignments/"), RequesterFeedback="<b>Not read</b> & sent"
    )
    page = maria.get("/earnings").text
    assert "✕ Refused" in page
    assert "&lt;b&gt;Not read&lt;/b&gt; &amp; sent" in page


def test_fields_keep_their_order_and_repeated_names_are_joined(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    fields = [("zebra", "1"), ("boxes", "a"), ("hitId", "made up"), ("boxes", "b"), ("apple", "<i>é 🙂</i>\nnext")]
    assert Browser(maria.app).post(submit_address(maria, work), fields).status == 200
    (stored,) = answers(requester, hit_id)
    assert list(stored.items()) == [("zebra", "1"), ("boxes", "a|b"), ("apple", "<i>é 🙂</i>\nnext")]


def test_a_multipart_form_is_read_too_and_of_a_file_only_its_name(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    body = (
        '--b\r\nContent-Disposition: form-data; name="tone"\r\n\r\nfriendly\r\n'
        '--b\r\nContent-Disposition: form-data; name="photo"; filename="cat.png"\r\n'
        "Content-Type: image/png\r\n\r\n\x00\x01\r\n--b--\r\n"
    )
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert Browser(maria.app).request("POST", submit_address(maria, work), body.encode(), kind).status == 200
    assert answers(requester, hit_id) == [{"tone": "friendly", "photo": "cat.png"}]


def test_a_form_that_is_sent_by_get_is_stored_as_well(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    assert Browser(maria.app).get(submit_address(maria, work) + "?tone=friendly").status == 200
    assert answers(requester, hit_id) == [{"tone": "friendly"}]


def test_submitting_twice_keeps_the_first_answer_and_says_so(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    address = submit_address(maria, work)
    Browser(maria.app).post(address, {"tone": "friendly"})
    again = Browser(maria.app).post(address, {"tone": "unfriendly"})
    assert again.status == 409
    assert "Your first answer stands." in again.text
    assert answers(requester, hit_id) == [{"tone": "friendly"}]


def test_a_submission_from_the_preview_stores_nothing(maria, publish, accept, requester):
    hit_id = publish()
    from_preview = Browser(maria.app).post(submit_address(maria, f"/hits/{hit_id}"), {"tone": "friendly"})
    assert "only a preview" in from_preview.text
    work = accept(hit_id)
    claimed = Browser(maria.app).post(
        submit_address(maria, work), {"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE", "tone": "friendly"}
    )
    assert "only a preview" in claimed.text
    assert {from_preview.status, claimed.status} == {409}
    assert answers(requester, hit_id) == []


def test_a_late_submission_stores_nothing(maria, publish, accept, requester, clock):
    hit_id = publish()
    work = accept(hit_id)
    address = submit_address(maria, work)
    clock.forward(minutes=31)
    answer = Browser(maria.app).post(address, {"tone": "friendly"})
    assert answer.status == 409
    assert "Nothing was stored" in answer.text
    assert answers(requester, hit_id) == []
    assert maria.get(f"{work}/status").json() == {"state": "gone"}


def test_who_returned_an_assignment_cannot_submit_it_for_its_next_holder(maria, newcomer, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    address = submit_address(maria, work)
    maria.send_form(work, f"{work}/return")
    newcomer("Noor").send_form(f"/hits/{hit_id}", f"/hits/{hit_id}/accept")
    answer = Browser(maria.app).post(address, {"tone": "friendly"})
    assert answer.status == 409
    assert answers(requester, hit_id) == []


def test_an_answer_without_a_field_of_its_own_stores_nothing(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    answer = Browser(maria.app).post(submit_address(maria, work), {"assignmentId": work.removeprefix("/assignments/")})
    assert answer.status == 409
    assert answers(requester, hit_id) == []
    assert maria.get(f"{work}/status").json() == {"state": "held"}


def test_an_answer_that_names_another_assignment_stores_nothing(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    answer = Browser(maria.app).post(submit_address(maria, work), {"assignmentId": "3OTHER", "tone": "friendly"})
    assert answer.status == 409
    assert "another Assignment" in answer.text
    assert answers(requester, hit_id) == []


def test_an_answer_longer_than_a_megabyte_stores_nothing(maria, publish, accept, requester):
    hit_id = publish()
    work = accept(hit_id)
    answer = Browser(maria.app).post(submit_address(maria, work), {"tone": "x" * 1_100_000})
    assert answer.status == 409
    assert "longer than one megabyte" in answer.text
    assert answers(requester, hit_id) == []


@pytest.mark.parametrize("token", ["nonsense", "WyJhc3NpZ25tZW50IiwiM0EiLCJBIl0.AAAA"])
def test_a_token_that_is_not_ours_opens_nothing(maria, token):
    assert maria.get(f"/frame/{token}").status == 404
    answer = maria.post(f"/w/{token}/mturk/externalSubmit", {"tone": "friendly"})
    assert answer.status == 409
    assert "not one of ours" in answer.text


def test_a_frame_token_is_no_submission_token(maria, publish, accept, requester):
    hit_id = publish()
    token = attribute(frame_of(maria, accept(hit_id)), r"/frame/([^?]+)")
    assert maria.post(f"/w/{token}/mturk/externalSubmit", {"tone": "friendly"}).status == 409
    assert answers(requester, hit_id) == []


def test_another_worker_cannot_open_return_or_ask_about_an_assignment(maria, newcomer, publish, accept):
    work = accept(publish())
    noor = newcomer("Noor")
    assert noor.get(work).status == 409
    assert noor.get(f"{work}/status").json() == {"state": "gone"}
    assert noor.send_form("/", f"{work}/return").status == 409
    assert maria.get(f"{work}/status").json() == {"state": "held"}


def test_the_automatic_box_is_kept_through_accepting(maria, publish):
    first, second = publish(), publish()
    work = maria.send_form(f"/hits/{first}", f"/hits/{first}/accept", auto="1").location
    assert work.endswith("?auto=1")
    page = maria.get(work).text
    assert re.search(r'id="auto"[^>]* checked', page)
    group = attribute(page, r'action="(/groups/[^"]+/accept)"')
    following = maria.send_form(work, group, auto="1").location
    assert f"hitId={second}" in frame_of(maria, following)
    assert "There is nothing left for you in that group." in maria.follow(maria.send_form(work, group)).text


def test_an_external_question_gets_its_parameters_behind_its_own(maria, publish, accept):
    hit_id = publish(external_url="https://lab.example.com/task?item=7&amp;lang=de#top")
    answer = maria.get(f"/hits/{hit_id}")
    frame = attribute(answer.text, r'<iframe[^>]* src="([^"]+)"')
    assert frame.startswith(
        "https://lab.example.com/task?item=7&lang=de&assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId="
    )
    assert frame.endswith("#top")
    assert 'sandbox="allow-scripts allow-forms allow-same-origin"' in answer.text
    assert "Open the question in a new tab" in answer.text
    assert "frame-src 'self' https:" in answer.headers["content-security-policy"]


def test_the_question_says_when_it_may_not_be_seen_any_more(maria, publish, accept):
    work = accept(publish())
    frame = frame_of(maria, work)
    maria.send_form(work, f"{work}/return")
    answer = Browser(maria.app).get(frame)
    assert answer.status == 409
    assert "Nothing was stored" not in answer.text


def test_a_database_that_does_not_answer_loses_nothing_silently(maria, publish, accept, market):
    work = accept(publish())
    address = submit_address(maria, work)
    with market.write() as session:
        session.execute(text("ALTER TABLE assignment RENAME TO elsewhere"))
    answer = Browser(maria.app).post(address, {"tone": "friendly"})
    assert answer.status == 503
    assert "Reload this page to send your answer again." in answer.text
    assert maria.get("/queue").status == 503
    with market.write() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO assignment"))
    assert Browser(maria.app).post(address, {"tone": "friendly"}).status == 200


def test_only_a_reply_outside_a_frame_offers_the_way_on(maria, publish, accept):
    first, second = accept(publish()), accept(publish())
    framed = Browser(maria.app).post(submit_address(maria, first), {"tone": "a"}, {"sec-fetch-dest": "iframe"})
    assert "Go on" not in framed.text
    alone = Browser(maria.app).post(submit_address(maria, second), {"tone": "a"}, {"sec-fetch-dest": "document"})
    assert f'href="{second.replace("assignments", "done")}"' in alone.text


def test_the_way_to_the_next_one_leads_to_a_group_and_to_nothing_else(maria, publish, accept):
    work = accept(publish(MaxAssignments=2))
    group = attribute(maria.get(work).text, r'data-done="[^"]*group=(\w+)"')
    Browser(maria.app).post(submit_address(maria, work), {"tone": "friendly"})
    done = work.replace("assignments", "done")
    assert f'action="/groups/{group}/accept"' in maria.get(f"{done}?group={group}").text
    for other in ("../account/sessions%3F", "%2F%2Felsewhere.example", "a%2F..", "\u00e9"):
        page = maria.get(f"{done}?group={other}").text
        assert 'action="/groups/' not in page, other
        assert "Back to the work" in page
