from __future__ import annotations

import pytest
from exams import EXAM, FREE_TEXT, KEY, PLAIN, TESTED, form, key, keyed, selection

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.system_qualifications import LOCALE, MASTERS, RETIRED, SYSTEM_TYPES


def make(desk, **changes):
    return desk.client.create_qualification_type(**(PLAIN | changes))["QualificationType"]


def test_a_type_with_a_test_is_shown_with_it(desk):
    made = make(desk, **TESTED, RetryDelayInSeconds=60)
    assert (made["Test"], made["AnswerKey"], made["TestDurationInSeconds"]) == (EXAM, KEY, 600)
    assert (made["RetryDelayInSeconds"], made["AutoGranted"], made["IsRequestable"]) == (60, False, True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Test": EXAM}, "given together"),
        ({"TestDurationInSeconds": 60}, "given together"),
        ({"AnswerKey": KEY}, "AnswerKey needs Test"),
        (TESTED | {"AutoGranted": True}, "cannot be AutoGranted"),
        ({"AutoGrantedValue": 3}, "AutoGrantedValue needs AutoGranted"),
        (TESTED | {"Test": form(selection("move", "A", "D"), FREE_TEXT)}, "'fruit' that the Test does not ask"),
        (TESTED | {"AnswerKey": key(keyed("why", ("D", 1)))}, "free text cannot be graded"),
        (TESTED | {"AnswerKey": key(keyed("move", ("A+Z", 1)))}, "a selection 'Z' that 'move' lacks"),
        ({"TestDurationInSeconds": 0}, "testDurationInSeconds"),
        ({"RetryDelayInSeconds": -1}, "retryDelayInSeconds"),
        (TESTED | {"TestDurationInSeconds": 31_536_001}, "testDurationInSeconds"),
        ({"RetryDelayInSeconds": 31_536_001}, "retryDelayInSeconds"),
    ],
)
def test_a_type_that_contradicts_itself_is_refused(desk, changes, told):
    refused = desk.refusal(make, desk=desk, **changes)
    assert (refused.kind, told in refused.text) == ("ParameterValidationError", True), refused.text


@pytest.mark.parametrize(
    "changes",
    [{"Test": "<HTMLQuestion/>"}, {"Test": "<QuestionForm"}, {"AnswerKey": "<AnswerKey/>"}],
)
def test_a_test_is_a_question_form_and_its_key_an_answer_key(desk, changes):
    assert desk.refusal(make, desk=desk, **(TESTED | changes)).code == "XMLParseError"


def test_an_auto_granted_type_grants_one_unless_it_says_otherwise(desk):
    assert make(desk, AutoGranted=True)["AutoGrantedValue"] == 1
    assert make(desk, Name="B", AutoGranted=True, AutoGrantedValue=0)["AutoGrantedValue"] == 0


def test_the_marketplaces_own_types_are_shown_but_cannot_be_requested(desk):
    for type_id in SYSTEM_TYPES:
        shown = desk.client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"]
        assert (shown["QualificationTypeId"], shown["IsRequestable"]) == (type_id, False)
    make(desk)
    pages = desk.client.get_paginator("list_qualification_types").paginate(MustBeRequestable=False, MaxResults=2)
    names = [one["Name"] for page in pages for one in page["QualificationTypes"]]
    assert (len(names), len(set(names)), names[-1]) == (7, 7, "Birds")
    found = desk.client.list_qualification_types(MustBeRequestable=False, Query="worker_LOC")
    assert [one["QualificationTypeId"] for one in found["QualificationTypes"]] == [LOCALE]
    asked = desk.client.list_qualification_types(MustBeRequestable=True)["QualificationTypes"]
    assert [one["Name"] for one in asked] == ["Birds"]
    give = desk.client.associate_qualification_with_worker
    refused = desk.refusal(give, QualificationTypeId=LOCALE, WorkerId=desk.worker())
    assert refused.code == "QualificationTypeDoesNotExist"


@pytest.mark.parametrize("type_id", sorted(RETIRED))
def test_the_types_that_mturk_retired_are_refused(desk, type_id):
    needed = {"QualificationTypeId": type_id, "Comparator": "GreaterThan", "IntegerValues": [5]}
    refused = desk.refusal(desk.hit, QualificationRequirements=[needed])
    assert (refused.code, "retired" in refused.text) == ("QualificationTypeDoesNotExist", True)


