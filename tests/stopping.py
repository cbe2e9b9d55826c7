"""Pausing and closing a Batch, and what is on offer then, for the tests of both."""

from __future__ import annotations

import itertools
from typing import Any

from sqlmodel import col, select

from crowdbroker.marketplace import worker
from crowdbroker.store.reads import progress
from crowdbroker.store.tables import HITRow

HITS = 2
PLACES = 3
_NUMBERS = itertools.count()
CENTS = HITS * PLACES * 6
"""What two HITs of three places reserve at 6 cents a place."""


def act(desk: Any, step: Any, *, marketplace: str = "own") -> Any:
    return step(desk.store, desk.market, desk.batch(), desk.clock, marketplace=marketplace)


def on_offer(desk: Any) -> int:
    """HITs that a new worker could accept now."""
    name = worker.enrol(desk.marketplace, f"somebody {next(_NUMBERS)}")
    return sum(group.available for group in worker.groups(desk.marketplace, name))


def states(desk: Any) -> list[str]:
    with desk.store.read() as session:
        return list(session.exec(select(HITRow.state).order_by(col(HITRow.id))).all())


def ends(desk: Any) -> list[Any]:
    """What the marketplace says that the HITs' ends are, oldest HIT first."""
    return [hit.expires_at for hit in desk.market.list_hits()][::-1]


def completes(desk: Any) -> bool:
    for _ in range(4):
        desk.publish()
        desk.collect()
        desk.judge()
        desk.settle()
    with desk.store.read() as session:
        return progress(session, desk.batch().id).complete


def spend_a_place(desk: Any) -> None:
    """Another program publishes a HIT of one place for an hour from the same account."""
    [first, *_] = desk.market.list_hits()
    question = desk.market._client.get_hit(HITId=first.hit_id)["HIT"]["Question"]
    kind = {"Title": "t", "Description": "d", "Reward": "0.05", "AssignmentDurationInSeconds": 60}
    hit = {"HITTypeId": desk.market.create_hit_type(kind), "MaxAssignments": 1, "LifetimeInSeconds": 3600}
    desk.market.create_hit(hit | {"Question": question}, token="elsewhere")
