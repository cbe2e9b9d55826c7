"""A small Batch with a careful and a careless Worker, all of it collected: the least in which pay can be decided."""

from __future__ import annotations

from typing import Any

from desks import Desk
from factories import wrong


def hired(desk: Desk, **payment: Any) -> tuple[str, str]:
    """Two HITs of an Item and five gold ones, each answered by both; returns the WorkerIds (careful, careless)."""
    settings = {"gold": {"per_hit": 5}}
    desk.load(2, 10, overlap=2, items_per_hit=1, settings=settings, payment=payment or {"rejection": "propose"})
    desk.publish()
    careful, careless = desk.workers(2)
    desk.work(careful)
    desk.work(careless, answer=wrong)
    desk.collect()
    return careful, careless
