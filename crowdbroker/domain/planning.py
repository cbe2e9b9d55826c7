"""Items are packed into HITs and gold is mixed in, reproducibly by seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.errors import InputError


def plan_hits(
    items: Sequence[Item], gold: Sequence[Item], *, items_per_hit: int, gold_per_hit: int, overlap: int, seed: int
) -> list[HITPlan]:
    """HITs of `items_per_hit` Items each, with `gold_per_hit` gold Items hidden among them.

    A gold Item stands at most once in a HIT and recurs in other HITs as evenly as the counts allow. Where too few
    Items are left the last HIT is shorter.

    Raises:
        InputError: fewer gold Items than one HIT needs.
    """
    if gold_per_hit > len(gold):
        raise InputError(
            f"a HIT takes {gold_per_hit} gold Items and there are {len(gold)}",
            field="gold.per_hit",
            remedy="Give more gold Items with --gold, or lower gold.per_hit in the Project.",
        )
    packing = random.Random(f"packing:{seed}")
    order = list(items)
    packing.shuffle(order)
    pool = list(gold)
    packing.shuffle(pool)
    turn = itertools.cycle(pool) if pool else iter(())
    plans = []
    for start in range(0, len(order), items_per_hit):
        # Consecutive gold Items of a cycle that is at least as long as the slice are distinct.
        page = [*order[start : start + items_per_hit], *itertools.islice(turn, gold_per_hit)]
        packing.shuffle(page)
        plans.append(HITPlan(tuple(page), overlap))
    return plans


def expected_gold_per_worker(hits: int, *, gold_per_hit: int, gold: int, overlap: int, workers: int) -> float:
    """Distinct gold Answers that an average Worker gives, if `workers` share the Batch evenly."""
    seen = hits * overlap / workers * gold_per_hit if workers else 0.0
    return min(seen, float(gold), float(hits * gold_per_hit))
