from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from webclient import Browser, attribute

PLAIN = "https://elsewhere.example/task?item=1&item=2&empty=#part"


def link_of(page: str) -> str:
    return attribute(page, r'<a[^>]* href="(https?://[^"]+)"[^>]*target="_blank"')


def test_the_parameters_follow_the_addresss_own_and_its_fragment_stays_last(maria, publish, accept):
    hit_id = publish(external_url=PLAIN.replace("&", "&amp;"))
    work = accept(hit_id)
    address = urlsplit(attribute(maria.get(work).text, r'<iframe[^>]* src="([^"]+)"'))
    assert address.query.startswith("item=1&item=2&empty=&assignmentId=")
    assert address.fragment == "part"
    found = parse_qs(address.query, keep_blank_values=True)
    assert list(found) == ["item", "empty", "assignmentId", "hitId", "workerId", "turkSubmitTo"]
    assert (found["hitId"], found["assignmentId"]) == ([hit_id], [work.removeprefix("/assignments/")])


def test_a_preview_says_so_in_its_parameters(maria, publish):
    page = maria.get(f"/hits/{publish(external_url='https://elsewhere.example/')}").text
    assert "assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE" in attribute(page, r'<iframe[^>]* src="([^"]+)"')


@pytest.mark.parametrize("by", ["post", "get"])
def test_the_page_submits_to_the_address_it_was_given(maria, publish, accept, requester, by):
    hit_id = publish(external_url="https://elsewhere.example/")
    work = accept(hit_id)
    address = urlsplit(attribute(maria.get(work).text, r'<iframe[^>]* src="([^"]+)"'))
    base = parse_qs(address.query)["turkSubmitTo"][0].removeprefix("http://127.0.0.1:8900")
    target, assignment_id = f"{base}/mturk/externalSubmit", work.removeprefix("/assignments/")
    other = Browser(maria.app)
    answer = (
        other.post(target, {"assignmentId": assignment_id, "tone": "good"}, {"origin": "https://elsewhere.example"})
        if by == "post"
        else other.get(f"{target}?assignmentId={assignment_id}&tone=good")
    )
    assert answer.status == 200
    assert len(requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]) == 1


def test_a_tab_of_its_own_is_always_offered_and_gives_nothing_of_ours_away(maria, publish, accept):
    work = maria.get(accept(publish(external_url="https://elsewhere.example/"))).text
    assert link_of(work).startswith("https://elsewhere.example/?assignmentId=")
    assert re.search(r'<a[^>]*target="_blank" rel="noopener noreferrer"', work)


def test_a_requester_may_ask_for_a_tab_and_then_there_is_no_frame(maria, publish, accept):
    hit_id = publish(external_url="https://elsewhere.example/#new-tab")
    for page in (maria.get(f"/hits/{hit_id}").text, maria.get(accept(hit_id)).text):
        assert "<iframe" not in page
        assert link_of(page).endswith("#new-tab")
        assert 'rel="noopener noreferrer"' in page


@pytest.mark.parametrize("url", ["http://127.0.0.1:8900/queue", "http://127.0.0.1:9999/", "https://127.0.0.1/"])
def test_a_page_on_our_own_host_is_not_shown_because_it_would_share_our_cookies(maria, publish, url):
    page = maria.get(f"/hits/{publish(external_url=url)}").text
    assert "<iframe" not in page
    assert url not in page
    assert "could act in your name" in page


def test_a_page_on_another_name_of_this_machine_is_shown(maria, publish):
    assert "<iframe" in maria.get(f"/hits/{publish(external_url='http://localhost:9999/')}").text


def test_a_frame_of_an_external_question_has_no_page_of_ours(maria, publish, app):
    html_frame = attribute(maria.get(f"/hits/{publish()}").text, r'<iframe[^>]* src="([^"]+)"')
    assert Browser(app).get(html_frame).status == 200
    assert Browser(app).get("/frame/forged").status == 404
