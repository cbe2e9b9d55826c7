from __future__ import annotations

from datetime import timedelta

import pytest

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.worker import (
    AlreadyDone,
    EmptyAnswer,
    NotHeld,
    NothingLeft,
    QueueFull,
    TooLate,
    UnknownWorker,
    WorkError,
)

EXTERNAL = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://example.org/?a=1&amp;b=2</ExternalURL>'
    "<FrameHeight>0</FrameHeight></ExternalQuestion>"
)


def test_groups_say_what_the_work_is_newest_first(desk):
    first = desk.hit(MaxAssignments=3)
    desk.hit()
    desk.clock.move(minutes=1)
    newer = desk.hit(Title="Count birds", Reward="0.10", LifetimeInSeconds=7200)
    found = worker.groups(desk.market, desk.worker())
    assert [group.hit_type_id for group in found] == [newer["HITTypeId"], first["HITTypeId"]]
    assert [group.available for group in found] == [1, 2]
    group = found[0]
    assert (group.title, group.reward_cents, group.duration_s, group.requester) == ("Count birds", 10, 600, "Requester")
    assert (group.qualified, group.created_at) == (True, desk.clock.now)
    assert group.expires_at == desk.clock.now + timedelta(hours=2)


@pytest.mark.parametrize(("search", "count"), [("BIRD", 1), ("  picture ", 2), ("image", 2), ("%", 0), ("", 2)])
def test_groups_are_searched_by_text_in_any_case(desk, search, count):
    desk.hit()
    desk.hit(Title="Count birds")
    assert len(worker.groups(desk.market, desk.worker(), search=search)) == count


def test_a_group_counts_only_what_this_worker_can_still_take(desk):
    hits = [desk.hit(MaxAssignments=2) for _ in range(3)]
    ann = desk.worker()
    desk.done(hits[0], ann)
    worker.accept(desk.market, ann, hits[1]["HITId"])
    assert worker.groups(desk.market, ann)[0].available == 1
    assert worker.groups(desk.market, desk.worker())[0].available == 3
    desk.done(hits[2], ann)
    assert worker.groups(desk.market, ann) == []


def test_browsing_gives_the_oldest_first_without_what_was_taken(desk):
    hits = [desk.hit(MaxAssignments=2)["HITId"] for _ in range(4)]
    ann = desk.worker()
    worker.accept(desk.market, ann, hits[1])
    kind = worker.groups(desk.market, ann)[0].hit_type_id
    seen = list(worker.browse(desk.market, ann, kind))
    assert [one.hit_id for one in seen] == [hits[0], hits[2], hits[3]]
    assert (seen[0].html, seen[0].external_url, seen[0].frame_height) == ("<p>Which animal?</p>", None, 450)


def test_browsing_goes_on_over_many_hits(desk, monkeypatch):
    monkeypatch.setattr("crowdbroker.marketplace.work_offers.BROWSE_AT_ONCE", 2)
    hits = [desk.hit()["HITId"] for _ in range(5)]
    ann = desk.worker()
    seen = []
    for one in worker.browse(desk.market, ann, worker.groups(desk.market, ann)[0].hit_type_id):
        worker.accept(desk.market, ann, one.hit_id)
        seen.append(one.hit_id)
    assert seen == hits


def test_an_external_question_is_previewed_by_its_address(desk):
    hit = desk.hit(Question=EXTERNAL)
    seen = worker.preview(desk.market, desk.worker(), hit["HITId"])
    assert (seen.html, seen.external_url) == (None, "https://example.org/?a=1&b=2")


def test_accepting_moves_the_counters_and_the_queue(desk):
    hit, ann = desk.hit(MaxAssignments=2), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    assert (held.worker_id, held.hit_id, held.reward_cents) == (ann, hit["HITId"], 5)
    assert held.deadline == desk.clock.now + timedelta(minutes=10)
    assert worker.held(desk.market, ann) == [held] == [worker.get_held(desk.market, ann, held.assignment_id)]
    shown = desk.look(hit)
    assert (shown["HITStatus"], shown["NumberOfAssignmentsPending"], shown["NumberOfAssignmentsAvailable"]) == (
        "Assignable",
        1,
        1,
    )
    worker.accept(desk.market, desk.worker(), hit["HITId"])
    assert desk.look(hit)["HITStatus"] == "Unassignable"


def test_the_next_one_is_the_oldest_of_the_group(desk):
    hits = [desk.hit(MaxAssignments=2)["HITId"] for _ in range(2)]
    ann = desk.worker()
    kind = worker.groups(desk.market, ann)[0].hit_type_id
    assert [worker.accept_next(desk.market, ann, kind).hit_id for _ in range(2)] == hits
    with pytest.raises(NothingLeft):
        worker.accept_next(desk.market, ann, kind)
    with pytest.raises(NothingLeft):
        worker.accept_next(desk.market, ann, "3NOSUCH")


def test_a_worker_has_one_place_of_a_hit(desk):
    hit, ann = desk.hit(MaxAssignments=3), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    with pytest.raises(AlreadyDone):
        worker.accept(desk.market, ann, hit["HITId"])
    worker.submit(desk.market, ann, held.assignment_id, [("a", "b")])
    with pytest.raises(AlreadyDone):
        worker.accept(desk.market, ann, hit["HITId"])


def test_a_worker_may_take_a_hit_again_after_giving_it_back(desk):
    hit, ann = desk.hit(), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    worker.give_back(desk.market, ann, held.assignment_id)
    assert desk.look(hit)["HITStatus"] == "Assignable"
    assert worker.accept(desk.market, ann, hit["HITId"]).assignment_id == held.assignment_id


