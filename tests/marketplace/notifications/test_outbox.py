from __future__ import annotations

import pytest
from databases import postgres
from required import missing
from sqlmodel import col, select

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.notifications import outbox

SECOND = 1000


@pytest.fixture(params=["sqlite", "postgresql"])
def market(request, tmp_path):
    """A marketplace on either database, with nothing in its outbox."""
    if request.param == "sqlite":
        opened = Marketplace.open(f"sqlite:///{tmp_path}/m.db")
        yield opened
        opened.close()
        return
    server = postgres()
    if server is None:
        missing("postgres", "there is no initdb")
    url = server.empty()
    opened = Marketplace.open(url)
    yield opened
    opened.close()
    server.drop(url)


def put(market, count=1, **changes):
    with market.write() as session:
        for number in range(count):
            event = {
                "requester_id": "A1",
                "hit_type_id": "3T",
                "hit_id": f"3H{number}",
                "event_type": "HITCreated",
                "at_ms": number,
                "transport": "SQS",
                "destination": "https://example.org/",
                "version": "2014-08-15",
            }
            session.add(EventRow(**(event | changes)))


def claim(market, now_ms):
    with market.write() as session:
        return outbox.claim(session, now_ms)


def rows(market):
    with market.read() as session:
        return session.exec(select(EventRow).order_by(col(EventRow.seq))).all()


def test_a_claimed_event_is_nobody_elses_until_its_lease_ends(market):
    put(market, 3)
    first = claim(market, 0)
    assert [event.hit_id for event in first] == ["3H0", "3H1", "3H2"]
    assert claim(market, outbox.LEASE_MS - 1) == []
    assert [event.tries for event in claim(market, outbox.LEASE_MS)] == [2, 2, 2]


def test_no_more_than_a_batch_is_claimed_the_oldest_first(market):
    put(market, outbox.BATCH + 5)
    assert [event.at_ms for event in claim(market, 0)] == list(range(outbox.BATCH))
    assert [event.at_ms for event in claim(market, 0)] == list(range(outbox.BATCH, outbox.BATCH + 5))


def test_an_outcome_counts_only_while_the_claim_holds(market):
    put(market)
    (slow,) = claim(market, 0)
    (fast,) = claim(market, outbox.LEASE_MS)
    with market.write() as session:
        outbox.fail(session, slow, "too late", 0)
    assert (rows(market)[0].claim, rows(market)[0].problem) == (fast.claim, None)
    with market.write() as session:
        outbox.end(session, fast, outbox.DELIVERED, 5)
    kept = rows(market)[0]
    assert (kept.outcome, kept.due_ms, kept.claim, kept.ended_ms) == ("Delivered", None, None, 5)


def test_the_pauses_between_tries_grow_to_an_hour_and_end(market):
    put(market)
    now_ms, pauses = 0, []
    while event := next(iter(claim(market, now_ms)), None):
        with market.write() as session:
            outbox.fail(session, event, "x" * 900, now_ms)
        due_ms = rows(market)[0].due_ms
        if due_ms is None:
            break
        pauses.append((due_ms - now_ms) // SECOND)
        now_ms = due_ms
    assert pauses[:4] == [2, 4, 8, 16]
    assert set(pauses[11:]) == {3600}
    assert len(pauses) == outbox.MOST_TRIES - 1
    kept = rows(market)[0]
    assert (kept.outcome, kept.problem) == ("Failed", "x" * 500)


def test_what_ended_is_forgotten_after_a_week(market):
    put(market, 2)
    first, _ = claim(market, 0)
    with market.write() as session:
        outbox.end(session, first, outbox.DELIVERED, 0)
    with market.read() as session:
        assert not outbox.anything_to_do(session, outbox.LEASE_MS - 1)
        assert outbox.anything_to_do(session, outbox.KEPT_MS)
    with market.write() as session:
        outbox.forget(session, outbox.KEPT_MS)
    assert [event.hit_id for event in rows(market)] == ["3H1"]


def test_the_outbox_says_how_full_it_is(market):
    with market.read() as session:
        assert outbox.waiting(session) == outbox.Waiting(0, 0, None)
    put(market, 4)
    with market.write() as session:
        outbox.end(session, outbox.claim(session, 0)[0], outbox.FAILED, 0)
    with market.read() as session:
        assert outbox.waiting(session) == outbox.Waiting(3, 1, 1)
        assert [event.hit_id for event in outbox.recent(session, 2)] == ["3H3", "3H2"]
