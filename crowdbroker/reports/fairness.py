"""Whether people are treated fairly: what an hour paid beside the floor, who was refused, and on what evidence.

It counts what was paid and decided, and nothing about who the people are: crowdbroker knows no age, sex, origin or
other trait of a Worker, and infers none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from sqlmodel import Session

from crowdbroker.domain.quality import wilson_interval
from crowdbroker.reports.decisions import pay_by_decision
from crowdbroker.reports.marks import change
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.work import Work, work_by_worker
from crowdbroker.store.reads import BatchView

SCHEMA = "crowdbroker/fairness/1"
_STEP_CENTS = 100
_MOST_STEPS = 40


def fairness_document(session: Session, scope: Scope) -> dict[str, Any]:
    """The report on fairness; amounts in integer cents, shares from 0 to 1.

    `batches` has, for every Batch, the hourly pay of its Workers as quantiles, beside the Project's floor where it
    states one; how many Workers, and which share of the hours worked, were paid less; and refusals: their share of all
    decisions with Wilson's 95 % interval, and how many were paid after all. `hourly` counts Workers in steps of
    `step` cents. `decisions` has what each decision paid and withheld, with the evidence that it was made on.
    """
    work = work_by_worker(session, scope)
    by_batch: dict[int, list[Work]] = defaultdict(list)
    for (batch_id, _), one in work.items():
        by_batch[batch_id].append(one)
    rows = [_batch(one, by_batch[one.id]) for one in scope.batches]
    totals = _refusals(list(work.values()))
    return {
        **scope.head(SCHEMA),
        "currency": "USD",
        "unit": "cents",
        "totals": totals,
        "batches": rows,
        "hourly": [step for one in scope.batches for step in _steps(one, by_batch[one.id])],
        "decisions": pay_by_decision(session, scope),
        "delta": change(session, "fairness", scope.name, totals),
    }


def _batch(batch: BatchView, work: Sequence[Work]) -> dict[str, Any]:
    paid = [(one.hourly_cents, one.hours) for one in work if one.hourly_cents is not None]
    wages = sorted(wage for wage, _ in paid)
    floor = batch.project.wage_floor_cents
    hours = sum(own for _, own in paid)
    below = [own for wage, own in paid if floor is not None and wage < floor]
    return {
        "batch": batch.name,
        "workers": len(work),
        "hours": round(hours, 2),
        "floor": floor,
        **_quantiles(wages),
        "workers_below_floor": len(below) if floor is not None else None,
        "hours_below_floor": round(sum(below) / hours, 4) if floor is not None and hours else None,
        **_refusals(work),
    }


def _quantiles(wages: Sequence[int]) -> dict[str, int | None]:
    names = ("lowest", "tenth", "quarter", "median", "three_quarters", "nine_tenths")
    if not wages:
        return dict.fromkeys(names)
    steps = quantiles(wages, n=20, method="inclusive") if len(wages) > 1 else [wages[0]] * 19
    values = (wages[0], steps[1], steps[4], median(wages), steps[14], steps[17])
    return {name: int(value) for name, value in zip(names, values, strict=True)}


def _refusals(work: Sequence[Work]) -> dict[str, Any]:
    refused = sum(one.states["rejected"] for one in work)
    decided = refused + sum(one.states["approved"] for one in work)
    low, high = wilson_interval(refused, decided)
    return {
        "decided": decided,
        "refused": refused,
        "refused_share": round(refused / decided, 6) if decided else None,
        "refused_low": round(low, 6),
        "refused_high": round(high, 6),
        "reversed": sum(one.reversed for one in work),
    }


def _steps(batch: BatchView, work: Sequence[Work]) -> list[dict[str, Any]]:
    """How many Workers earned how much an hour, in steps of a dollar or of more where the pay is spread wider."""
    wages = [one.hourly_cents for one in work if one.hourly_cents is not None]
    step = _STEP_CENTS
    while wages and max(wages) // step >= _MOST_STEPS:
        step *= 2
    counts: dict[int, int] = defaultdict(int)
    for wage in wages:
        counts[wage // step * step] += 1
    return [{"batch": batch.name, "from": start, "step": step, "workers": counts[start]} for start in sorted(counts)]
