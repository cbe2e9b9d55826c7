from __future__ import annotations

from datetime import timedelta

import pytest
from exams import EXAM, KEYLESS, PLAIN, TESTED, fill
from sqlmodel import select

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.qualification_tables import QualificationRequestRow
from crowdbroker.marketplace.tables import QualificationTypeRow

RIGHT = fill(EXAM, move="D", fruit="apples+pears", why="Because")


@pytest.fixture
def make(desk):
    def one(**changes):
        made = desk.client.create_qualification_type(**(PLAIN | changes))
        return made["QualificationType"]["QualificationTypeId"]

    return one


@pytest.fixture
def ann(desk):
    return desk.worker()


def request(desk, who, type_id):
    return worker.request_qualification(desk.market, who, type_id)


def test_a_type_that_grants_itself_is_granted_at_once(desk, make, ann):
    seen = request(desk, ann, make(AutoGranted=True, AutoGrantedValue=7))
    assert (seen.value, seen.since, seen.state, seen.last.state) == (7, desk.clock.now, "held", "Granted")
    assert [one.value for one in worker.qualifications(desk.market, ann)] == [7]
    with pytest.raises(worker.NotRequestable, match="already have"):
        request(desk, ann, seen.type_id)


def test_a_plain_request_waits_and_asking_again_changes_nothing(desk, make, ann):
    type_id = make()
    first, again = request(desk, ann, type_id), request(desk, ann, type_id)
    assert first == again
    assert (first.state, first.value, first.last.state) == ("waiting", None, "Submitted")
    assert len(desk.client.list_qualification_requests()["QualificationRequests"]) == 1


def test_a_plain_request_that_is_withdrawn_may_be_made_again(desk, make, ann):
    type_id = make()
    worker.withdraw_request(desk.market, ann, request(desk, ann, type_id).request_id)
    assert desk.client.list_qualification_requests()["QualificationRequests"] == []
    seen = worker.qualification(desk.market, ann, type_id)
    assert (seen.state, seen.last.state) == ("now", "Withdrawn")
    assert request(desk, ann, type_id).state == "waiting"


@pytest.mark.parametrize("seconds", [10**12, 2**62])
def test_a_delay_or_duration_that_was_stored_when_there_was_no_limit_breaks_no_page(desk, make, ann, seconds):
    plain, tested = make(), make(**(TESTED | {"Name": "B", "RetryDelayInSeconds": 60}))
    with desk.market.write() as session:
        for row in session.exec(select(QualificationTypeRow)).all():
            row.retry_delay_s = seconds
            row.test_duration_s = seconds if row.id == tested else None
    year = desk.clock.now + timedelta(days=365)
    taken = request(desk, ann, tested)
    assert (taken.state, taken.at) == ("testing", year)
    with desk.market.write() as session:
        row = session.exec(select(QualificationRequestRow)).one()
        row.deadline_ms = 2**62
    assert len(worker.requestable(desk.market, ann)) == 2
    worker.withdraw_request(desk.market, ann, taken.request_id)
    assert worker.qualification(desk.market, ann, tested).at == year
    asked = request(desk, ann, plain)
    desk.client.reject_qualification_request(QualificationRequestId=asked.request_id)
    assert worker.qualification(desk.market, ann, plain).at == year


def test_a_test_with_a_key_is_graded_and_granted_at_once(desk, make, ann):
    taken = request(desk, ann, make(**TESTED))
    assert (taken.state, taken.at.timestamp()) == ("testing", desk.clock.now.timestamp() + 600)
    desk.clock.move(seconds=599)
    seen = worker.submit_test(desk.market, ann, taken.request_id, RIGHT)
    assert (seen.value, seen.since, seen.last.state) == (100, desk.clock.now, "Granted")
    assert desk.client.list_qualification_requests()["QualificationRequests"] == []
    score = desk.client.get_qualification_score(QualificationTypeId=taken.type_id, WorkerId=ann)
    assert score["Qualification"]["IntegerValue"] == 100


def test_a_wrong_answer_is_granted_its_value_too(desk, make, ann):
    taken = request(desk, ann, make(**TESTED))
    assert worker.submit_test(desk.market, ann, taken.request_id, fill(EXAM, move="D", fruit="coal")).value == -100


