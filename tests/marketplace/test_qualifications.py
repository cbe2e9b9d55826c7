from __future__ import annotations

import pytest
from sqlmodel import select

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.hit_warnings import warnings_of
from crowdbroker.marketplace.qualifications import Action, Standing, allows, approval_rate
from crowdbroker.marketplace.requester_rows import insert_requester
from crowdbroker.marketplace.system_qualifications import ADULT, LOCALE, MASTERS, NUMBER_APPROVED, PERCENT_APPROVED
from crowdbroker.marketplace.tables import HitTypeRow, WorkerRow


def requirement(comparator, *integers, kind="3KIND", guarded="Accept"):
    return {
        "QualificationTypeId": kind,
        "Comparator": comparator,
        "IntegerValues": list(integers),
        "ActionsGuarded": guarded,
    }


def locale(comparator, *places):
    return {
        "QualificationTypeId": LOCALE,
        "Comparator": comparator,
        "ActionsGuarded": "Accept",
        "LocaleValues": [dict(zip(("Country", "Subdivision"), place.split("-"), strict=False)) for place in places],
    }


@pytest.mark.parametrize(
    ("comparator", "wanted", "value_5", "missing"),
    [
        ("LessThan", [6], True, False),
        ("LessThan", [5], False, False),
        ("LessThanOrEqualTo", [5], True, False),
        ("GreaterThan", [5], False, False),
        ("GreaterThan", [4], True, False),
        ("GreaterThanOrEqualTo", [5], True, False),
        ("EqualTo", [5], True, False),
        ("NotEqualTo", [5], False, False),
        ("NotEqualTo", [6], True, False),
        ("Exists", [], True, False),
        ("DoesNotExist", [], False, True),
        ("In", [1, 5], True, False),
        ("In", [1, 2], False, False),
        ("NotIn", [1, 2], True, False),
        ("NotIn", [5], False, False),
    ],
)
def test_every_comparator_knows_what_it_wants(comparator, wanted, value_5, missing):
    needed = [requirement(comparator, *wanted)]
    assert allows(Standing({"3KIND": 5}, None, None), needed, Action.ACCEPT) is value_5
    assert allows(Standing({}, None, None), needed, Action.ACCEPT) is missing


@pytest.mark.parametrize(
    ("place", "needed", "met"),
    [
        ("US-CA", locale("EqualTo", "US"), True),
        ("US-CA", locale("EqualTo", "US-CA"), True),
        ("US-NY", locale("EqualTo", "US-CA"), False),
        ("US", locale("EqualTo", "US-CA"), False),
        ("US-NY", locale("NotEqualTo", "US-CA"), True),
        ("IN", locale("NotEqualTo", "US-CA"), True),
        ("IN", locale("In", "US", "IN"), True),
        ("DE", locale("NotIn", "US", "IN"), True),
        ("", locale("EqualTo", "US"), False),
        ("", locale("NotEqualTo", "US"), False),
    ],
)
def test_a_country_stands_for_its_subdivisions_and_not_the_other_way(place, needed, met):
    country, _, subdivision = place.partition("-")
    assert allows(Standing({}, country or None, subdivision or None), [needed], Action.ACCEPT) is met


@pytest.mark.parametrize(
    ("guarded", "discover", "preview"),
    [("Accept", True, True), ("PreviewAndAccept", True, False), ("DiscoverPreviewAndAccept", False, False)],
)
def test_a_requirement_guards_accepting_and_what_it_says(guarded, discover, preview):
    needed, nobody = [requirement("Exists", guarded=guarded)], Standing({}, None, None)
    assert [allows(nobody, needed, action) for action in Action] == [discover, preview, False]


@pytest.mark.parametrize(
    ("submitted", "approved", "rejected", "rate"), [(99, 0, 99, 100), (100, 0, 0, 100), (100, 2, 1, 66), (300, 0, 9, 0)]
)
def test_the_approval_rate_is_100_until_there_is_a_history(submitted, approved, rejected, rate):
    row = WorkerRow(id="A1", name="", submitted=submitted, approved=approved, rejected=rejected, created_ms=0)
    assert approval_rate(row) == rate


def ask(comparator, kind, *integers, **more):
    asked = {"QualificationTypeId": kind, "Comparator": comparator} | more
    return asked | ({"IntegerValues": list(integers)} if integers else {})


def test_a_granted_qualification_opens_the_door_until_it_is_revoked(desk):
    made = desk.client.create_qualification_type(Name="Q", Description="d", QualificationTypeStatus="Active")
    kind, ann = made["QualificationType"]["QualificationTypeId"], desk.worker()
    hit = desk.hit(MaxAssignments=5, QualificationRequirements=[ask("GreaterThanOrEqualTo", kind, 80)])
    assert hit["QualificationRequirements"][0]["ActionsGuarded"] == "Accept"
    assert worker.groups(desk.market, ann)[0].qualified is False
    assert worker.preview(desk.market, ann, hit["HITId"])
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, ann, hit["HITId"])
    with pytest.raises(worker.NotQualified):
        worker.accept_next(desk.market, ann, hit["HITTypeId"])
    both = {"QualificationTypeId": kind, "WorkerId": ann}
    desk.client.associate_qualification_with_worker(**both, IntegerValue=80)
    assert worker.groups(desk.market, ann)[0].qualified is True
    held = worker.accept(desk.market, ann, hit["HITId"])
    desk.client.disassociate_qualification_from_worker(**both)
    worker.give_back(desk.market, ann, held.assignment_id)
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, ann, hit["HITId"])


