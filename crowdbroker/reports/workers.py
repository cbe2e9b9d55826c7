"""What each Worker has done: gold with its interval, speed, hourly pay and decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import quantiles
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.domain.quality import wilson_interval
from crowdbroker.reports.marks import change
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.spending import shown_name
from crowdbroker.reports.work import Work, summed, work_by_worker
from crowdbroker.store.reads import gold_outcomes, worker_names
from crowdbroker.store.tables import ExclusionRow

SCHEMA = "crowdbroker/workers/1"
Key = tuple[int, int]


def workers_document(session: Session, scope: Scope) -> dict[str, Any]:
    """The report on Workers; amounts in integer cents, times in seconds, shares from 0 to 1.

    `workers` has a row for every Worker over all Batches of the scope, `batches` one for every Batch and Worker. Work
    counts from `since` on; gold counts from the beginning, for decisions rest on all of it. `accuracy_low` and
    `accuracy_high` are Wilson's 95 % interval, from 0 to 1 where no gold was answered. `hourly` is all that was paid or
    is due over the time from acceptance to submission, in which a page counts as three times the Worker's median at
    the most.
    """
    work = work_by_worker(session, scope)
    gold = _gold(session, scope)
    excluded = _excluded(session, scope)
    names, batches = worker_names(session), scope.names
    by_worker: dict[int, list[Key]] = defaultdict(list)
    for key in work:
        by_worker[key[1]].append(key)
    rows = [
        {"worker": shown_name(names, worker), **_row([work[key] for key in keys], keys, gold, excluded)}
        for worker, keys in by_worker.items()
    ]
    apart = [
        {"batch": batches[key[0]], "worker": shown_name(names, key[1]), **_row([one], [key], gold, excluded)}
        for key, one in work.items()
    ]
    rows.sort(key=lambda row: str(row["worker"]))
    totals = _totals(rows)
    return {
        **scope.head(SCHEMA),
        "currency": "USD",
        "unit": "cents",
        "totals": totals,
        "workers": rows,
        "batches": apart,
        "pace": _pace(list(work.values())),
        "delta": change(session, "workers", scope.name, totals),
    }


def _row(parts: Sequence[Work], keys: Sequence[Key], gold: dict[Key, list[bool]], excluded: set[Key]) -> dict[str, Any]:
    done = parts[0] if len(parts) == 1 else summed(parts)
    outcomes = [right for key in keys for right in gold.get(key, [])]
    right, seen = sum(outcomes), len(outcomes)
    low, high = wilson_interval(right, seen)
    states = done.states
    return {
        "answers": done.answers,
        "assignments": done.assignments,
        "approved": states["approved"],
        "refused": states["rejected"],
        "held": states["held"],
        "undecided": states["submitted"],
        "reversed": done.reversed,
        "gold_seen": seen,
        "gold_right": right,
        "accuracy": round(right / seen, 4) if seen else None,
        "accuracy_low": round(low, 4),
        "accuracy_high": round(high, 4),
        "seconds_per_item": done.seconds_per_item,
        "hourly": done.hourly_cents,
        "rewards": done.paid_cents,
        "bonuses": done.bonus_cents,
        "excluded": any(key in excluded for key in keys),
    }


def _gold(session: Session, scope: Scope) -> dict[Key, list[bool]]:
    return {
        (batch.id, worker): outcomes
        for batch in scope.batches
        for worker, outcomes in gold_outcomes(session, batch.id, batch.project.kind).items()
    }


def _excluded(session: Session, scope: Scope) -> set[Key]:
    rows = select(ExclusionRow.batch_id, ExclusionRow.worker_row).where(col(ExclusionRow.batch_id).in_(scope.ids))
    return set(session.exec(rows).all())


def _totals(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counted = ("answers", "assignments", "approved", "refused", "held", "undecided", "reversed")
    every = {name: sum(row[name] for row in rows) for name in (*counted, "gold_seen", "gold_right")}
    seen, right = every["gold_seen"], every["gold_right"]
    return {
        "workers": len(rows),
        "excluded": sum(row["excluded"] for row in rows),
        **every,
        "accuracy": round(right / seen, 4) if seen else None,
        "rewards": sum(row["rewards"] for row in rows),
        "bonuses": sum(row["bonuses"] for row in rows),
    }


def _pace(work: Sequence[Work]) -> list[float]:
    """The seconds an Item of all Assignments, as their 5 % steps from 5 % to 95 %; empty below twenty."""
    paces = [taken / items for one in work for taken, items in zip(one.seconds, one.items, strict=True) if items]
    return [round(step, 2) for step in quantiles(paces, n=20)] if len(paces) >= 20 else []
