"""What a worker is told, by requesters and by the marketplace itself."""

from __future__ import annotations

import pytest

from crowdbroker.marketplace import inbox
from crowdbroker.marketplace.payouts import pay_out, reverse


@pytest.fixture
def ann(desk):
    return desk.worker()


def subjects(desk, worker_id, **asked) -> list[str]:
    return [letter.subject for letter in inbox.read_inbox(desk.market, worker_id, **asked).letters]


def test_an_inbox_begins_empty(desk, ann):
    assert inbox.read_inbox(desk.market, ann) == inbox.Inbox([], 0)
    assert inbox.unread(desk.market, ann) == 0


def test_a_requesters_message_is_shown_with_the_name(desk, ann):
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit(), ann))
    desk.client.notify_workers(WorkerIds=[ann], Subject="Thank you", MessageText="More on Monday.")
    (letter,) = inbox.read_inbox(desk.market, ann).letters
    assert (letter.requester, letter.subject, letter.text) == ("Requester", "Thank you", "More on Monday.")
    assert (letter.link, letter.sent_at, letter.is_new) == ("", desk.clock.now, True)


def test_a_refusal_and_its_end_are_told_with_the_reason(desk, ann):
    place = desk.done(desk.hit(), ann)
    desk.client.reject_assignment(AssignmentId=place, RequesterFeedback="It is a dog.")
    (letter,) = inbox.read_inbox(desk.market, ann).letters
    assert letter.subject == "Refused: Name the animal"
    assert "The requester writes: It is a dog." in letter.text
    assert (letter.requester, letter.link) == ("", f"/done/{place}")
    desk.clock.move(hours=1)
    desk.client.approve_assignment(AssignmentId=place, OverrideRejection=True)
    newest = inbox.read_inbox(desk.market, ann).letters[0]
    assert newest.subject == "Approved after all: Name the animal"
    assert "$0.05 are yours" in newest.text


def test_bonuses_payouts_and_revocations_are_told(desk, ann):
    place = desk.done(desk.hit(), ann)
    desk.client.approve_assignment(AssignmentId=place)
    desk.client.send_bonus(WorkerId=ann, AssignmentId=place, BonusAmount="1.20", Reason="Very careful")
    desk.clock.move(minutes=1)
    pay_out(desk.market, "may")
    desk.clock.move(minutes=1)
    reverse(desk.market, "may", ann, "The account is closed")
    made = desk.client.create_qualification_type(
        Name="Birds", Description="Knows birds", QualificationTypeStatus="Active"
    )
    kind = made["QualificationType"]["QualificationTypeId"]
    given = {"QualificationTypeId": kind, "WorkerId": ann}
    desk.client.associate_qualification_with_worker(**given, SendNotification=False)
    desk.clock.move(minutes=1)
    desk.client.disassociate_qualification_from_worker(**given, Reason="Guessed")
    told = inbox.read_inbox(desk.market, ann).letters
    assert [letter.subject for letter in told] == [
        "A qualification was taken back: Birds",
        "A payout came back",
        "Paid out: $1.25",
        "A bonus of $1.20",
    ]
    assert "Guessed" in told[0].text
    assert "The account is closed" in told[1].text
    assert "Very careful" in told[3].text


def test_nothing_is_told_of_a_grant_that_the_requester_keeps_quiet(desk, ann):
    made = desk.client.create_qualification_type(
        Name="Birds", Description="Knows birds", QualificationTypeStatus="Active"
    )
    kind = made["QualificationType"]["QualificationTypeId"]
    desk.client.associate_qualification_with_worker(QualificationTypeId=kind, WorkerId=ann, SendNotification=False)
    assert subjects(desk, ann) == []
    desk.client.associate_qualification_with_worker(QualificationTypeId=kind, WorkerId=ann, IntegerValue=7)
    assert subjects(desk, ann) == ["A qualification for you"]


def test_what_was_read_is_not_new_and_what_comes_later_is(desk, ann):
    for number in range(2):
        desk.client.reject_assignment(AssignmentId=desk.done(desk.hit(), ann), RequesterFeedback=f"{number}")
        desk.client.notify_workers(WorkerIds=[ann], Subject=f"Message {number}", MessageText="Read me")
        desk.clock.move(minutes=1)
    assert inbox.unread(desk.market, ann) == 4
    inbox.mark_read(desk.market, ann)
    assert inbox.unread(desk.market, ann) == 0
    desk.client.notify_workers(WorkerIds=[ann], Subject="Message 2", MessageText="Read me")
    assert inbox.unread(desk.market, ann) == 1
    assert [letter.is_new for letter in inbox.read_inbox(desk.market, ann).letters] == [True, *[False] * 4]


def test_letters_come_in_pages_and_to_nobody_else(desk, ann):
    bob = desk.worker()
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit(), ann))
    for number in range(5):
        desk.client.notify_workers(WorkerIds=[ann], Subject=f"Message {number}", MessageText="Read me")
        desk.clock.move(minutes=1)
    assert subjects(desk, ann, first=1, most=2) == ["Message 3", "Message 2"]
    assert inbox.read_inbox(desk.market, ann, first=9).total == 5
    assert subjects(desk, bob) == []
