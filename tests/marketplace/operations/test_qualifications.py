from __future__ import annotations

import pytest


@pytest.fixture
def kind(desk):
    asked = {"Name": "Birds", "Description": "Knows birds", "QualificationTypeStatus": "Active"}
    return desk.client.create_qualification_type(**asked)["QualificationType"]


def test_a_type_is_shown_as_it_was_made(desk, kind):
    assert (kind["Name"], kind["QualificationTypeStatus"], kind["AutoGranted"]) == ("Birds", "Active", False)
    assert kind["CreationTime"] == desk.clock.now
    found = desk.client.get_qualification_type(QualificationTypeId=kind["QualificationTypeId"])
    assert found["QualificationType"] == kind
    refused = desk.refusal(desk.client.get_qualification_type, QualificationTypeId="3NOSUCH")
    assert refused.code == "QualificationTypeDoesNotExist"


def test_a_name_is_used_once(desk, kind):
    asked = {"Name": "Birds", "Description": "Again", "QualificationTypeStatus": "Active"}
    refused = desk.refusal(desk.client.create_qualification_type, **asked)
    assert refused.code == "QualificationTypeAlreadyExists"
    assert "You have already created a QualificationType with this name." in refused.text


def test_types_are_found_by_text_status_and_owner(desk, kind):
    other = {"Name": "Fish 100%", "Description": "Knows fish", "QualificationTypeStatus": "Inactive"}
    desk.client.create_qualification_type(**other)

    def names(**asked):
        found = desk.client.list_qualification_types(**({"MustBeRequestable": False} | asked))
        return [one["Name"] for one in found["QualificationTypes"]]

    assert names(MaxResults=20)[-2:] == ["Birds", "Fish 100%"]
    assert names(MustBeOwnedByCaller=True) == ["Birds", "Fish 100%"]
    assert names(MustBeRequestable=True) == ["Birds"]
    assert names(Query="KNOWS") == ["Birds", "Fish 100%"]
    assert names(Query="0%") == ["Fish 100%"]
    assert names(Query="bird", MustBeOwnedByCaller=True) == ["Birds"]
    own = {"MustBeRequestable": False, "MustBeOwnedByCaller": True, "MaxResults": 1}
    token = desk.client.list_qualification_types(**own)["NextToken"]
    rest = desk.client.list_qualification_types(**own, NextToken=token)
    assert rest["QualificationTypes"][0]["Name"] == "Fish 100%"


def test_a_qualification_is_given_changed_taken_and_listed(desk, kind):
    ann, type_id = desk.worker(), kind["QualificationTypeId"]
    both = {"QualificationTypeId": type_id, "WorkerId": ann}
    assert desk.refusal(desk.client.get_qualification_score, **both).code == "QualificationDoesNotExist"
    desk.client.associate_qualification_with_worker(**both)
    assert desk.client.get_qualification_score(**both)["Qualification"]["IntegerValue"] == 1
    desk.client.associate_qualification_with_worker(**both, IntegerValue=80, SendNotification=False)
    score = desk.client.get_qualification_score(**both)["Qualification"]
    assert (score["IntegerValue"], score["Status"], score["GrantTime"]) == (80, "Granted", desk.clock.now)
    listed = desk.client.list_workers_with_qualification_type(QualificationTypeId=type_id)
    assert listed["Qualifications"] == [score]
    desk.client.disassociate_qualification_from_worker(**both, Reason="Practice more")
    refused = desk.refusal(desk.client.get_qualification_score, **both)
    assert (refused.code, "status of: Granted" in refused.text) == ("InvalidQualificationState", True)
    revoked = desk.client.list_workers_with_qualification_type(QualificationTypeId=type_id, Status="Revoked")
    assert [one["WorkerId"] for one in revoked["Qualifications"]] == [ann]
    assert desk.client.list_workers_with_qualification_type(QualificationTypeId=type_id)["Qualifications"] == []
    again = desk.refusal(desk.client.disassociate_qualification_from_worker, **both)
    assert again.code == "InvalidQualificationState"


def test_a_qualification_for_nobody_or_of_no_type_is_refused(desk, kind):
    give = desk.client.associate_qualification_with_worker
    refused = desk.refusal(give, QualificationTypeId=kind["QualificationTypeId"], WorkerId="A1NOBODY")
    assert (refused.kind, "WorkerId" in refused.text) == ("ParameterValidationError", True)
    refused = desk.refusal(give, QualificationTypeId="3NOSUCH", WorkerId=desk.worker())
    assert refused.code == "QualificationTypeDoesNotExist"
