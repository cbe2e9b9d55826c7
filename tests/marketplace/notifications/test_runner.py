from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from structlog.testing import capture_logs

from crowdbroker.marketplace.notifications.runner import Runner


def eventually(seen: Callable[[], object]) -> bool:
    """Wait until something is seen, for ten seconds at the most."""
    until_s = time.monotonic() + 10
    while time.monotonic() < until_s:
        if seen():
            return True
        time.sleep(0.01)
    return False


def kinds(receiver):
    return [json.loads(body)["Events"][0]["EventType"] for body in receiver.bodies()]


def test_a_runner_delivers_until_it_is_stopped(news, receiver):
    hit = news.specify(receiver.url)
    runner = Runner(news.market, every_s=0.01)
    runner.start()
    news.done(hit)
    assert eventually(lambda: len(receiver.received) == 1)
    runner.stop()
    news.done(hit)
    time.sleep(0.1)
    assert len(receiver.received) == 1
    assert [event.outcome for event in news.events()] == ["Delivered", None]


def test_two_runners_send_each_message_once(news, receiver):
    hit = news.specify(receiver.url)
    runners = [Runner(news.market, every_s=0.001) for _ in range(2)]
    for runner in runners:
        runner.start()
    for _ in range(9):
        news.done(hit)
    assert eventually(lambda: all(event.outcome for event in news.events()))
    for runner in runners:
        runner.stop()
    assert len(receiver.received) == len(set(receiver.bodies())) == 9


def test_what_the_clock_brings_is_told_of_though_nobody_calls(news, receiver):
    news.specify(receiver.url, "HITExpired")
    news.clock.move(hours=2)
    runner = Runner(news.market, every_s=0.01)
    runner.start()
    assert eventually(lambda: receiver.received)
    runner.stop()
    assert kinds(receiver) == ["HITExpired"]


def test_a_round_that_goes_wrong_in_no_known_way_is_not_the_last(news, receiver):
    hit, moments = news.specify(receiver.url), iter([None])

    def broken_at_first():
        for _ in moments:
            raise RuntimeError("a surprise")
        return datetime.now(UTC)

    news.done(hit)
    runner = Runner(news.market, every_s=0.01, clock=broken_at_first)
    with capture_logs() as logs:
        runner.start()
        assert eventually(lambda: receiver.received)
        runner.stop()
    assert [(one["event"], one["error"]) for one in logs] == [("notifications_failed", "RuntimeError")]
    assert logs[0]["where"].startswith("test_runner.py:")


def test_stopping_is_harmless_before_the_start_and_twice(news):
    runner = Runner(news.market)
    runner.stop()
    runner.start()
    runner.stop()
    runner.stop()


def test_the_switches_in_force_disturb_the_channel(news, receiver):
    news.market.switches.change(event_drop=1)
    news.done(news.specify(receiver.url))
    runner = Runner(news.market, every_s=0.01)
    runner.start()
    assert eventually(lambda: news.events()[0].outcome)
    runner.stop()
    assert news.events()[0].outcome == "Dropped"
    assert receiver.received == []
