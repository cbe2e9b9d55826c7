from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.measured import LATEST
from crowdbroker.marketplace.work_progress import (
    Pace,
    Progress,
    Refusals,
    done_by_type,
    paces,
    progress,
    refusals,
)


def submit_after(desk, clock, hit, seconds: float, worker_id: str | None = None) -> str:
    worker_id = worker_id or desk.worker()
    held = worker.accept(desk.market, worker_id, hit["HITId"])
    clock.move(seconds=seconds)
    worker.submit(desk.market, worker_id, held.assignment_id, [("animal", "cat")])
    return held.assignment_id


def test_a_newcomer_has_done_nothing(desk, clock):
    assert progress(desk.market, desk.worker(), now=clock.now) == Progress(0, 0, 0, 0, 0)
    assert done_by_type(desk.market, desk.worker()) == {}
    with pytest.raises(worker.UnknownWorker):
        progress(desk.market, "ANOBODY", now=clock.now)


def test_progress_counts_by_day_by_week_and_by_what_became_of_it(desk, clock):
    ann = desk.worker()
    clock.move(days=-3)  # Thursday; the clock stood on a Sunday
    places = [desk.done(desk.hit(AutoApprovalDelayInSeconds=2_000_000), ann) for _ in range(2)]
    clock.move(days=3)
    places.append(desk.done(desk.hit(AutoApprovalDelayInSeconds=2_000_000), ann))
    worker.accept(desk.market, ann, desk.hit()["HITId"])
    desk.done(desk.hit())
    desk.client.approve_assignment(AssignmentId=places[0])
    desk.client.reject_assignment(AssignmentId=places[1], RequesterFeedback="No animal in it.")
    seen = progress(desk.market, ann, now=clock.now)
    assert seen == Progress(today=1, this_week=3, approved=1, waiting=1, refused=1)
    assert seen.submitted == 3
    clock.move(days=1)
    assert progress(desk.market, ann, now=clock.now) == Progress(today=0, this_week=0, approved=1, waiting=1, refused=1)


def test_the_day_is_the_one_of_the_place_that_asks(desk, clock):
    ann = desk.worker()
    desk.done(desk.hit(), ann)  # 12:00 UTC on Sunday, 1 March 2026
    clock.move(hours=8)
    assert progress(desk.market, ann, now=clock.now).today == 1
    tokyo = timezone(timedelta(hours=9))
    assert progress(desk.market, ann, now=clock.now.astimezone(tokyo)).today == 0
    assert progress(desk.market, ann, now=clock.now.astimezone(tokyo)).this_week == 0


def test_the_work_of_a_group_is_counted_for_each_worker(desk):
    ann, ben = desk.worker(), desk.worker()
    first, second, other = desk.hit(), desk.hit(MaxAssignments=2), desk.hit(Title="Another group")
    for hit in (first, second, other):
        desk.done(hit, ann)
    worker.accept(desk.market, ben, second["HITId"])
    assert done_by_type(desk.market, ann) == {first["HITTypeId"]: 2, other["HITTypeId"]: 1}
    assert done_by_type(desk.market, ben) == {}


def test_the_pace_is_a_median_from_three_submissions_on(desk, clock):
    hit = desk.hit(MaxAssignments=5)
    kind = hit["HITTypeId"]
    for seconds in (10, 500):
        submit_after(desk, clock, hit, seconds)
        assert paces(desk.market, [kind]) == {}
    submit_after(desk, clock, hit, 36)
    assert paces(desk.market, [kind]) == {kind: Pace(3, 36.0)}
    submit_after(desk, clock, hit, 40)
    assert paces(desk.market, [kind]) == {kind: Pace(4, 38.0)}


def test_only_the_groups_that_are_asked_for_are_measured(desk, clock):
    hits = [desk.hit(Title=title, MaxAssignments=3) for title in ("One", "Two", "Three")]
    for number, hit in enumerate(hits, 1):
        for _ in range(3):
            submit_after(desk, clock, hit, 10 * number)
    kinds = [hit["HITTypeId"] for hit in hits]
    assert paces(desk.market, kinds[:2]) == {kinds[0]: Pace(3, 10.0), kinds[1]: Pace(3, 20.0)}
    assert paces(desk.market, []) == {}


def test_what_was_returned_or_is_held_has_no_pace(desk, clock):
    hit = desk.hit(MaxAssignments=5)
    for _ in range(3):
        held = worker.accept(desk.market, ann := desk.worker(), hit["HITId"])
        worker.give_back(desk.market, ann, held.assignment_id)
        worker.accept(desk.market, desk.worker(), hit["HITId"])
    assert paces(desk.market, [hit["HITTypeId"]]) == {}


def test_the_pace_follows_the_latest_submissions(desk, clock):
    hit = desk.hit(MaxAssignments=2 * LATEST, LifetimeInSeconds=30_000_000)
    for seconds in [100] * (LATEST // 2 + 2) + [10] * LATEST:
        submit_after(desk, clock, hit, seconds)
    assert paces(desk.market, [hit["HITTypeId"]]) == {hit["HITTypeId"]: Pace(LATEST, 10.0)}


def test_an_hour_at_a_pace_is_money():
    assert Pace(3, 40.0).hourly_cents(5) == 450
    assert Pace(3, 7.0).hourly_cents(1) == 514


def test_answers_faster_than_a_second_do_not_divide_by_nothing(desk):
    hit = desk.hit(MaxAssignments=3)
    for _ in range(3):
        desk.done(hit)
    assert paces(desk.market, [hit["HITTypeId"]]) == {hit["HITTypeId"]: Pace(3, 1.0)}


def test_a_requester_is_known_by_how_often_work_was_refused(desk):
    assert refusals(desk.market, ["A0DEFAULTOWNER"]) == {}
    places = [desk.done(desk.hit()) for _ in range(4)]
    assert refusals(desk.market, ["A0DEFAULTOWNER"]) == {}
    desk.client.approve_assignment(AssignmentId=places[0])
    for place in places[1:3]:
        desk.client.reject_assignment(AssignmentId=place, RequesterFeedback="No animal in it.")
    assert refusals(desk.market, ["A0DEFAULTOWNER"]) == {"A0DEFAULTOWNER": Refusals(3, 2)}
    desk.client.approve_assignment(AssignmentId=places[1], OverrideRejection=True)
    desk.clock.move(days=2)  # the last one is approved by the clock
    worker.earnings(desk.market, desk.worker())
    seen = refusals(desk.market, ["A0DEFAULTOWNER", "ANOBODY"])
    assert seen == {"A0DEFAULTOWNER": Refusals(4, 1)}
    assert seen["A0DEFAULTOWNER"].percent == 25.0
