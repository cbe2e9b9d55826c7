"""Intents that are written once, claimed by one, and ended once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from factories import START
from sqlmodel import Session, select

from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.errors import IllegalMove, StaleState
from crowdbroker.store.effects import Intent, Outcome, claim, end, intend, token_of, unfinished
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import EffectRow

LEASE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


def intents(count: int, kind: str = "approve") -> list[Intent]:
    return [Intent(f"{kind}:{number}", kind, 1, {"assignment_id": f"A{number}"}) for number in range(count)]


def claimed(store: Store, now: datetime, *, owner: str = "one", limit: int = 50) -> list[EffectRow]:
    with store.write() as session:
        return claim(session, now=now, owner=owner, lease=LEASE, limit=limit)


def ended(
    store: Store,
    outcomes: Iterable[Outcome],
    *,
    now: datetime = START,
    owner: str = "one",
    attempts: Mapping[int, int] | None = None,
) -> set[int]:
    """End attempts, those under way where no others are named."""
    again = {"again_at": now + MINUTE, "look_again_at": now + 2 * MINUTE}
    with store.write() as session:
        under_way = {row.id or 0: row.attempts for row in session.exec(select(EffectRow))}
        return end(session, list(outcomes), owner=owner, attempts=attempts or under_way, now=now, **again)


@pytest.fixture
def ready(store: Store, batch: BatchView) -> Store:
    """A store with five Effects that are ready."""
    with store.write() as session:
        assert intend(session, intents(5), START) == 5
    return store


def row(store: Store, number: int = 0) -> EffectRow:
    with store.read() as session:
        return session.exec(select(EffectRow).where(EffectRow.key == f"approve:{number}")).one()


def test_the_same_intent_twice_is_one_effect(ready: Store) -> None:
    with ready.write() as session:
        assert intend(session, intents(7), START) == 2
        assert unfinished(session, 1) == 7
        assert unfinished(session, 1, ["reject"]) == 0
        assert intend(session, [], START) == 0


def test_the_same_key_with_another_request_is_refused(ready: Store) -> None:
    with pytest.raises(StaleState, match="approve:3 exists with another request"), ready.write() as session:
        intend(session, [*intents(5), Intent("approve:3", "approve", 1, {"assignment_id": "A4"})], START)


def test_the_order_of_a_requests_members_makes_no_difference(session: Session, batch: BatchView) -> None:
    intend(session, [Intent("k", "approve", 1, {"a": 1, "b": 2})], START)
    assert intend(session, [Intent("k", "approve", 1, {"b": 2, "a": 1})], START) == 0


def test_an_intent_is_forgotten_with_the_transaction_that_wrote_it(store: Store, batch: BatchView) -> None:
    with suppress(RuntimeError), store.write() as session:
        intend(session, intents(2), START)
        raise RuntimeError
    assert claimed(store, START) == []


def test_a_token_fits_the_wire_and_belongs_to_its_key() -> None:
    assert len(token_of("a")) == 64
    assert token_of("a") == token_of("a") != token_of("b")


def test_a_claim_takes_the_oldest_and_marks_them_sent(ready: Store) -> None:
    found = claimed(ready, START, limit=2)
    assert [effect.key for effect in found] == ["approve:0", "approve:1"]
    for effect in found:
        assert (effect.state, effect.attempts, effect.doubtful, effect.leased_by) == ("sent", 1, False, "one")
        assert (effect.lease_until, effect.first_sent_at) == (START + LEASE, START)


def test_what_is_claimed_is_not_claimed_again_before_its_lease_runs_out(ready: Store) -> None:
    claimed(ready, START)
    assert claimed(ready, START + LEASE - timedelta(seconds=1), owner="two") == []


def test_a_lease_that_ran_out_leaves_doubt(ready: Store) -> None:
    claimed(ready, START)
    again = claimed(ready, START + LEASE, owner="two")
    assert len(again) == 5
    assert {(effect.doubtful, effect.attempts, effect.leased_by) for effect in again} == {(True, 2, "two")}
    assert {effect.first_sent_at for effect in again} == {START}


def test_a_claim_keeps_to_its_batch(ready: Store) -> None:
    with ready.write() as session:
        assert claim(session, now=START, owner="one", lease=LEASE, limit=9, batch_id=2) == []
        assert len(claim(session, now=START, owner="one", lease=LEASE, limit=9, batch_id=1)) == 5


def test_claimants_never_get_the_same_effect(store: Store, batch: BatchView) -> None:
    with store.write() as session:
        intend(session, intents(60), START)
    got: list[int] = []

    def take(owner: str) -> None:
        while found := claimed(store, START, owner=owner, limit=3):
            got.extend(effect.id or 0 for effect in found)

    threads = [threading.Thread(target=take, args=(f"claimant {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 60 == len(set(got))


@pytest.mark.parametrize("state", [EffectState.DONE, EffectState.FAILED, EffectState.IN_DOUBT])
def test_what_has_ended_is_never_claimed_again(ready: Store, state: EffectState) -> None:
    [effect] = claimed(ready, START, limit=1)
    assert ended(ready, [Outcome(effect.id or 0, state, {"status": "Approved"}, "p")]) == {effect.id}
    found = row(ready)
    assert (found.state, found.receipt, found.problem) == (state, {"status": "Approved"}, "p")
    assert (found.ended_at, found.leased_by, found.lease_until) == (START, None, None)
    later = claimed(ready, START + timedelta(days=9))
    assert effect.id not in {one.id for one in later}


def test_an_attempt_without_effect_is_due_again_later_and_leaves_no_doubt(ready: Store) -> None:
    [effect] = claimed(ready, START, limit=1)
    ended(ready, [Outcome(effect.id or 0, EffectState.READY, problem="slow down")])
    assert effect.id not in {one.id for one in claimed(ready, START)}
    [again] = claimed(ready, START + MINUTE)
    assert (again.id, again.doubtful, again.attempts) == (effect.id, False, 2)
    assert again.first_sent_at == START + MINUTE


def test_doubt_from_an_earlier_attempt_stays(ready: Store) -> None:
    claimed(ready, START, limit=1)
    later = START + LEASE
    doubtful = next(one for one in claimed(ready, later) if one.doubtful)
    ended(ready, [Outcome(doubtful.id or 0, EffectState.READY)], now=later)
    again = next(one for one in claimed(ready, later + MINUTE) if one.id == doubtful.id)
    assert (again.doubtful, again.first_sent_at) == (True, START)


def test_a_lost_reply_keeps_it_sent_and_is_looked_at_again(ready: Store) -> None:
    [effect] = claimed(ready, START, limit=1)
    ended(ready, [Outcome(effect.id or 0, EffectState.SENT, problem="lost")])
    assert (row(ready).state, row(ready).leased_by) == ("sent", None)
    later = claimed(ready, START + 2 * MINUTE)
    assert {one.key: one.doubtful for one in later}["approve:0"]


def test_whoever_lost_the_lease_changes_nothing(ready: Store) -> None:
    [effect] = claimed(ready, START, limit=1)
    claimed(ready, START + LEASE, owner="two")
    outcome = Outcome(effect.id or 0, EffectState.FAILED)
    assert ended(ready, [outcome], owner="one") == set()
    assert row(ready).state == "sent"
    assert ended(ready, [Outcome(effect.id or 0, EffectState.DONE)], owner="two") == {effect.id}
    assert ended(ready, [outcome], owner="two") == set()
    assert row(ready).state == "done"


def test_an_attempt_that_its_own_process_has_taken_over_changes_nothing(ready: Store) -> None:
    [first] = claimed(ready, START, limit=1)
    second = next(one for one in claimed(ready, START + LEASE) if one.id == first.id)
    outcome = Outcome(first.id or 0, EffectState.FAILED)
    assert ended(ready, [outcome], attempts={first.id or 0: first.attempts}) == set()
    assert row(ready).state == "sent"
    assert ended(ready, [outcome], attempts={second.id or 0: second.attempts}) == {second.id}


def test_a_claim_leaves_the_kinds_that_it_is_to_leave(ready: Store) -> None:
    with ready.write() as session:
        intend(session, intents(2, "bonus"), START)
        found = claim(session, now=START, owner="one", lease=LEASE, limit=9, without={"approve"})
    assert [effect.key for effect in found] == ["bonus:0", "bonus:1"]


def test_what_was_never_claimed_cannot_end(ready: Store) -> None:
    assert ended(ready, [Outcome(row(ready).id or 0, EffectState.DONE)]) == set()
    assert row(ready).state == "ready"


def test_outcomes_of_a_group_are_recorded_one_by_one(ready: Store) -> None:
    group = claimed(ready, START)
    states: list[Any] = [
        EffectState.DONE,
        EffectState.FAILED,
        EffectState.READY,
        EffectState.SENT,
        EffectState.IN_DOUBT,
    ]
    ended(ready, [Outcome(effect.id or 0, state) for effect, state in zip(group, states, strict=True)])
    assert [row(ready, number).state for number in range(5)] == states
    with ready.read() as session:
        assert unfinished(session, 1) == 2


def test_an_outcome_that_no_lifecycle_has_is_refused(ready: Store) -> None:
    [effect] = claimed(ready, START, limit=1)
    with pytest.raises((IllegalMove, AttributeError, TypeError)):
        ended(ready, [Outcome(effect.id or 0, "planned")])  # type: ignore[arg-type]