def test_a_test_without_a_key_waits_for_the_requester_with_its_answers(desk, make, ann):
    taken = request(desk, ann, make(**KEYLESS))
    seen = worker.submit_test(desk.market, ann, taken.request_id, RIGHT)
    assert (seen.state, seen.value) == ("waiting", None)
    (asked,) = desk.client.list_qualification_requests()["QualificationRequests"]
    assert (asked["Test"], "<FreeText>Because</FreeText>" in asked["Answer"]) == (EXAM, True)
    desk.client.accept_qualification_request(QualificationRequestId=asked["QualificationRequestId"], IntegerValue=90)
    assert worker.qualification(desk.market, ann, taken.type_id).value == 90


def test_a_missing_answer_is_told_and_the_test_goes_on(desk, make, ann):
    taken = request(desk, ann, make(**TESTED))
    with pytest.raises(worker.Incomplete) as caught:
        worker.submit_test(desk.market, ann, taken.request_id, fill(EXAM, fruit="apples"))
    assert [problem.identifier for problem in caught.value.problems] == ["move"]
    assert worker.get_test(desk.market, ann, taken.request_id).deadline == taken.at
    assert worker.submit_test(desk.market, ann, taken.request_id, RIGHT).value == 100


def test_an_answer_of_ones_own_beside_the_right_ones_is_one_too_many(desk, make, ann):
    first, second = EXAM.split("<QuestionIdentifier>fruit<")
    own = f"{first}<QuestionIdentifier>fruit<" + second.replace("</Selections>", "<OtherSelection/></Selections>", 1)
    taken = request(desk, ann, make(**(TESTED | {"Test": own}), RetryDelayInSeconds=0))
    more = [("answer-2", "other"), ("other-2", "plums")]
    assert worker.submit_test(desk.market, ann, taken.request_id, RIGHT + more).value == 33
    assert worker.submit_test(desk.market, ann, request(desk, ann, taken.type_id).request_id, RIGHT).value == 100


def test_after_the_deadline_nothing_is_stored_and_the_try_is_used_up(desk, make, ann):
    taken = request(desk, ann, make(**TESTED))
    desk.clock.move(seconds=600)
    for late in (
        lambda: worker.submit_test(desk.market, ann, taken.request_id, RIGHT),
        lambda: worker.get_test(desk.market, ann, taken.request_id),
        lambda: worker.withdraw_request(desk.market, ann, taken.request_id),
    ):
        with pytest.raises(worker.TooLate):
            late()
    seen = worker.qualification(desk.market, ann, taken.type_id)
    assert (seen.state, seen.last.state, seen.last.ended_at) == ("once", "Expired", taken.at)
    with pytest.raises(worker.NotRequestable, match="once only"):
        request(desk, ann, taken.type_id)


def test_a_retry_waits_for_its_delay_from_the_request_on(desk, make, ann):
    type_id = make(**TESTED, RetryDelayInSeconds=3600)
    taken = request(desk, ann, type_id)
    desk.clock.move(seconds=600)
    seen = worker.qualification(desk.market, ann, type_id)
    assert (seen.state, (seen.at - desk.clock.now).total_seconds()) == ("later", 3000)
    with pytest.raises(worker.NotRequestable, match="again later"):
        request(desk, ann, type_id)
    desk.clock.move(seconds=3000)
    again = request(desk, ann, type_id)
    assert (again.state, again.request_id != taken.request_id) == ("testing", True)
    with pytest.raises(worker.AlreadyDone):
        worker.submit_test(desk.market, ann, taken.request_id, RIGHT)


def test_a_test_may_be_taken_again_for_a_better_value_where_retries_are_allowed(desk, make, ann):
    type_id = make(**TESTED, RetryDelayInSeconds=60)
    first = worker.submit_test(desk.market, ann, request(desk, ann, type_id).request_id, fill(EXAM, move="A"))
    assert (first.value, first.state) == (0, "later")
    desk.clock.move(seconds=60)
    again = worker.submit_test(desk.market, ann, request(desk, ann, type_id).request_id, RIGHT)
    assert (again.value, again.since) == (100, desk.clock.now)
    once = make(**(TESTED | {"Name": "Once"}))
    assert worker.submit_test(desk.market, ann, request(desk, ann, once).request_id, RIGHT).state == "held"


