"""A worker's words against a refusal."""

from __future__ import annotations

import pytest

from crowdbroker.marketplace.appeals import LONGEST, appeal, appeal_of, appeals
from crowdbroker.marketplace.worker import NotAppealable


@pytest.fixture
def ann(desk):
    return desk.worker()


@pytest.fixture
def refused(desk, ann):
    place = desk.done(desk.hit(LifetimeInSeconds=30_000_000, MaxAssignments=2), ann)
    desk.client.reject_assignment(AssignmentId=place, RequesterFeedback="It is a dog.")
    return place


def test_an_appeal_reaches_whoever_can_take_the_refusal_back(desk, ann, refused):
    appeal(desk.market, ann, refused, "  Look at the ears: a cat.\n")
    (found,) = appeals(desk.market)
    assert (found.assignment_id, found.worker_id, found.text) == (refused, ann, "Look at the ears: a cat.")
    assert (found.title, found.requester, found.feedback) == ("Name the animal", "Requester", "It is a dog.")
    assert found.status == "Rejected"
    assert (found.open_until - desk.clock.now).days == 30
    desk.client.approve_assignment(AssignmentId=refused, OverrideRejection=True)
    assert appeals(desk.market)[0].status == "Approved"
    assert appeals(desk.market, requester_id="ANOBODY") == []


def test_only_the_worker_reads_it_again(desk, ann, refused):
    assert appeal_of(desk.market, ann, refused) is None
    appeal(desk.market, ann, refused, "A cat.")
    assert appeal_of(desk.market, ann, refused) == "A cat."
    assert appeal_of(desk.market, desk.worker(), refused) is None


@pytest.mark.parametrize("text", ["", "  \n", "x" * (LONGEST + 1)])
def test_words_are_needed_and_not_too_many(desk, ann, refused, text):
    with pytest.raises(NotAppealable, match="up to 2000 characters"):
        appeal(desk.market, ann, refused, text)


def test_one_appeals_once_and_only_what_is_ones_own_and_refused(desk, ann, refused):
    waiting = desk.done(desk.hit(), ann)
    for who, place in ((desk.worker(), refused), (ann, waiting), (ann, "3NOSUCH")):
        with pytest.raises(NotAppealable, match="not one of yours"):
            appeal(desk.market, who, place, "A cat.")
    appeal(desk.market, ann, refused, "A cat.")
    with pytest.raises(NotAppealable, match="before"):
        appeal(desk.market, ann, refused, "A cat, really.")


def test_thirty_days_after_submission_it_is_too_late(desk, ann, refused):
    desk.clock.move(days=30, seconds=1)
    with pytest.raises(NotAppealable, match="30 days"):
        appeal(desk.market, ann, refused, "A cat.")
    assert appeals(desk.market) == []
