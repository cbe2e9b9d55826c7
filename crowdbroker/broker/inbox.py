"""Events are hints: they say which HITs to look at now. What is missed, a full listing finds later.

A message is deleted from its queue when what it tells is committed: one that comes again is known by its key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from crowdbroker.errors import MarketError, Refused
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.events import EVENT_TYPES, EventQueue, MarketEvent, NoEvents, read_events
from crowdbroker.store.inbox import Hint, followed, remember, waiting
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

FULL_EVERY = timedelta(minutes=5)
"""How often everything is listed although events come: they may be late or lost."""

_LOOK_EVERY_S = 1.0
_LONGEST_POLL_S = 20
"""API reference of SQS, ReceiveMessage: WaitTimeSeconds."""


def take_in(store: Store, bodies: list[str], now: datetime) -> int:
    """Store the events of messages and return how many were new; what is no message of a marketplace is passed over."""
    hints = [_hint(event) for body in bodies for event in _events(body)]
    if not hints:
        return 0
    with store.write() as session:
        return remember(session, hints, now)


def _events(body: str) -> list[MarketEvent]:
    try:
        return [event for event in read_events(body) if event.hit_id]
    except NoEvents:
        return []


def _hint(event: MarketEvent) -> Hint:
    return Hint(event.key, event.kind, event.hit_id, event.assignment_id, event.happened_at)


def fetch(store: Store, queue: EventQueue, now: datetime, *, wait_s: int = 0) -> int:
    """Bring the queue's messages in until it is empty for now; return how many events were new.

    Args:
        wait_s: how long the first call waits for a message.

    Raises:
        MarketError: the queue cannot be read.
    """
    new, wait = 0, wait_s
    while messages := queue.receive(wait):
        new += take_in(store, [one.body for one in messages], now)
        queue.delete(messages)
        wait = 0
    return new


class Inbox:
    """Which HITs a round looks at, and the time between rounds, which ends when a hint comes.

    Args:
        queue: where events are fetched; None where they only come by webhook.
        destination: where the marketplace is asked to send them: the queue's URL, or the webhook's as it sees it.
        tell: told in a sentence where the queue cannot be read; the listing finds everything meanwhile.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        queue: EventQueue | None = None,
        destination: str | None = None,
        tell: Callable[[str], None] = lambda _sentence: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._queue = queue
        self._destination = destination
        self._tell = tell
        self._sleep = sleep
        self._listed_at: datetime | None = None
        self._following: list[str] = []
        self._asked_for: set[str] = set()

    def ask_for_events(self, market: MTurk, batch: BatchView) -> None:
        """Tell the marketplace, once in this process, where the events of a HIT type go."""
        if self._destination is None:
            return
        with self._store.read() as session:
            hit_type_id = session.get_one(BatchRow, batch.id).hit_type_id
        if hit_type_id is None or hit_type_id in self._asked_for:
            return
        try:
            market.send_events(hit_type_id, self._destination, EVENT_TYPES)
        except Refused as error:
            self._tell(f"the marketplace sends no events: {error.message}")
        self._asked_for.add(hit_type_id)

    def hits(self, batch: BatchView) -> list[str] | None:
        """The HITs that something is known of, or None where it is time to list all."""
        now = self._clock()
        with self._store.read() as session:
            found = waiting(session, batch.id)
        self._following = [key for keys in found.values() for key in keys]
        if self._listed_at is None or not timedelta() <= now - self._listed_at < FULL_EVERY:
            self._listed_at = now
            return None
        return list(found)

    def done(self) -> None:
        """What the last round looked at is followed."""
        if self._following:
            with self._store.write() as session:
                followed(session, self._following, self._clock())
        self._following = []

    def wait(self, batch: BatchView, seconds: float) -> None:
        """Pass so many seconds, or fewer where an event comes."""
        left = seconds
        while left > 0:
            with self._store.read() as session:
                if waiting(session, batch.id):
                    return
            left -= self._pass(left)

    def _pass(self, left: float) -> float:
        """Wait a while, at the queue where there is one; return how long it was meant to be."""
        if self._queue is None or left < 1:
            pause = min(left, _LOOK_EVERY_S)
            self._sleep(pause)
            return pause
        poll = min(int(left), _LONGEST_POLL_S)
        try:
            fetch(self._store, self._queue, self._clock(), wait_s=poll)
        except MarketError as error:
            self._tell(f"the queue of events cannot be read: {error.message}")
            self._sleep(poll)
        return poll