def test_a_test_that_was_begun_and_withdrawn_is_a_try(desk, make, ann):
    type_id = make(**TESTED)
    worker.withdraw_request(desk.market, ann, request(desk, ann, type_id).request_id)
    assert worker.qualification(desk.market, ann, type_id).state == "once"


def test_a_worker_finishes_the_test_that_was_begun_and_is_graded_by_its_key(desk, make, ann):
    type_id = make(**TESTED)
    taken = request(desk, ann, type_id)
    desk.client.update_qualification_type(
        QualificationTypeId=type_id, Test=EXAM.replace(">D<", ">E<"), TestDurationInSeconds=30
    )
    desk.client.update_qualification_type(QualificationTypeId=type_id, QualificationTypeStatus="Inactive")
    assert worker.get_test(desk.market, ann, taken.request_id).deadline == taken.at
    assert worker.submit_test(desk.market, ann, taken.request_id, RIGHT).value == 100


def test_an_inactive_type_cannot_be_requested(desk, make, ann):
    type_id = make(QualificationTypeStatus="Inactive")
    with pytest.raises(worker.NotRequestable):
        request(desk, ann, type_id)
    assert worker.requestable(desk.market, ann) == []
    assert worker.qualification(desk.market, ann, type_id).state == "closed"


def test_what_was_revoked_is_shown_with_its_reason_and_not_given_back_by_a_machine(desk, make, ann):
    granting = make(AutoGranted=True, RetryDelayInSeconds=0)
    tested = make(**(TESTED | {"Name": "Tested"}), RetryDelayInSeconds=0)
    request(desk, ann, granting)
    worker.submit_test(desk.market, ann, request(desk, ann, tested).request_id, RIGHT)
    for type_id in (granting, tested):
        desk.client.disassociate_qualification_from_worker(QualificationTypeId=type_id, WorkerId=ann, Reason="Guessed")
    shown = worker.qualifications(desk.market, ann)
    assert [(one.is_revoked, one.reason, one.value) for one in shown] == [(True, "Guessed", None)] * 2
    assert request(desk, ann, granting).state == "waiting"
    again = worker.submit_test(desk.market, ann, request(desk, ann, tested).request_id, RIGHT)
    assert (again.state, again.value) == ("waiting", None)
    (first, _) = desk.client.list_qualification_requests()["QualificationRequests"]
    desk.client.accept_qualification_request(QualificationRequestId=first["QualificationRequestId"])
    assert worker.qualification(desk.market, ann, granting).reason == ""


def test_only_ones_own_open_request_is_acted_on(desk, make, ann):
    taken, bob = request(desk, ann, make(**TESTED)), desk.worker()
    for foreign in (
        lambda: worker.get_test(desk.market, bob, taken.request_id),
        lambda: worker.submit_test(desk.market, bob, taken.request_id, RIGHT),
        lambda: worker.withdraw_request(desk.market, bob, taken.request_id),
        lambda: worker.withdraw_request(desk.market, ann, "3NOSUCH"),
    ):
        with pytest.raises(worker.NotHeld):
            foreign()
    worker.submit_test(desk.market, ann, taken.request_id, RIGHT)
    with pytest.raises(worker.AlreadyDone):
        worker.submit_test(desk.market, ann, taken.request_id, fill(EXAM, move="A"))
    assert worker.qualification(desk.market, ann, taken.type_id).value == 100
    plain = request(desk, ann, make(Name="Plain"))
    with pytest.raises(worker.AlreadyDone):
        worker.get_test(desk.market, ann, plain.request_id)


def test_what_can_be_requested_is_found_by_text_and_told_apart(desk, make, ann):
    make(Name="zebra"), make(Name="Ant"), make(**(TESTED | {"Name": "Test"}))
    seen = worker.requestable(desk.market, ann)
    assert [one.name for one in seen] == ["Ant", "Test", "zebra"]
    assert [(one.at_once, one.test_duration_s) for one in seen] == [(False, None), (True, 600), (False, None)]
    assert [one.name for one in worker.requestable(desk.market, ann, search=" ZEB ")] == ["zebra"]
    request(desk, ann, seen[0].type_id)
    assert [one.state for one in worker.requestable(desk.market, ann)] == ["waiting", "now", "now"]


