"""A list of workers comes in whole, with their ids, history and groups, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from crowdbroker.marketplace import accounts, invitations, worker
from crowdbroker.marketplace.imported_workers import ImportRefused, Newcomer, import_workers
from crowdbroker.marketplace.requesters import RequesterRefused, add_requester
from crowdbroker.marketplace.tables import QualificationRow, QualificationTypeRow, WorkerRow

OLD = "A2OLDWORKERID1"


def count(desk: Any, table: Any) -> int:
    with desk.market.read() as session:
        return len(session.exec(select(table)).all())


def test_a_worker_keeps_id_history_country_and_groups(desk: Any) -> None:
    row = Newcomer(2, "Ana", OLD, "PT", ("nurses", "night"), submitted=120, approved=100, rejected=5)
    (arrived,) = import_workers(desk.market, [row])
    assert arrived.worker_id == OLD
    with desk.market.read() as session:
        made = session.get_one(WorkerRow, OLD)
    assert (made.name, made.country, made.submitted, made.approved, made.rejected) == ("Ana", "PT", 120, 100, 5)
    names = {kind["QualificationTypeId"]: kind["Name"] for kind in listed_types(desk)}
    assert set(names.values()) == {"nurses", "night"}
    for type_id in names:
        score = desk.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=OLD)["Qualification"]
        assert (score["IntegerValue"], score["Status"]) == (1, "Granted")
    assert desk.problems() == []


def listed_types(desk: Any) -> list[dict[str, Any]]:
    found = desk.client.list_qualification_types(MustBeRequestable=False, MustBeOwnedByCaller=True)
    types: list[dict[str, Any]] = found["QualificationTypes"]
    return types


def test_the_invitation_gives_the_old_worker_an_account(desk: Any) -> None:
    (arrived,) = import_workers(desk.market, [Newcomer(2, "Ana", OLD)])
    assert invitations.accept(desk.market, arrived.invitation.token, "Ana", "four easy words") == OLD
    assert accounts.sign_in(desk.market, "ana", "four easy words") == OLD
    assert count(desk, WorkerRow) == 1
    hit = desk.hit()
    assert worker.accept(desk.market, OLD, hit["HITId"]).worker_id == OLD


def test_the_history_counts_for_the_system_qualifications(desk: Any) -> None:
    import_workers(desk.market, [Newcomer(2, "Ana", OLD, submitted=100, approved=100), Newcomer(3, "Ben", "ANEW1")])
    much = {"QualificationTypeId": "00000000000000000040", "Comparator": "GreaterThan", "IntegerValues": [50]}
    hit = desk.hit(QualificationRequirements=[much])
    assert worker.accept(desk.market, OLD, hit["HITId"])
    with pytest.raises(worker.WorkError):
        worker.accept(desk.market, "ANEW1", hit["HITId"])


def test_where_a_worker_lives_and_what_may_be_shown_count_for_the_system_qualifications(desk: Any) -> None:
    rows = [
        Newcomer(2, "Ana", "ACAL", "US", subdivision="CA"),
        Newcomer(3, "Ben", "ANEV", "US", subdivision="NV", adult=False),
    ]
    import_workers(desk.market, rows)
    assert [worker.record(desk.market, one).place for one in ("ACAL", "ANEV")] == ["US-CA", "US-NV"]
    place = {"Country": "US", "Subdivision": "CA"}
    local = {"QualificationTypeId": "00000000000000000071", "Comparator": "EqualTo", "LocaleValues": [place]}
    adult = {"QualificationTypeId": "00000000000000000060", "Comparator": "EqualTo", "IntegerValues": [1]}
    for needed in (local, adult):
        hit = desk.hit(QualificationRequirements=[needed])
        with pytest.raises(worker.NotQualified):
            worker.accept(desk.market, "ANEV", hit["HITId"])
        assert worker.accept(desk.market, "ACAL", hit["HITId"])


@pytest.mark.parametrize(
    ("bad", "column", "says"),
    [
        (Newcomer(3, "x"), "name", "2 to 40"),
        (Newcomer(3, "ana"), "name", "Row 2 has the same name"),
        (Newcomer(3, "Ben", OLD), "worker_id", "Row 2 has the same WorkerId"),
        (Newcomer(3, "Ben", "A1THERE"), "worker_id", "is taken"),
        (Newcomer(3, "Ben", "w17"), "worker_id", "capital letters or digits"),
        (Newcomer(3, "Ben", country="Portugal"), "country", "two capital letters"),
        (Newcomer(3, "Ben", country="US", subdivision="Calif"), "subdivision", "two capital letters or digits"),
        (Newcomer(3, "Ben", subdivision="CA"), "subdivision", "needs its country"),
        (Newcomer(3, "Ben", submitted=1, approved=2), "submitted", "Less was submitted"),
        (Newcomer(3, "Ben", submitted=-1), "submitted", "A count is"),
        (Newcomer(3, "Ben", groups=("x" * 201,)), "groups", "A group is"),
        (Newcomer(3, "Maria"), "name", "open invitation"),
    ],
)
def test_one_wrong_row_keeps_everybody_out(desk: Any, bad: Newcomer, column: str, says: str) -> None:
    desk.worker(worker_id="A1THERE")
    invitations.invite(desk.market, "Maria")
    with pytest.raises(ImportRefused) as caught:
        import_workers(desk.market, [Newcomer(2, "Ana", OLD, groups=("nurses",)), bad, Newcomer(4, "Cem")])
    problems = caught.value.problems
    assert problems[0].column == column
    assert {one.row for one in problems} == {3}
    assert says in problems[0].sentence
    assert count(desk, WorkerRow) == 1
    assert listed_types(desk) == []
    assert [one.name for one in invitations.invitations(desk.market)] == ["Maria"]


def test_everything_that_is_wrong_is_said_at_once(desk: Any) -> None:
    with pytest.raises(ImportRefused) as caught:
        import_workers(desk.market, [Newcomer(2, "x"), Newcomer(3, "Ben", "w"), Newcomer(4, "Cem", country="pt")])
    assert [(one.row, one.column) for one in caught.value.problems] == [
        (2, "name"),
        (3, "worker_id"),
        (4, "country"),
    ]


def test_groups_join_types_that_are_there_and_belong_to_one_requester(desk: Any) -> None:
    import_workers(desk.market, [Newcomer(2, "Ana", groups=("nurses",))])
    import_workers(desk.market, [Newcomer(2, "Ben", groups=("nurses",))])
    assert len(listed_types(desk)) == 1
    assert count(desk, QualificationRow) == 2
    add_requester(desk.market, "Lab")
    add_requester(desk.market, "Clinic")
    with pytest.raises(RequesterRefused, match="several requesters"):
        import_workers(desk.market, [Newcomer(2, "Cem", groups=("nurses",))])
    import_workers(desk.market, [Newcomer(2, "Cem", groups=("nurses",))], requester="Clinic")
    assert count(desk, QualificationTypeRow) == 2
