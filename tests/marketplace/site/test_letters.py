"""The inbox page and the count of what is new in it."""

from __future__ import annotations

import re

import pytest
from webclient import Browser, attribute

from crowdbroker.marketplace import worker

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def worker_id(maria: Browser) -> str:
    return attribute(maria.get("/").text, r"Your WorkerId is (\w+)")


@pytest.fixture
def refuse(market, publish, requester, worker_id):
    """Maria hands in a HIT and it is refused; returns the AssignmentId."""

    def one(reason: str = "It is unfriendly.", **changes: object) -> str:
        held = worker.accept(market, worker_id, publish(**changes))
        worker.submit(market, worker_id, held.assignment_id, [("tone", "friendly")])
        requester("RejectAssignment", AssignmentId=held.assignment_id, RequesterFeedback=reason)
        return held.assignment_id

    return one


def new_count(browser: Browser, address: str = "/") -> str:
    found = re.search(r'class="new-count">(\d+)<', browser.get(address).text)
    return found[1] if found else ""


def test_an_empty_inbox_says_what_will_come(maria):
    page = maria.get("/inbox").text
    assert "Nobody has written yet." in page
    assert new_count(maria) == ""


def test_new_letters_are_counted_on_every_page_until_they_were_shown(maria, refuse, clock):
    refuse()
    clock.forward(minutes=3)
    assert (new_count(maria), new_count(maria, "/queue")) == ("1", "1")
    page = maria.get("/inbox").text
    assert "Refused: Is this comment friendly?" in page
    assert "The requester writes: It is unfriendly." in page
    assert '<span class="mark">new</span>' in page
    assert "3 minutes ago" in page
    again = maria.get("/inbox").text
    assert '<span class="mark">new</span>' not in again
    assert new_count(maria) == ""


def test_what_others_write_is_text(maria, refuse, requester, worker_id):
    refuse(HOSTILE, Title=HOSTILE)
    requester("NotifyWorkers", WorkerIds=[worker_id], Subject=HOSTILE, MessageText=HOSTILE)
    page = maria.get("/inbox").text
    assert page.count("&lt;img src=x") == 4 + 1  # subject twice, with its link's name; text twice
    assert "<img" not in page


def test_long_inboxes_come_in_pages(maria, refuse, requester, worker_id):
    refuse()
    for number in range(26):
        requester("NotifyWorkers", WorkerIds=[worker_id], Subject=f"Message {number}", MessageText="Read me")
    first, second = maria.get("/inbox").text, maria.get("/inbox?page=2").text
    assert "27 letters" in first
    assert "Page 1 of 2" in first
    assert second.count("<h2>") == 2
    assert "There are no more letters." in maria.get("/inbox?page=9").text


def test_a_refusal_is_written_for_a_person_and_can_be_appealed(maria, refuse):
    place = refuse("It says <b>thanks</b>.")
    page = maria.get(f"/done/{place}").text
    assert "<h1>Refused</h1>" in page
    assert "It says &lt;b&gt;thanks&lt;/b&gt;." in page
    assert "The refusal can be taken back until" in page
    empty = maria.send_form(f"/done/{place}", f"/done/{place}/appeal", words="  ")
    assert empty.status == 422
    assert "Write what the requester should know" in empty.text
    sent = maria.send_form(f"/done/{place}", f"/done/{place}/appeal", words=f"Thanks is friendly. {HOSTILE}")
    page = maria.follow(sent).text
    assert "Your words are kept for the requester." in page
    assert "Thanks is friendly. &lt;img" in page
    assert "<textarea" not in page
    again = maria.post(sent.location.replace("?said=appealed", "/appeal"), {"words": "More"})
    assert again.status == 403  # without the form's token


def test_after_thirty_days_the_page_says_that_it_is_too_late(maria, refuse, clock):
    place = refuse()
    clock.forward(days=31)
    maria.send_form("/sign-in", "/sign-in", name="Maria", password="four easy words")
    page = maria.get(f"/done/{place}").text
    assert "more than 30 days ago" in page
    assert "<textarea" not in page


def test_another_workers_refusal_is_nobody_elses_business(maria, newcomer, refuse):
    place = refuse()
    noor = newcomer("Noor")
    assert noor.get(f"/done/{place}").status == 303
    assert noor.send_form("/", f"/done/{place}/appeal", words="Mine!").status == 404


def test_letters_that_were_not_shown_stay_new(maria, refuse):
    refuse()
    assert '<span class="mark">new</span>' not in maria.get("/inbox?page=9").text
    assert new_count(maria) == "1"
    assert '<span class="mark">new</span>' in maria.get("/inbox").text
    assert new_count(maria) == ""
