"""HITs that ended with too little, and topping them up."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from crowdbroker.broker.top_up import ToppedUp, top_up
from crowdbroker.domain.money import Tariff
from crowdbroker.marketplace import worker
from crowdbroker.store.tables import HITRow

DAYS = {"lifetime": "3d", "payment": {"rejection": "never", "decide_within": "30d"}}


def ended(desk: Any, *, good: int, refused: int = 0, items: int = 4, **changes: Any) -> list[str]:
    """HITs whose time is up, with so much good work and so much refused work; returns all their workers."""
    desk.load(items=items, **{"overlap": 3} | DAYS | changes)
    desk.publish()
    names = desk.workers(good + refused)
    for name in names:
        desk.work(name)
    desk.collect()
    refuse(desk, *names[good:])
    desk.pass_time(days=4)
    desk.collect()
    return names


def refuse(desk: Any, *names: str) -> None:
    for name in names:
        for row in desk.of(name):
            desk.market.reject(row.assignment_id, feedback="by hand")
    desk.collect()


def prepare(desk: Any) -> ToppedUp:
    return top_up(desk.store, desk.batch(), Tariff(), desk.clock())


def again(desk: Any) -> ToppedUp:
    """What `publish --top-up` does."""
    made = prepare(desk)
    desk.publish()
    return made


def new_work(desk: Any, *names: str, answer: Any = None) -> list[int]:
    """How many HITs each of these new workers could do."""
    done = []
    for name in names:
        worker.enrol(desk.marketplace, name, worker_id=name)
        done.append(desk.work(name, **({"answer": answer} if answer else {})) if offered(desk, name) else 0)
    return done


def offered(desk: Any, name: str) -> bool:
    return bool(worker.groups(desk.marketplace, name))


def hits(desk: Any) -> list[tuple[str, int]]:
    """(state, places) of every HIT."""
    with desk.store.read() as session:
        rows = session.exec(select(HITRow).order_by(col(HITRow.id))).all()
    return [(row.state, row.max_assignments) for row in rows]


def places_there(desk: Any) -> list[tuple[int, int]]:
    """(all, available) places of every HIT at the marketplace, oldest first."""
    return [(hit.max_assignments, hit.available) for hit in desk.market.list_hits()][::-1]
