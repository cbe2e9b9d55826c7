"""Events: from a queue and by signed webhooks into the inbox, once each, and from there to the HITs that they name."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from crowdbroker.broker.inbox import FULL_EVERY, Inbox, fetch, take_in
from crowdbroker.broker.run import run_round
from crowdbroker.broker.webhook import LONGEST_BODY, is_signed, listening
from crowdbroker.errors import EndpointUnreachable, SettingsError, StoreUnusable
from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.notifications.documents import document
from crowdbroker.marketplace.notifications.webhooks import signature
from crowdbroker.mturk.events import EventQueue, Message, NoEvents, read_events
from crowdbroker.store.process_tables import InboxRow
from crowdbroker.store.tables import BatchRow

SECRET = "s" * 64


class Queue(EventQueue):
    """A queue in memory: what is not deleted comes again."""

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.gone = False

    def send(self, *bodies: str) -> None:
        self.messages |= {f"h{len(self.messages) + number}": body for number, body in enumerate(bodies)}

    def receive(self, wait_s: int = 0) -> list[Message]:
        if self.gone:
            raise EndpointUnreachable("nobody answers")
        return [Message(body, handle) for handle, body in list(self.messages.items())[:10]]

    def delete(self, messages: Any) -> None:
        for one in messages:
            del self.messages[one.handle]


@pytest.fixture
def busy(desk: Any) -> Any:
    """A desk with two HITs out that tell of themselves."""
    desk.load(items=8, gold=5, overlap=1)
    desk.publish()
    with desk.store.read() as session:
        hit_type = session.exec(select(BatchRow.hit_type_id)).one()
    desk.market.send_events(hit_type, "https://example.org/events", ["AssignmentSubmitted", "HITReviewable"])
    return desk


def told(desk: Any) -> list[str]:
    """The messages of what has happened at the marketplace, oldest first."""
    with desk.marketplace.read() as session:
        return [document(event) for event in session.exec(select(EventRow).order_by(col(EventRow.seq)))]


def inbox(desk: Any) -> list[InboxRow]:
    with desk.store.read() as session:
        return list(session.exec(select(InboxRow)))


@contextmanager
def without_inbox(desk: Any) -> Iterator[None]:
    """The store cannot take events in."""
    for change in ("inbox RENAME TO elsewhere", "elsewhere RENAME TO inbox"):
        with desk.store.write() as session:
            session.connection().exec_driver_sql(f"ALTER TABLE {change}")
        if change.startswith("inbox"):
            yield


def a_round(desk: Any, hints: Inbox) -> Any:
    return run_round(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own", inbox=hints)


def test_repeats_in_any_order_are_one(busy: Any) -> None:
    busy.work(busy.workers(1)[0])
    bodies = told(busy)
    assert len(bodies) == 4
    assert take_in(busy.store, bodies[::-1], busy.clock()) == 4
    assert take_in(busy.store, bodies + bodies, busy.clock()) == 0
    assert len(inbox(busy)) == 4


def test_what_is_stored_is_deleted_from_the_queue_and_what_is_not_comes_again(busy: Any) -> None:
    busy.work(busy.workers(1)[0])
    queue = Queue()
    queue.send(*told(busy), "no message", "{}", *told(busy))
    with without_inbox(busy), pytest.raises(StoreUnusable):
        fetch(busy.store, queue, busy.clock())
    assert len(queue.messages) == 10
    assert fetch(busy.store, queue, busy.clock()) == 4
    assert queue.messages == {}


def test_a_hint_leads_to_its_hit_alone_and_a_full_listing_to_the_rest(busy: Any) -> None:
    hints = Inbox(busy.store, busy.clock)
    a_round(busy, hints)
    busy.work(busy.workers(1)[0])
    hit = json.loads(told(busy)[0])["Events"][0]["HITId"]
    take_in(busy.store, [body for body in told(busy) if hit in body], busy.clock())
    busy.wire.calls.clear()
    assert a_round(busy, hints).collected.assignments == 1
    assert "ListHITs" not in busy.wire.calls
    assert all(row.done_at is not None for row in inbox(busy))
    assert a_round(busy, hints).collected.assignments == 0
    busy.clock.advance(FULL_EVERY)
    assert a_round(busy, hints).collected.assignments == 1
    assert busy.states() == ["approved", "approved"]
    busy.check_books()


def test_an_event_that_comes_too_early_or_for_nobody_stops_nothing(busy: Any) -> None:
    hints = Inbox(busy.store, busy.clock)
    a_round(busy, hints)
    [hit, *_] = busy.market.list_hits()
    happened = f"{busy.clock():%Y-%m-%dT%H:%M:%SZ}"
    events = [
        {"EventType": "AssignmentSubmitted", "EventTimestamp": happened, "HITId": one, "AssignmentId": "A"}
        for one in (hit.hit_id, "3NOBODY")
    ]
    assert take_in(busy.store, [json.dumps({"Events": events})], busy.clock()) == 2
    assert a_round(busy, hints).collected.assignments == 0
    assert [row.hit_id for row in inbox(busy) if row.done_at is None] == ["3NOBODY"]


def test_waiting_ends_when_a_hint_comes_and_a_queue_that_is_gone_is_told_of(busy: Any) -> None:
    queue, slept, said = Queue(), list[float](), list[str]()
    hints = Inbox(busy.store, busy.clock, queue=queue, tell=said.append, sleep=slept.append)
    queue.gone = True
    hints.wait(busy.batch(), 30)
    assert sum(slept) == 30
    assert "cannot be read: nobody answers" in said[0]
    slept.clear()
    queue.gone = False
    busy.work(busy.workers(1)[0])
    queue.send(*told(busy))
    hints.wait(busy.batch(), 3600)
    assert slept == []


def test_the_marketplace_is_asked_once_for_the_events_of_each_hit_type(desk: Any) -> None:
    desk.load(items=8, gold=5, overlap=1)
    hints = Inbox(desk.store, desk.clock, destination="https://example.org/events")
    for _ in range(3):
        a_round(desk, hints)
    assert desk.wire.counted()["UpdateNotificationSettings"] == 1
    desk.load(items=8, gold=5, overlap=1, name="second", title="Another page")
    desk.publish("second")
    for _ in range(2):
        hints.ask_for_events(desk.market, desk.batch("second"))
    assert desk.wire.counted()["UpdateNotificationSettings"] == 2
    desk.load(items=8, gold=5, overlap=1, name="planned")
    hints.ask_for_events(desk.market, desk.batch("planned"))
    assert desk.wire.counted()["UpdateNotificationSettings"] == 2
    desk.work(desk.workers(1)[0], most=1)
    assert len(told(desk)) == 2


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '{"Events": 1}',
        '{"Events": [{}]}',
        '{"Events": [{"EventType": "x", "EventTimestamp": "yesterday", "HITId": "h"}]}',
        '{"Events": [{"EventType": "x", "EventTimestamp": "2026-01-01T00:00:00", "HITId": "h"}]}',
        '{"Events": [{"EventType": "x", "EventTimestamp": "2026-01-01T00:00:00Z", "HITId": 7}]}',
        '{"Events": [{"EventType": "x", "EventTimestamp": "2026-01-01T00:00:00Z", "HITId": "\\ud800"}]}',
        '{"Events": [{"EventType": "x", "EventTimestamp": "2026-01-01T00:00:00Z", "HITId": "\\u0000A"}]}',
        '{"Events": [{"EventType": "x", "EventTimestamp": "0001-01-01T00:00:00+23:59", "HITId": "h"}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_message_of_a_marketplace(body: str) -> None:
    with pytest.raises(NoEvents):
        read_events(body)


def test_a_message_that_sns_has_wrapped() -> None:
    event = {"EventType": "HITReviewable", "EventTimestamp": "2026-01-01T00:00:00Z", "HITId": "h"}
    wrapped = json.dumps({"Type": "Notification", "Message": json.dumps({"Events": [event]})})
    [found] = read_events(wrapped)
    assert found.key == "HITReviewable:h:None:2026-01-01T00:00:00+00:00"


@pytest.fixture
def receiver(busy: Any) -> Iterator[tuple[Any, tuple[str, int]]]:
    with listening(busy.store, busy.clock, host="127.0.0.1", port=0, secret=SECRET) as address:
        yield busy, address


def post(address: tuple[str, int], body: str, **headers: str) -> int:
    connection = http.client.HTTPConnection(*address, timeout=10)
    names = {"stamp": "X-Crowdbroker-Timestamp", "signed": "X-Crowdbroker-Signature", "length": "Content-Length"}
    connection.request("POST", "/events", body, {names[name]: value for name, value in headers.items()})
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_webhook_as_the_marketplace_signs_it_is_taken_once(receiver: Any) -> None:
    desk, address = receiver
    desk.work(desk.workers(1)[0])
    stamp = int(desk.clock().timestamp())
    for body in told(desk) * 2:
        assert post(address, body, stamp=str(stamp), signed=signature(SECRET, stamp, body)) == 204
    assert len(inbox(desk)) == 4


def test_a_webhook_of_somebody_else_or_of_yesterday_is_refused(receiver: Any) -> None:
    desk, address = receiver
    body, stamp = '{"Events": []}', int(desk.clock().timestamp())
    good = signature(SECRET, stamp, body)
    old = stamp - 301
    for headers in (
        {},
        {"stamp": str(stamp)},
        {"stamp": str(stamp), "signed": "v1=" + "0" * 64},
        {"stamp": str(stamp), "signed": signature("t" * 64, stamp, body)},
        {"stamp": str(stamp + 1), "signed": good},
        {"stamp": str(old), "signed": signature(SECRET, old, body)},
        {"stamp": "²", "signed": good},
    ):
        assert post(address, body, **headers) == 403
    assert post(address, body + " ", stamp=str(stamp), signed=good) == 403
    assert post(address, "x" * (LONGEST_BODY + 1)) == 413
    assert post(address, "x", length="9" * 5000) == 413
    assert inbox(desk) == []


def test_a_database_that_is_gone_has_the_message_sent_again(receiver: Any) -> None:
    desk, address = receiver
    desk.work(desk.workers(1)[0])
    body, stamp = told(desk)[0], int(desk.clock().timestamp())
    with without_inbox(desk):
        assert post(address, body, stamp=str(stamp), signed=signature(SECRET, stamp, body)) == 503
    assert inbox(desk) == []
    assert post(address, body, stamp=str(stamp), signed=signature(SECRET, stamp, body)) == 204
    assert len(inbox(desk)) == 1


def test_a_signature_is_good_for_five_minutes_either_way(desk: Any) -> None:
    now = desk.clock()
    stamp = int(now.timestamp())
    signed = signature(SECRET, stamp, "x")
    for seconds, good in ((0, True), (300, True), (-300, True), (302, False), (-302, False)):
        assert is_signed(SECRET, str(stamp), signed, b"x", now + timedelta(seconds=seconds)) is good


def test_a_port_that_is_taken_is_a_mistake_in_the_settings(receiver: Any) -> None:
    desk, (host, port) = receiver
    with (
        pytest.raises(SettingsError, match="nobody can listen"),
        listening(desk.store, desk.clock, host=host, port=port, secret=SECRET),
    ):
        time.sleep(0)


@pytest.mark.slow
def test_a_real_queue(busy: Any) -> None:
    """SQS as moto serves it: fetched, stored, deleted."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
    sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url=endpoint, **keys)
    url = sqs.create_queue(QueueName="crowd")["QueueUrl"]
    busy.work(busy.workers(1)[0])
    for body in told(busy) * 4:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "k")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "s")
        queue = EventQueue(url, endpoint_url=endpoint, region="us-east-1")
    assert fetch(busy.store, queue, busy.clock()) == 4
    assert queue.receive() == []
    server.stop()