def test_a_delay_or_a_duration_cannot_be_changed_to_more_than_a_year(desk):
    made = make(desk, **TESTED, RetryDelayInSeconds=31_536_000)
    for member in ("RetryDelayInSeconds", "TestDurationInSeconds"):
        refused = desk.refusal(update, desk=desk, made=made, **{member: 10**12})
        assert refused.kind == "ParameterValidationError"


def update(desk, made, **changes):
    asked = {"QualificationTypeId": made["QualificationTypeId"]} | changes
    return desk.client.update_qualification_type(**asked)["QualificationType"]


def test_an_update_changes_what_it_names_and_nothing_else(desk):
    made = make(desk, Keywords="bird", **TESTED)
    changed = update(desk, made, Description="Better", QualificationTypeStatus="Inactive", RetryDelayInSeconds=30)
    wanted = {"Description": "Better", "QualificationTypeStatus": "Inactive", "RetryDelayInSeconds": 30}
    assert changed == made | wanted
    assert update(desk, made) == changed
    type_id = made["QualificationTypeId"]
    assert desk.client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"] == changed


def test_a_new_test_without_a_key_has_no_key(desk):
    made = make(desk, **TESTED)
    changed = update(desk, made, Test=EXAM, TestDurationInSeconds=30)
    assert (changed["TestDurationInSeconds"], "AnswerKey" in changed) == (30, False)
    assert update(desk, made, Test=EXAM, TestDurationInSeconds=30, AnswerKey=KEY)["AnswerKey"] == KEY


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        (TESTED, {"AnswerKey": KEY}),
        (TESTED, {"TestDurationInSeconds": 60}),
        (TESTED, {"Test": EXAM}),
        (TESTED, {"AutoGranted": True}),
        (PLAIN, {"AutoGrantedValue": 5}),
        (PLAIN | {"AutoGranted": True}, {"AutoGranted": False, "AutoGrantedValue": 5}),
        (PLAIN | {"AutoGranted": True}, {"Test": EXAM, "TestDurationInSeconds": 60}),
    ],
)
def test_an_update_that_contradicts_the_type_changes_nothing(desk, before, changes):
    made = make(desk, **before)
    assert desk.refusal(update, desk=desk, made=made, **changes).kind == "ParameterValidationError"
    type_id = made["QualificationTypeId"]
    assert desk.client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"] == made


def test_granting_by_itself_is_switched_on_changed_and_off(desk):
    made = make(desk)
    assert update(desk, made, AutoGranted=True)["AutoGrantedValue"] == 1
    assert update(desk, made, AutoGrantedValue=7)["AutoGrantedValue"] == 7
    off = update(desk, made, AutoGranted=False)
    assert (off["AutoGranted"], "AutoGrantedValue" in off) == (False, False)
    tested = update(desk, made, Test=EXAM, TestDurationInSeconds=60)
    assert tested["Test"] == EXAM


def test_a_deleted_type_is_gone_and_its_name_is_free(desk):
    made = make(desk)
    gone = {"QualificationTypeId": made["QualificationTypeId"]}
    assert desk.client.delete_qualification_type(**gone)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert desk.refusal(desk.client.get_qualification_type, **gone).code == "QualificationTypeDoesNotExist"
    owned = desk.client.list_qualification_types(MustBeRequestable=False, MustBeOwnedByCaller=True)
    assert owned["QualificationTypes"] == []
    for call, more in (
        (desk.client.delete_qualification_type, {}),
        (desk.client.update_qualification_type, {"Description": "d"}),
        (desk.client.associate_qualification_with_worker, {"WorkerId": desk.worker()}),
    ):
        refused = desk.refusal(call, **gone, **more)
        assert (refused.code, "status of: Active,Inactive" in refused.text) == ("InvalidQualificationTypeState", True)
    assert make(desk)["QualificationTypeId"] != made["QualificationTypeId"]
    unknown = desk.refusal(desk.client.delete_qualification_type, QualificationTypeId="3NOSUCH")
    assert unknown.code == "QualificationTypeDoesNotExist"