def test_a_soft_block_hides_work_by_a_qualification_that_must_not_exist(desk):
    made = desk.client.create_qualification_type(Name="Out", Description="d", QualificationTypeStatus="Active")
    kind, ann, bob = made["QualificationType"]["QualificationTypeId"], desk.worker(), desk.worker()
    hidden = ask("DoesNotExist", kind, ActionsGuarded="DiscoverPreviewAndAccept")
    hit = desk.hit(QualificationRequirements=[hidden])
    desk.client.associate_qualification_with_worker(QualificationTypeId=kind, WorkerId=ann)
    assert worker.groups(desk.market, ann) == []
    with pytest.raises(worker.NotQualified):
        worker.preview(desk.market, ann, hit["HITId"])
    assert worker.accept(desk.market, bob, hit["HITId"])


def test_system_qualifications_read_the_worker_and_the_local_history(desk):
    german, ann = desk.worker(country="DE"), desk.worker()
    places = {"QualificationTypeId": LOCALE, "Comparator": "In", "LocaleValues": [{"Country": "DE"}, {"Country": "AT"}]}
    needed = [places, ask("GreaterThanOrEqualTo", NUMBER_APPROVED, 1), ask("EqualTo", ADULT, 1)]
    needed.append(ask("GreaterThan", PERCENT_APPROVED, 95))
    hit = desk.hit(QualificationRequirements=needed, MaxAssignments=2)
    assert worker.groups(desk.market, german)[0].qualified is False
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit(), german))
    assert worker.accept(desk.market, german, hit["HITId"])
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit(), ann))
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, ann, hit["HITId"])


def test_masters_cost_more(desk):
    desk.hit(Reward="1.00", QualificationRequirements=[ask("Exists", sorted(MASTERS)[0])])
    assert desk.balance() == ("9998.75", "1.25")


def test_masters_are_whom_the_requester_has_named_so_and_a_warning_says_it(desk):
    ann, bob = desk.worker(), desk.worker()
    for name, who in (("Masters", ann), ("Birds", bob)):
        made = desk.client.create_qualification_type(Name=name, Description="d", QualificationTypeStatus="Active")
        type_id = made["QualificationType"]["QualificationTypeId"]
        desk.client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=who)
    hits = [desk.hit(QualificationRequirements=[ask("Exists", one)]) for one in sorted(MASTERS)]
    for hit in hits:
        with pytest.raises(worker.NotQualified):
            worker.accept(desk.market, bob, hit["HITId"])
    told = [worker.needs(desk.market, who, [hits[0]["HITTypeId"]])[hits[0]["HITTypeId"]][0] for who in (ann, bob)]
    assert [(one.words, one.is_met) for one in told] == [("Masters: needed", True), ("Masters: needed", False)]
    with desk.market.write() as session:
        insert_requester(session, "A2OTHER", "Other", at_ms=0)
        session.exec(select(HitTypeRow).where(HitTypeRow.id == hits[1]["HITTypeId"])).one().requester_id = "A2OTHER"
    assert worker.accept(desk.market, ann, hits[0]["HITId"])
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, ann, hits[1]["HITId"])
    desk.hit()
    with desk.market.read() as session:
        assert ["Masters" in one.text for one in warnings_of(session)] == [True, True]


@pytest.mark.parametrize(
    "asked",
    [
        ask("EqualTo", ADULT),
        ask("EqualTo", ADULT, 1, 2),
        ask("Exists", ADULT, 1),
        ask("In", ADULT, *range(16)),
        ask("In", ADULT),
        ask("EqualTo", ADULT, 1, LocaleValues=[{"Country": "US"}]),
        ask("EqualTo", LOCALE, 1),
        ask("EqualTo", LOCALE),
        ask("Exists", LOCALE),
        ask("LessThan", LOCALE, LocaleValues=[{"Country": "US"}]),
        ask("EqualTo", LOCALE, LocaleValues=[{"Country": "US"}, {"Country": "DE"}]),
        ask("In", LOCALE, LocaleValues=[{"Country": "US"}] * 31),
        ask("EqualTo", LOCALE, LocaleValues=[{"Country": "USA"}]),
        ask("EqualTo", LOCALE, LocaleValues=[{"Country": "us"}]),
        ask("EqualTo", LOCALE, LocaleValues=[{"Country": "US", "Subdivision": "c!"}]),
        ask("Exists", ADULT, RequiredToPreview=True, ActionsGuarded="Accept"),
        ask("Like", ADULT, 1),
    ],
)
def test_a_requirement_that_contradicts_itself_is_refused(desk, asked):
    assert desk.refusal(desk.hit, QualificationRequirements=[asked]).kind == "ParameterValidationError"


def test_a_requirement_names_a_type_that_is_there_and_active(desk):
    for gone in ("3NOSUCH", "00000000000000000000"):
        refused = desk.refusal(desk.hit, QualificationRequirements=[ask("Exists", gone)])
        assert refused.code == "QualificationTypeDoesNotExist"
    made = desk.client.create_qualification_type(Name="Q", Description="d", QualificationTypeStatus="Inactive")
    kind = made["QualificationType"]["QualificationTypeId"]
    refused = desk.refusal(desk.hit, QualificationRequirements=[ask("Exists", kind)])
    assert refused.code == "InvalidQualificationTypeState"


def test_the_deprecated_flag_means_preview_and_accept(desk):
    hit = desk.hit(QualificationRequirements=[ask("Exists", ADULT, RequiredToPreview=True)])
    shown = hit["QualificationRequirements"][0]
    assert (shown["ActionsGuarded"], shown["RequiredToPreview"]) == ("PreviewAndAccept", True)


def test_eleven_requirements_are_too_many(desk):
    needed = [ask("EqualTo", ADULT, n) for n in range(11)]
    assert desk.refusal(desk.hit, QualificationRequirements=needed).kind == "ParameterValidationError"