def test_an_assignment_id_passes_to_another_worker_after_a_return(desk):
    hit, ann, bob = desk.hit(), desk.worker(), desk.worker()
    first = worker.accept(desk.market, ann, hit["HITId"])
    worker.give_back(desk.market, ann, first.assignment_id)
    desk.clock.move(minutes=5)
    second = worker.accept(desk.market, bob, hit["HITId"])
    assert second.assignment_id == first.assignment_id
    assert second.accepted_at == desk.clock.now
    with pytest.raises(NotHeld):
        worker.submit(desk.market, ann, first.assignment_id, [("a", "b")])
    worker.submit(desk.market, bob, second.assignment_id, [("a", "b")])
    shown = desk.client.get_assignment(AssignmentId=first.assignment_id)["Assignment"]
    assert shown["WorkerId"] == bob
    assert desk.problems() == []


def test_the_queue_has_an_end(desk):
    ann = desk.worker()
    hits = [desk.hit()["HITId"] for _ in range(worker.MOST_HELD + 1)]
    for hit_id in hits[:-1]:
        worker.accept(desk.market, ann, hit_id)
    with pytest.raises(QueueFull):
        worker.accept(desk.market, ann, hits[-1])
    worker.give_back(desk.market, ann, worker.held(desk.market, ann)[0].assignment_id)
    worker.accept(desk.market, ann, hits[-1])


def test_only_the_holder_hands_in_and_only_once(desk):
    hit, ann, bob = desk.hit(MaxAssignments=2), desk.worker(), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    answer = [("assignmentId", held.assignment_id), ("animal", "cat")]
    for thief, place in ((bob, held.assignment_id), (ann, "3NOSUCH")):
        with pytest.raises(NotHeld):
            worker.submit(desk.market, thief, place, answer)
    worker.submit(desk.market, ann, held.assignment_id, answer)
    for call in (
        lambda: worker.submit(desk.market, ann, held.assignment_id, [("animal", "dog")]),
        lambda: worker.give_back(desk.market, ann, held.assignment_id),
        lambda: worker.get_held(desk.market, ann, held.assignment_id),
    ):
        with pytest.raises(AlreadyDone):
            call()
    assert "cat" in desk.client.get_assignment(AssignmentId=held.assignment_id)["Assignment"]["Answer"]


def test_an_answer_without_a_field_is_refused_and_the_place_kept(desk):
    hit, ann = desk.hit(), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    with pytest.raises(EmptyAnswer):
        worker.submit(desk.market, ann, held.assignment_id, [("assignmentId", held.assignment_id)])
    assert worker.held(desk.market, ann) == [held]


def test_work_handed_in_at_the_deadline_is_too_late_and_the_worker_is_told(desk):
    hit, ann = desk.hit(), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    desk.clock.move(minutes=10)
    for call in (worker.give_back, worker.get_held):
        with pytest.raises(TooLate):
            call(desk.market, ann, held.assignment_id)
    with pytest.raises(TooLate):
        worker.submit(desk.market, ann, held.assignment_id, [("a", "b")])
    assert worker.held(desk.market, ann) == []
    assert desk.client.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"] == []


def test_nothing_is_left_of_an_expired_or_full_or_unknown_hit(desk):
    full, expired = desk.hit(LifetimeInSeconds=7200), desk.hit()
    desk.clock.move(hours=1)
    worker.accept(desk.market, desk.worker(), full["HITId"])
    for hit_id in (full["HITId"], expired["HITId"], "3NOSUCH"):
        for look in (worker.accept, worker.preview):
            with pytest.raises(NothingLeft):
                look(desk.market, desk.worker(), hit_id)


def test_earnings_and_history_tell_the_whole_story(desk):
    ann = desk.worker()
    approved, rejected, waiting = (desk.done(desk.hit(Reward=f"0.{n}0"), ann) for n in (1, 2, 3))
    desk.client.approve_assignment(AssignmentId=approved, RequesterFeedback="Fine")
    desk.client.reject_assignment(AssignmentId=rejected, RequesterFeedback="Blank")
    desk.client.send_bonus(WorkerId=ann, AssignmentId=approved, BonusAmount="1.00", Reason="fast")
    assert worker.earnings(desk.market, ann) == worker.Earnings(10, 30, 1, 100, decided_s=0.0, owed_cents=110)
    past = {one.assignment_id: one for one in worker.history(desk.market, ann)}
    assert {key: one.status for key, one in past.items()} == {
        approved: "Approved",
        rejected: "Rejected",
        waiting: "Submitted",
    }
    assert past[approved].feedback == "Fine"
    assert past[waiting].decides_at == desk.clock.now + timedelta(days=1)
    assert past[waiting].decided_at is None
    assert past[rejected].decided_at == desk.clock.now


@pytest.mark.parametrize("call", [worker.groups, worker.held, worker.earnings, worker.history])
def test_an_unknown_worker_is_told_so(desk, call):
    with pytest.raises(UnknownWorker):
        call(desk.market, "A1NOBODY")


def test_a_worker_may_bring_an_id_once(desk):
    assert desk.worker(worker_id="A1BROUGHT") == "A1BROUGHT"
    with pytest.raises(WorkError, match="taken"):
        desk.worker(worker_id="A1BROUGHT")
    for details in ({"worker_id": "lower"}, {"worker_id": "B1"}, {"country": "Germany"}):
        with pytest.raises(WorkError):
            desk.worker(**details)
