"""One small Batch with every kind of Effect, driven to its end however often something stops it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from factories import right, wrong
from sqlmodel import select

from crowdbroker.broker.label import label
from crowdbroker.errors import CrowdbrokerError
from crowdbroker.marketplace import worker
from crowdbroker.store.reads import progress
from crowdbroker.store.store import Store
from crowdbroker.store.tables import HITRow, ItemRow, LabelRow

REFUSING: dict[str, Any] = {
    "items": 2,
    "gold": 10,
    "items_per_hit": 1,
    "overlap": 2,
    "settings": {"gold": {"per_hit": 5}},
    "payment": {"rejection": "automatic", "reject_cap": 0.5},
}
"""Two HITs of an Item and five gold ones each; a careful worker is paid twice, a careless one refused and excluded."""

_ROUNDS = 14
CROWD = {"ACAREFUL": right, "ACARELESS": wrong}


def drive(desk: Any) -> None:
    """Go on with a Batch until it is complete, eleven minutes between rounds: longer than a lease."""
    for _ in range(_ROUNDS):
        with suppress(CrowdbrokerError):  # an operator, or cron, tries again
            _round(desk)
        with desk.store.read() as session:
            reached = progress(session, desk.batch().id)
        if reached.complete:
            label(desk.store, desk.batch(), desk.clock())
            return
        desk.pass_time(minutes=11)
    raise AssertionError(f"not complete after {_ROUNDS} rounds: {reached}, {[e.problem for e in desk.effects()]}")


def _round(desk: Any) -> None:
    desk.publish()
    with desk.store.read() as session:
        all_open = "planned" not in session.exec(select(HITRow.state)).all()
    if all_open:
        # The crowd begins when everything is on offer, so that every way to the end has the same work in it.
        for worker_id, answer in CROWD.items():
            if worker_id not in desk.paid():
                worker.enrol(desk.marketplace, worker_id, worker_id=worker_id)
            for held in worker.held(desk.marketplace, worker_id):
                desk.submit(held, answer)
            desk.work(worker_id, answer)
    desk.collect()
    desk.judge()
    desk.settle()


def restarted(desk: Any) -> None:
    """Another process takes over: all that the first one had in memory is gone, its open transaction too."""
    desk.store.close()
    desk.store = Store(desk.store.engine)


def summary(desk: Any) -> dict[str, Any]:
    """What a Batch came to: states, money on both sides, labels, and how much is at the marketplace."""
    with desk.store.read() as session:
        rows = session.exec(select(ItemRow.key, LabelRow.label).where(LabelRow.item_id == ItemRow.id))
        labels = dict(sorted(rows.all()))
    types = desk.market._client.list_qualification_types(MustBeRequestable=False, MustBeOwnedByCaller=True)
    return {
        "states": sorted(desk.states()),
        "money": desk.money(),
        "paid": desk.paid(),
        "labels": labels,
        "hits": len(list(desk.market.list_hits())),
        "qualification types": types["NumResults"],
        "effects": sorted((effect.kind, effect.state) for effect in desk.effects()),
    }


def worked(desk: Any, *, honest: int = 2, bad: Any = wrong, **changes: Any) -> tuple[list[str], str]:
    """Ten HITs with a gold Item each, done by honest workers and a bad one; returns (honest, bad)."""
    desk.load(items=40, gold=10, **changes)
    desk.publish()
    *good, spammer = desk.workers(honest + 1)
    for worker_id in good:
        desk.work(worker_id)
    desk.work(spammer, answer=bad)
    desk.collect()
    return good, spammer