def test_what_was_granted_of_a_deleted_type_stays_and_still_opens_live_hits(desk):
    made, ann, bob = make(desk), desk.worker(), desk.worker()
    type_id = made["QualificationTypeId"]
    needed = [{"QualificationTypeId": type_id, "Comparator": "Exists"}]
    hit = desk.hit(QualificationRequirements=needed, MaxAssignments=2)
    desk.client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=ann)
    held_before = desk.balance()
    desk.client.delete_qualification_type(QualificationTypeId=type_id)
    assert (desk.balance(), desk.problems()) == (held_before, [])
    assert desk.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=ann)
    desk.done(hit, ann)
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, bob, hit["HITId"])
    assert [one.name for one in worker.qualifications(desk.market, ann)] == ["Birds"]
    desk.client.disassociate_qualification_from_worker(QualificationTypeId=type_id, WorkerId=ann, Reason="over")
    assert worker.qualifications(desk.market, ann)[0].is_revoked


def test_the_hit_types_of_a_deleted_type_make_no_more_hits(desk):
    made = make(desk)
    type_id = made["QualificationTypeId"]
    needed = [{"QualificationTypeId": type_id, "Comparator": "Exists"}]
    hit, other = desk.hit(QualificationRequirements=needed), desk.hit(Title="Free for all")
    desk.client.update_qualification_type(QualificationTypeId=type_id, QualificationTypeStatus="Inactive")
    again = {"HITTypeId": hit["HITTypeId"], "LifetimeInSeconds": 60, "Question": hit["Question"]}
    moved = {"HITId": other["HITId"], "HITTypeId": hit["HITTypeId"]}
    for call, asked in ((desk.client.create_hit_with_hit_type, again), (desk.client.update_hit_type_of_hit, moved)):
        assert desk.refusal(call, **asked).code == "InvalidQualificationTypeState"
    desk.client.update_qualification_type(QualificationTypeId=type_id, QualificationTypeStatus="Active")
    assert desk.client.create_hit_with_hit_type(**again)["HIT"]["HITTypeId"] == hit["HITTypeId"]
    desk.client.delete_qualification_type(QualificationTypeId=type_id)
    for call, asked in ((desk.client.create_hit_with_hit_type, again), (desk.client.update_hit_type_of_hit, moved)):
        assert desk.refusal(call, **asked).code == "HITTypeDoesNotExist"
    refused = desk.refusal(desk.hit, QualificationRequirements=needed)
    assert refused.code == "QualificationTypeDoesNotExist"
    assert (desk.look(hit)["HITStatus"], desk.problems()) == ("Assignable", [])


def test_hits_are_found_by_the_types_that_they_require(desk):
    birds, fish = make(desk)["QualificationTypeId"], make(desk, Name="Fish")["QualificationTypeId"]
    both = [{"QualificationTypeId": one, "Comparator": "Exists"} for one in (birds, fish)]
    first, second = desk.hit(QualificationRequirements=both), desk.hit(QualificationRequirements=both[:1])
    masters = desk.hit(QualificationRequirements=[{"QualificationTypeId": min(MASTERS), "Comparator": "Exists"}])
    desk.hit()

    def found(type_id, **more):
        reply = desk.client.list_hits_for_qualification_type(QualificationTypeId=type_id, **more)
        assert reply["NumResults"] == len(reply["HITs"])
        return [one["HITId"] for one in reply["HITs"]]

    assert found(birds) == [second["HITId"], first["HITId"]]
    assert found(fish) == [first["HITId"]]
    assert found(min(MASTERS)) == [masters["HITId"]]
    pages = desk.client.get_paginator("list_hits_for_qualification_type")
    paged = pages.paginate(QualificationTypeId=birds, PaginationConfig={"PageSize": 1})
    assert [one["HITId"] for page in paged for one in page["HITs"]] == found(birds)
    desk.client.update_expiration_for_hit(HITId=second["HITId"], ExpireAt=0)
    assert found(birds) == [second["HITId"], first["HITId"]]
    desk.client.delete_hit(HITId=second["HITId"])
    assert found(birds) == [first["HITId"]]
    desk.client.delete_qualification_type(QualificationTypeId=birds)
    assert found(birds) == [first["HITId"]]
    refused = desk.refusal(desk.client.list_hits_for_qualification_type, QualificationTypeId="3NOSUCH")
    assert refused.code == "QualificationTypeDoesNotExist"
