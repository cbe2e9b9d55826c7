"""Two at once on one qualification: requests, decisions, and a deletion while a test is being taken."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from databases import postgres
from exams import EXAM, KEYLESS, PLAIN, TESTED, fill
from sqlmodel import select

from crowdbroker.marketplace import Marketplace, inputs, worker
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.operations import OPERATIONS, registry
from crowdbroker.marketplace.qualification_tables import OPEN, QualificationRequestRow
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER

ROUNDS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def markets(request, open_desk, tmp_path, clock, need):
    """A desk, and a second process's view of the same database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/races.db"
    else:
        server = postgres()
        need("postgresql", server is not None, "initdb of PostgreSQL is not installed")
        assert server is not None
        url = server.empty()
    desk = open_desk(url=url)
    other = Marketplace.open(url, clock=clock)
    yield desk, (desk.market, other)
    other.close()


def together(*calls):
    """Start calls at the same moment; return how often each result or error came."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        except (worker.WorkError, Fault) as error:
            return type(error).__name__ if isinstance(error, worker.WorkError) else error.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def operate(market, name, **members):
    asked = getattr(inputs, name)(**members)
    with market.write() as session:
        call = registry.Call(market, session, DEFAULT_REQUESTER, market.now_ms(), "r")
        OPERATIONS[name].run(call, asked)
    return name


def request(market, who, type_id):
    return worker.request_qualification(market, who, type_id).request_id


def hand_in(market, who, request_id, **chosen):
    return worker.submit_test(market, who, request_id, fill(EXAM, **chosen)).value


def make(desk, **changes):
    return desk.client.create_qualification_type(**(PLAIN | changes))["QualificationType"]["QualificationTypeId"]


def all_requests(desk):
    with desk.market.read() as session:
        return session.exec(select(QualificationRequestRow)).all()


def test_two_requests_at_once_are_one(markets):
    desk, both = markets
    ann = desk.worker()
    for number in range(ROUNDS):
        changes = TESTED if number % 2 else PLAIN
        type_id = make(desk, **(changes | {"Name": str(number)}))
        came = together(*(partial(request, market, ann, type_id) for market in both * 2))
        assert len(came) == 1
    assert len(all_requests(desk)) == ROUNDS


def test_a_request_accepted_and_rejected_at_once_is_decided_once(markets):
    desk, both = markets
    for number in range(ROUNDS):
        ann = desk.worker()
        type_id = make(desk, Name=str(number))
        asked = worker.request_qualification(desk.market, ann, type_id).request_id
        came = together(
            *(
                partial(operate, market, f"{verb}QualificationRequest", QualificationRequestId=asked)
                for market in both
                for verb in ("Accept", "Reject")
            )
        )
        assert came["InvalidQualificationRequestState"] == 3, came
        seen = worker.qualification(desk.market, ann, type_id)
        assert (seen.value == 1) == (seen.last.state == "Granted") == ("AcceptQualificationRequest" in came)


def test_a_test_handed_in_twice_at_once_is_graded_once(markets):
    desk, both = markets
    for number in range(ROUNDS):
        ann = desk.worker()
        type_id = make(desk, **(TESTED | {"Name": str(number)}))
        asked = worker.request_qualification(desk.market, ann, type_id).request_id
        came = together(
            partial(hand_in, both[0], ann, asked, move="D"), partial(hand_in, both[1], ann, asked, move="A")
        )
        assert came["AlreadyDone"] == 1, came
        assert worker.qualification(desk.market, ann, type_id).value in came


def test_deleting_a_type_meets_requests_answers_grants_and_decisions_in_some_order(markets):
    desk, (here, there) = markets
    for number in range(ROUNDS):
        ann, bob, eve = desk.worker(), desk.worker(), desk.worker()
        type_id = make(desk, **(KEYLESS | {"Name": str(number)}))
        taking = worker.request_qualification(here, ann, type_id).request_id
        waits = worker.request_qualification(here, bob, type_id).request_id
        worker.submit_test(here, bob, waits, fill(EXAM, move="A"))
        came = together(
            partial(operate, there, "DeleteQualificationType", QualificationTypeId=type_id),
            partial(hand_in, here, ann, taking, move="A"),
            partial(operate, here, "AcceptQualificationRequest", QualificationRequestId=waits),
            partial(request, there, eve, type_id),
            partial(operate, here, "AssociateQualificationWithWorker", QualificationTypeId=type_id, WorkerId=eve),
        )
        assert came["DeleteQualificationType"] == 1, came
        assert [one for one in all_requests(desk) if one.type_id == type_id and one.state in OPEN] == []
    assert desk.problems() == []


def test_a_revocation_stands_whatever_is_graded_at_the_same_moment(markets):
    desk, (here, there) = markets
    ann = desk.worker()
    for number in range(ROUNDS):
        type_id = make(desk, **(TESTED | {"Name": str(number), "RetryDelayInSeconds": 0}))
        both = {"QualificationTypeId": type_id, "WorkerId": ann}
        operate(here, "AssociateQualificationWithWorker", **both)
        asked = request(here, ann, type_id)
        came = together(
            partial(hand_in, here, ann, asked, move="D"),
            partial(operate, there, "DisassociateQualificationFromWorker", **both),
        )
        assert came["DisassociateQualificationFromWorker"] == 1, came
        assert worker.qualification(here, ann, type_id).is_revoked
