from __future__ import annotations

import re

import pytest
from webclient import Browser, attribute


@pytest.fixture
def submit(clock):
    """Accept a HIT in a browser, take some seconds and submit it; return the AssignmentId."""

    def one(browser: Browser, hit_id: str, seconds: float = 40) -> str:
        work = browser.send_form(f"/hits/{hit_id}", f"/hits/{hit_id}/accept").location
        base = attribute(browser.get(work).text, r'<iframe[^>]*src="([^"]+)"').partition("turkSubmitTo=")[2]
        token = re.search(r"%2Fw%2F([^&]+)", base)
        assert token is not None
        clock.forward(seconds=seconds)
        assert browser.post(f"/w/{token[1]}/mturk/externalSubmit", {"tone": "friendly"}).status == 200
        return work.rpartition("/")[2]

    return one


def strip(browser: Browser, address: str = "/") -> str:
    found = re.search(r'<ul class="strip".*?</ul>', browser.get(address).text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_who_has_done_nothing_sees_no_sums(maria, publish):
    publish()
    assert strip(maria) == ""
    assert strip(maria, "/earnings") == ""


def test_list_and_earnings_tell_what_was_done_and_what_became_of_it(maria, publish, submit, requester):
    places = [submit(maria, publish()) for _ in range(4)]
    requester("ApproveAssignment", AssignmentId=places[0])
    requester("RejectAssignment", AssignmentId=places[1], RequesterFeedback="The <b>tone</b> was hostile.")
    requester(
        "SendBonus", WorkerId=_worker(requester, places[0]), AssignmentId=places[0], BonusAmount="1.00", Reason="x"
    )
    periods = "Done today 4 This week 4 Earned in all $1.05"
    assert strip(maria) == f"{periods} Approved 1 Pending 2 Refused 1 See why"
    assert strip(maria, "/earnings") == periods
    sums = attribute(maria.get("/earnings").text.replace("\n", " "), r'<dl class="sums six">(.*?)</dl>')
    assert "$0.05 <small>for 1</small>" in sums
    assert "$0.10 <small>for 2</small>" in sums
    refused = maria.get("/earnings?status=refused").text
    assert "1 refused, the latest first." in refused
    assert "The &lt;b&gt;tone&lt;/b&gt; was hostile." in refused
    history, _, bonuses = refused.partition('id="bonuses"')
    assert (history.count('class="title"'), bonuses.count('class="title"')) == (1, 1)


def test_the_earnings_can_be_narrowed_in_the_address(maria, publish, submit):
    submit(maria, publish())
    assert "1 pending" in maria.get("/earnings?status=pending").text
    assert "Nothing of yours is approved." in maria.get("/earnings?status=approved").text
    assert "1 submitted" in maria.get("/earnings?status=nonsense").text


def test_the_pages_of_a_narrowed_list_stay_narrowed(maria, publish, submit):
    for _ in range(26):
        submit(maria, publish(), 1)
    page = maria.get("/earnings?status=pending").text
    assert "Page 1 of 2" in page
    following = attribute(page, r'rel="next" href="([^"]+)"')
    assert following == "/earnings?status=pending&page=2"
    assert maria.get(following).text.count('class="title"') == 1


def test_a_group_shows_its_pace_from_the_third_submission_on(maria, newcomer, publish, submit):
    hits = [publish(MaxAssignments=3) for _ in range(4)]
    submit(maria, hits[0], 30)
    submit(newcomer("Noor"), hits[0], 40)
    page = maria.get("/").text
    assert "not known yet" in page
    assert "an hour" not in page
    assert "1 done by you" in page
    submit(maria, hits[1], 90)
    page = maria.get("/").text
    assert "40 seconds" in page
    assert "Median of the latest 3 submissions" in page
    assert "$4.50 an hour" in page
    assert "30 minutes allotted" in page
    assert "2 done by you" in page


def test_a_group_that_one_has_not_worked_on_says_nothing_of_it(maria, publish):
    publish()
    assert "done by you" not in maria.get("/").text


def _worker(requester, assignment_id: str) -> str:
    assignment = requester("GetAssignment", AssignmentId=assignment_id)["Assignment"]
    return str(assignment["WorkerId"])
