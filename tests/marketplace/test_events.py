"""Which moves are told of, to whom, and when they say they happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.events import PING
from crowdbroker.marketplace.notifications.documents import VERSION
from crowdbroker.marketplace.shapes import EventType
from crowdbroker.marketplace.times import from_ms

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/events"
ALL = [name for name in EventType.__args__ if name != PING]


@pytest.fixture
def listen(desk):
    """Return a function that asks for the events of a HIT's type, all kinds or some."""

    def ask(hit, *kinds, **changes):
        specification = {
            "Destination": QUEUE,
            "Transport": "SQS",
            "Version": VERSION,
            "EventTypes": list(kinds) or ALL,
        }
        desk.client.update_notification_settings(HITTypeId=hit["HITTypeId"], Notification=specification, **changes)

    return ask


@pytest.fixture
def heard(desk):
    """Return a function that gives the events so far, in order, as rows."""

    def events():
        with desk.market.read() as session:
            return session.exec(select(EventRow).order_by(col(EventRow.seq))).all()

    return events


@pytest.fixture
def told(heard):
    """Return a function that gives the kinds of the events so far."""
    return lambda: [event.event_type for event in heard()]


@pytest.fixture
def quiet_hit(desk, listen):
    """A HIT with two places, of a type whose events are all wanted; its own creation went unheard."""
    hit = desk.hit(MaxAssignments=2)
    listen(hit)
    return hit


def test_nothing_is_stored_for_a_type_that_nobody_listens_to(desk, told):
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit()))
    assert told() == []


def test_a_hit_from_creation_to_disposal(desk, quiet_hit, told):
    hit = desk.hit(MaxAssignments=2)
    first, second = desk.done(hit), desk.done(hit)
    desk.client.approve_assignment(AssignmentId=first)
    desk.client.reject_assignment(AssignmentId=second, RequesterFeedback="no")
    desk.client.approve_assignment(AssignmentId=second, OverrideRejection=True)
    desk.client.delete_hit(HITId=hit["HITId"])
    assert told() == [
        "HITCreated",
        "AssignmentAccepted",
        "AssignmentSubmitted",
        "AssignmentAccepted",
        "AssignmentSubmitted",
        "HITReviewable",
        "AssignmentApproved",
        "AssignmentRejected",
        "AssignmentApproved",
        "HITDisposed",
    ]


def test_an_event_says_what_it_is_about(desk, quiet_hit, heard):
    who = desk.worker()
    held = worker.accept(desk.market, who, quiet_hit["HITId"])
    event = heard()[0]
    assert (event.hit_type_id, event.hit_id) == (quiet_hit["HITTypeId"], quiet_hit["HITId"])
    assert (event.assignment_id, event.worker_id) == (held.assignment_id, who)
    assert from_ms(event.at_ms) == desk.clock.now
    assert (event.destination, event.transport, event.version) == (QUEUE, "SQS", VERSION)
    desk.client.update_expiration_for_hit(HITId=quiet_hit["HITId"], ExpireAt=0)
    assert heard()[1].assignment_id is None


def test_returned_and_abandoned_work_still_names_its_worker(desk, quiet_hit, heard):
    ann, bob = desk.worker(), desk.worker()
    held = worker.accept(desk.market, ann, quiet_hit["HITId"])
    worker.give_back(desk.market, ann, held.assignment_id)
    worker.accept(desk.market, bob, quiet_hit["HITId"])
    deadline = desk.clock.now + timedelta(minutes=10)
    desk.clock.move(minutes=30)
    desk.balance()
    events = heard()
    assert [(event.event_type, event.worker_id) for event in events] == [
        ("AssignmentAccepted", ann),
        ("AssignmentReturned", ann),
        ("AssignmentAccepted", bob),
        ("AssignmentAbandoned", bob),
    ]
    assert from_ms(events[-1].at_ms) == deadline


def test_only_the_kinds_that_were_asked_for_are_stored(desk, listen, told):
    hit = desk.hit()
    listen(hit, "HITReviewable", "AssignmentApproved")
    desk.client.approve_assignment(AssignmentId=desk.done(hit))
    assert told() == ["HITReviewable", "AssignmentApproved"]


def test_an_inactive_specification_hears_nothing_until_it_is_switched_on(desk, listen, told):
    hit = desk.hit(MaxAssignments=3)
    listen(hit, Active=False)
    desk.done(hit)
    assert told() == []
    desk.client.update_notification_settings(HITTypeId=hit["HITTypeId"], Active=True)
    desk.done(hit)
    desk.client.update_notification_settings(HITTypeId=hit["HITTypeId"], Active=False)
    desk.done(hit)
    assert told() == ["AssignmentAccepted", "AssignmentSubmitted"]


def test_a_hit_that_changes_its_type_is_told_of_to_the_new_ones_listener(desk, quiet_hit, told):
    other = desk.hit(Title="Another")
    desk.client.update_hit_type_of_hit(HITId=other["HITId"], HITTypeId=quiet_hit["HITTypeId"])
    desk.done(other)
    assert told()[0] == "AssignmentAccepted"


