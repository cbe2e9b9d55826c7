"""One round of delivery: claim what is due, send it outside of any transaction, write down what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlmodel import Session

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.notifications import outbox
from crowdbroker.marketplace.notifications.disorder import Disorder
from crowdbroker.marketplace.notifications.documents import doc_id
from crowdbroker.marketplace.notifications.problems import Undeliverable
from crowdbroker.marketplace.notifications.sending import send
from crowdbroker.marketplace.times import SECOND_MS

AT_ONCE = 8
Value = TypeVar("Value")
_ORDERLY = Disorder()


def deliver_due(
    market: Marketplace, now_ms: int, disorder: Disorder = _ORDERLY, *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Try every event that is due, up to a batch of them, and return how many were taken up.

    Args:
        now_ms: the moment by which retries are timed; the same clock at every call on one database.
        disorder: what is to go wrong on the way.
        stopping: asked before each message; once it is true the rest is left to whoever comes after the lease.
    """
    with market.read() as session:
        if not outbox.anything_to_do(session, now_ms):
            return 0
    with market.write() as session:
        outbox.forget(session, now_ms)
        claimed = outbox.claim(session, now_ms)
    by_destination: dict[str, list[EventRow]] = {}
    for event in sorted(claimed, key=lambda event: disorder.place(doc_id(event))):
        by_destination.setdefault(event.destination, []).append(event)
    lease = _Lease(market, now_ms, stopping)
    # Destinations side by side, so that a slow one holds up nobody else's messages.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda events: _deliver(lease, events, disorder), by_destination.values()))
    return len(claimed)


class _Lease:
    """The claims of one round: whether there is time to use them, and where their outcomes go."""

    def __init__(self, market: Marketplace, now_ms: int, stopping: Callable[[], bool]) -> None:
        self.market = market
        self._now_ms = now_ms
        self._stopping = stopping
        self._began_s = time.monotonic()

    def allows(self) -> bool:
        """Tell whether one more message can be sent well before another process may take it up."""
        return not self._stopping() and (time.monotonic() - self._began_s) * SECOND_MS < outbox.LEASE_MS / 2

    def settle(self, how: Callable[[Session, EventRow, Value, int], None], event: EventRow, value: Value) -> None:
        """Write down an event's outcome, in a transaction of its own."""
        with self.market.write() as session:
            how(session, event, value, self._now_ms)


def _deliver(lease: _Lease, events: Sequence[EventRow], disorder: Disorder) -> None:
    """Send one destination's messages; after a failure the others wait with it instead of failing one by one.

    What waits keeps its place whatever its tries: only a message that was refused itself is ever given up.
    """
    failed = False
    for event in _in_turn(events):
        if not lease.allows():
            return
        if failed:
            lease.settle(outbox.put_off, event, outbox.pause_ms(event))
        elif problem := _try(lease, event, disorder):
            lease.settle(outbox.fail, event, problem)
            failed = True


def _in_turn(events: Sequence[EventRow]) -> list[EventRow]:
    """Return a destination's messages in the order to send them.

    One that the destination always refuses must not be the first of every round: those that were never refused go
    before it, and among the others each round begins with another one.
    """
    fresh, refused = ([event for event in events if bool(event.problem) is was] for was in (False, True))
    first = max((event.tries for event in refused), default=0) % max(len(refused), 1)
    return [*fresh, *refused[first:], *refused[:first]]


def _try(lease: _Lease, event: EventRow, disorder: Disorder) -> str | None:
    """Send one message, or lose or delay it as the disorder says; return why it was not taken, else None."""
    name = doc_id(event)
    if disorder.drops(name):
        lease.settle(outbox.end, event, outbox.DROPPED)
        return None
    delay_ms = disorder.delay_ms(name)
    if event.tries == 1 and delay_ms:
        lease.settle(outbox.put_off, event, delay_ms)
        return None
    try:
        for _ in range(disorder.copies(name)):
            send(lease.market, event)
    except Undeliverable as error:
        return str(error)
    lease.settle(outbox.end, event, outbox.DELIVERED)
    return None