def test_a_mark_that_work_only_forbids_is_not_offered(desk, make, ann):
    mark, both = make(Name="Excluded"), make(Name="Tutorial")
    needed = [{"QualificationTypeId": one, "Comparator": "DoesNotExist"} for one in (mark, both)]
    desk.hit(QualificationRequirements=needed)
    desk.hit(QualificationRequirements=[{"QualificationTypeId": both, "Comparator": "Exists"}])
    assert [one.name for one in worker.requestable(desk.market, ann)] == ["Tutorial"]


def test_a_requester_who_blocks_a_worker_is_asked_for_nothing(desk, make, ann):
    type_id = make()
    desk.client.create_worker_block(WorkerId=ann, Reason="r")
    assert worker.requestable(desk.market, ann) == []
    with pytest.raises(worker.NotRequestable):
        request(desk, ann, type_id)


def test_what_does_not_exist_cannot_be_asked_for(desk, make, ann):
    gone = make()
    desk.client.delete_qualification_type(QualificationTypeId=gone)
    for type_id in (gone, "3NOSUCH"):
        with pytest.raises(worker.NotRequestable):
            request(desk, ann, type_id)
        with pytest.raises(worker.NotRequestable):
            worker.qualification(desk.market, ann, type_id)
    for call in (worker.qualifications, worker.requestable, worker.record):
        with pytest.raises(worker.UnknownWorker):
            call(desk.market, "A1NOBODY")


def test_the_record_says_what_the_marketplace_knows(desk):
    who = desk.worker(country="DE")
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit(), who))
    seen = worker.record(desk.market, who)
    assert (seen.approved, seen.approval_rate, seen.place, seen.is_adult, seen.is_master) == (1, 100, "DE", True, False)


def test_the_record_names_a_master_whom_a_requester_has_made_one(desk, make, ann):
    desk.client.associate_qualification_with_worker(QualificationTypeId=make(Name="Masters"), WorkerId=ann)
    assert worker.record(desk.market, ann).is_master
    assert not worker.record(desk.market, desk.worker()).is_master


def test_the_needs_of_groups_are_told_one_by_one(desk, make, ann):
    birds, mark = make(), make(Name="Excluded")
    needed = [
        {"QualificationTypeId": birds, "Comparator": "GreaterThanOrEqualTo", "IntegerValues": [80]},
        {"QualificationTypeId": mark, "Comparator": "DoesNotExist"},
        {"QualificationTypeId": "00000000000000000071", "Comparator": "In", "LocaleValues": [
            {"Country": "US", "Subdivision": "CA"}, {"Country": "DE"}]},
        {"QualificationTypeId": "00000000000000000040", "Comparator": "NotIn", "IntegerValues": [3, 4]},
    ]  # fmt: skip
    kind = desk.hit(QualificationRequirements=needed)["HITTypeId"]
    free = desk.hit()["HITTypeId"]
    told = worker.needs(desk.market, ann, [kind, free])
    assert list(told) == [kind]
    assert [(one.words, one.is_met, one.can_request) for one in told[kind]] == [
        ("Birds: at least 80", False, True),
        ("Excluded: only without it", True, False),
        ("Country: one of US-CA, DE", False, False),
        ("Approved Assignments: none of 3, 4", True, False),
    ]
    assert told[kind][0].qualification.type_id == birds
    request(desk, ann, birds)
    assert worker.needs(desk.market, ann, [kind])[kind][0].can_request is False
    desk.client.associate_qualification_with_worker(QualificationTypeId=birds, WorkerId=ann, IntegerValue=80)
    assert worker.needs(desk.market, ann, [kind])[kind][0].is_met


def test_a_graded_test_opens_the_work_that_requires_it(desk, make, ann):
    type_id = make(**TESTED)
    needed = [{"QualificationTypeId": type_id, "Comparator": "GreaterThanOrEqualTo", "IntegerValues": [80]}]
    hit = desk.hit(QualificationRequirements=needed)
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, ann, hit["HITId"])
    worker.submit_test(desk.market, ann, request(desk, ann, type_id).request_id, RIGHT)
    assert worker.accept(desk.market, ann, hit["HITId"])