@pytest.mark.parametrize("done", [0, 1])
def test_a_hit_that_ends_before_all_is_submitted_expires(desk, quiet_hit, heard, done):
    for _ in range(done):
        desk.done(quiet_hit)
    before = len(heard())
    desk.clock.move(minutes=90)
    desk.balance()
    expired, reviewable = heard()[before:]
    assert (expired.event_type, reviewable.event_type) == ("HITExpired", "HITReviewable")
    assert from_ms(expired.at_ms) == desk.clock.now - timedelta(minutes=30)
    desk.clock.move(minutes=90)
    desk.balance()
    assert len(heard()) == before + 2


def test_a_hit_whose_work_is_all_submitted_does_not_expire(desk, quiet_hit, told):
    desk.done(quiet_hit)
    desk.done(quiet_hit)
    desk.client.update_expiration_for_hit(HITId=quiet_hit["HITId"], ExpireAt=0)
    desk.clock.move(hours=2)
    desk.balance()
    assert "HITExpired" not in told()


def test_ending_a_hit_by_hand_tells_of_it_once(desk, quiet_hit, told):
    for moment in (0, 1):
        desk.client.update_expiration_for_hit(HITId=quiet_hit["HITId"], ExpireAt=moment)
    assert told() == ["HITExpired", "HITReviewable"]


def test_a_hit_that_expires_while_somebody_works_becomes_reviewable_later(desk, quiet_hit, told):
    who = desk.worker()
    desk.clock.move(minutes=55)
    held = worker.accept(desk.market, who, quiet_hit["HITId"])
    desk.clock.move(minutes=6)
    desk.balance()
    assert told() == ["AssignmentAccepted", "HITExpired"]
    worker.submit(desk.market, who, held.assignment_id, [("animal", "cat")])
    assert told()[2:] == ["AssignmentSubmitted", "HITReviewable"]


def test_a_hit_that_expires_and_is_abandoned_in_one_sweep_is_told_of_in_full(desk, quiet_hit, told):
    desk.clock.move(minutes=55)
    for _ in range(2):
        worker.accept(desk.market, desk.worker(), quiet_hit["HITId"])
    desk.clock.move(hours=5)
    desk.balance()
    assert sorted(told()[2:]) == ["AssignmentAbandoned", "AssignmentAbandoned", "HITExpired", "HITReviewable"]


def test_work_that_approves_itself_is_told_of_at_its_time(desk, quiet_hit, heard):
    desk.done(quiet_hit)
    decides = desk.clock.now + timedelta(days=1)
    desk.clock.move(days=3)
    desk.balance()
    approved = next(event for event in heard() if event.event_type == "AssignmentApproved")
    assert from_ms(approved.at_ms) == decides


def test_an_extension_is_told_of_by_places_and_by_time(desk, quiet_hit, told):
    desk.client.create_additional_assignments_for_hit(HITId=quiet_hit["HITId"], NumberOfAdditionalAssignments=1)
    later = desk.clock.now + timedelta(hours=9)
    desk.client.update_expiration_for_hit(HITId=quiet_hit["HITId"], ExpireAt=later)
    sooner = desk.clock.now + timedelta(hours=1)
    desk.client.update_expiration_for_hit(HITId=quiet_hit["HITId"], ExpireAt=sooner)
    assert told() == ["HITExtended", "HITExtended"]


def test_a_finished_hit_is_disposed_of_by_itself_and_told_of(desk, quiet_hit, told):
    desk.clock.move(days=130)
    desk.balance()
    desk.balance()
    assert told() == ["HITExpired", "HITReviewable"]
    desk.clock.move(days=120)
    desk.balance()
    assert told()[2:] == ["HITDisposed"]


def test_a_refused_call_leaves_no_event(desk, quiet_hit, told):
    desk.refusal(desk.client.delete_hit, HITId=quiet_hit["HITId"])
    desk.refusal(desk.hit, MaxAssignments=1_000_000, Reward="900.00")
    assert told() == []


def test_a_policys_decisions_are_told_of_like_the_requesters(desk, listen, told):
    entries = [{"Key": "animal", "Values": ["cat"]}]
    policy = {
        "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
        "Parameters": [
            {"Key": "AnswerKey", "MapEntries": entries},
            {"Key": "RejectIfKnownAnswerScoreIsLessThan", "Values": ["100"]},
            {"Key": "ExtendIfKnownAnswerScoreIsLessThan", "Values": ["100"]},
        ],
    }
    hit = desk.hit(AssignmentReviewPolicy=policy)
    listen(hit)
    desk.done(hit, text="dog")
    assert told() == ["AssignmentAccepted", "AssignmentSubmitted", "AssignmentRejected", "HITExtended"]
    assert desk.look(hit)["HITStatus"] == "Assignable"
