"""Several processes on one database, SQLite and PostgreSQL: each message goes out once, and policies and books hold."""

from __future__ import annotations

import threading

import pytest
from databases import postgres
from required import missing
from sqlmodel import col, select

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.notifications.delivery import deliver_due
from crowdbroker.marketplace.notifications.documents import VERSION
from crowdbroker.marketplace.notifications.transports import Transports

TRANSPORTS = Transports(private_webhooks=True)
KNOWN = {
    "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
    "Parameters": [
        {"Key": "AnswerKey", "MapEntries": [{"Key": "animal", "Values": ["cat"]}]},
        {"Key": "ApproveIfKnownAnswerScoreIsAtLeast", "Values": ["100"]},
        {"Key": "RejectIfKnownAnswerScoreIsLessThan", "Values": ["100"]},
        {"Key": "ExtendIfKnownAnswerScoreIsLessThan", "Values": ["100"]},
        {"Key": "ExtendMaximumAssignments", "Values": ["9"]},
    ],
}


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request, tmp_path, open_desk, clock):
    """A desk, and a second marketplace on the same database as another process would open it."""
    server = None if request.param == "sqlite" else postgres()
    if request.param == "postgresql" and server is None:
        missing("postgres", "there is no initdb")
    url = f"sqlite:///{tmp_path}/shared.db" if server is None else server.empty()
    options = {"transports": TRANSPORTS, "master_key": "a master key of some length"}
    desk = open_desk(url, **options)
    other = Marketplace.open(url, clock=clock, **options)
    yield desk, other
    other.close()
    desk.market.close()
    if server is not None:
        server.drop(url)


def test_two_processes_share_the_work_and_neither_repeats_the_others(shared, receiver):
    desk, other = shared
    hit = desk.hit(MaxAssignments=6, AssignmentReviewPolicy=KNOWN)
    kinds = ["AssignmentSubmitted", "AssignmentApproved", "AssignmentRejected", "HITExtended"]
    specification = {"Destination": receiver.url, "Transport": "SQS", "Version": VERSION, "EventTypes": kinds}
    desk.client.update_notification_settings(HITTypeId=hit["HITTypeId"], Notification=specification)
    for text in ("cat", "dog", "cat", "dog"):
        desk.done(hit, text=text)
    assert desk.problems() == []

    def empty(market: Marketplace) -> None:
        while deliver_due(market, 0):
            pass

    threads = [threading.Thread(target=empty, args=[market]) for market in (desk.market, other, desk.market)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with desk.market.read() as session:
        events = session.exec(select(EventRow).order_by(col(EventRow.seq))).all()
    assert [event.outcome for event in events] == ["Delivered"] * 10
    assert len(receiver.received) == len(set(receiver.bodies())) == 10
    assert desk.look(hit)["MaxAssignments"] == 8
