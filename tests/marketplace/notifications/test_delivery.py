from __future__ import annotations

import json
from datetime import timedelta

from crowdbroker.marketplace.notifications import outbox
from crowdbroker.marketplace.notifications.delivery import deliver_due
from crowdbroker.marketplace.notifications.disorder import Disorder


def ids(receiver):
    return [json.loads(body)["EventDocId"] for body in receiver.bodies()]


def test_an_event_is_delivered_once_and_then_left_alone(news, receiver):
    done = news.done(news.specify(receiver.url))
    assert news.deliver() == 1
    assert news.deliver(10**6) == 0
    (told,) = json.loads(receiver.bodies()[0])["Events"]
    assert (told["EventType"], told["AssignmentId"]) == ("AssignmentSubmitted", done)
    assert news.events()[0].outcome == "Delivered"


def test_a_failed_message_is_repeated_with_the_same_id(news, receiver):
    news.done(news.specify(receiver.url))
    receiver.statuses = [500, 503]
    assert news.deliver(0) == 1
    assert news.deliver(1999) == 0
    assert news.deliver(2000) == 1
    assert news.deliver(10_000) == 1
    assert len(ids(receiver)) == 3
    assert len(set(ids(receiver))) == 1
    assert news.events()[0].outcome == "Delivered"


def test_after_a_failure_the_others_wait_with_it(news, receiver):
    hit = news.specify(receiver.url)
    for _ in range(3):
        news.done(hit)
    receiver.statuses = [500]
    news.deliver(0)
    assert len(receiver.received) == 1
    assert [event.problem for event in news.events()] == ["The webhook answered with status 500.", None, None]
    news.deliver(2000)
    assert len(receiver.received) == 4
    assert [event.outcome for event in news.events()] == ["Delivered"] * 3


def picky(receiver, refused):
    """Let the receiver refuse whatever is about one HIT."""
    receiver.refuses = lambda body: refused in body


def test_a_message_that_is_always_refused_holds_up_no_other_for_long(news, receiver):
    kinds = "AssignmentSubmitted", "HITExtended"
    hit = news.specify(receiver.url, *kinds)
    picky(receiver, "AssignmentSubmitted")
    news.done(hit)
    news.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=news.clock.now + timedelta(hours=2))
    assert news.deliver(0) == 2
    assert [event.outcome for event in news.events()] == [None, None]
    news.deliver(2000)
    assert [event.outcome for event in news.events()] == [None, "Delivered"]


def test_nothing_is_given_up_that_was_not_sent_itself(news, receiver):
    hit = news.specify(receiver.url)
    for _ in range(9):
        news.done(hit)
    receiver.refuses = lambda body: True
    now_ms = 0
    while not any(event.outcome for event in news.events()):
        assert news.deliver(now_ms) == 9
        now_ms += 3600 * 1000
    assert [event.outcome for event in news.events()].count("Failed") == 1
    assert all(event.problem for event in news.events())
    receiver.refuses = lambda body: False
    assert news.deliver(now_ms) == 8
    assert [event.outcome for event in news.events()].count("Delivered") == 8


def test_after_an_outage_a_message_that_is_always_refused_is_not_the_first_every_time(news, receiver):
    hit = news.specify(receiver.url)
    done = [news.done(hit) for _ in range(3)]
    receiver.refuses = lambda body: True
    now_ms = 0
    while not all(event.problem for event in news.events()):
        news.deliver(now_ms)
        now_ms += 3600 * 1000
    picky(receiver, done[0])
    for _ in range(3):
        news.deliver(now_ms)
        now_ms += 3600 * 1000
    assert [event.outcome for event in news.events()] == [None, "Delivered", "Delivered"]


def test_a_destination_that_fails_holds_up_no_other(news, receiver):
    news.done(news.specify("http://127.0.0.1:1/"))
    news.done(news.specify(receiver.url))
    assert news.deliver() == 2
    assert [event.outcome for event in news.events()] == [None, "Delivered"]


def test_who_dies_after_sending_leaves_a_message_that_is_sent_again(news, receiver):
    news.done(news.specify(receiver.url))
    with news.market.write() as session:
        outbox.claim(session, 0)  # and the process is gone, whatever it had sent
    assert news.deliver(outbox.LEASE_MS - 1) == 0
    assert news.deliver(outbox.LEASE_MS) == 1


def test_a_destination_that_the_operator_has_closed_is_a_problem_not_a_crash(open_news, receiver):
    news = open_news(private_webhooks=False)
    news.done(news.specify(receiver.url))
    news.deliver()
    assert "private network" in news.events()[0].problem
    assert receiver.received == []


def test_a_dropped_message_is_never_sent_and_a_doubled_one_twice(news, receiver):
    news.done(news.specify(receiver.url))
    news.deliver(0, Disorder(drop=1.0))
    assert receiver.received == []
    assert news.events()[0].outcome == "Dropped"
    news.done(news.specify(f"{receiver.url}/two"))
    news.deliver(0, Disorder(duplicate=1.0))
    first, second = ids(receiver)
    assert first == second


def test_a_delayed_message_comes_once_its_time_is_over(news, receiver):
    news.done(news.specify(receiver.url))
    late = Disorder(delay_s=100)
    assert news.deliver(0, late) == 1
    assert receiver.received == []
    due_ms = news.events()[0].due_ms
    assert 0 < due_ms <= 100_000
    assert news.deliver(due_ms - 1, late) == 0
    assert news.deliver(due_ms, late) == 1
    assert len(receiver.received) == 1


def test_reordered_messages_all_arrive_in_another_order_by_seed(news, receiver):
    hit = news.specify(receiver.url)
    done = [news.done(hit) for _ in range(8)]
    news.deliver(0, Disorder(reorder=True))
    came = [json.loads(body)["Events"][0]["AssignmentId"] for body in receiver.bodies()]
    assert sorted(came) == sorted(done)
    assert came != done


def test_who_is_told_to_stop_leaves_the_rest_for_after_the_lease(news, receiver):
    hit = news.specify(receiver.url)
    for _ in range(3):
        news.done(hit)
    deliver_due(news.market, 0, stopping=lambda: len(receiver.received) == 1)
    assert [event.outcome for event in news.events()] == ["Delivered", None, None]
    assert news.deliver(outbox.LEASE_MS) == 2
    assert len(receiver.received) == 3
