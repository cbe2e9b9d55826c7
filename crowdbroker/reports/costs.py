"""What a Label has cost, what a right one has cost, and what gold has cost."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, HITItemRow, HITRow, ItemRow, LabelRow


def costs(session: Session, batch: BatchView, spent_cents: int) -> dict[str, Any]:
    """The costs of a Batch whose rewards, fees and bonuses are `spent_cents`.

    `labels` are those that were aggregated (a dataset's own gold cost nothing to label); `correct` is how many of them
    are expected to be right, the sum of their confidence, and `basis` what that was calibrated on, so an uncalibrated
    one is a rough guide. Where there is no Label yet, its cost is None. Gold's part of a page's price is its part of
    the page's Items.
    """
    aggregated = select(
        func.count(), func.coalesce(func.sum(LabelRow.confidence), 0.0), func.min(LabelRow.basis)
    ).where(col(LabelRow.batch_id) == batch.id, col(LabelRow.method) != "gold")
    labels, correct, basis = session.exec(aggregated).one()
    gold = gold_cents(session, batch.id)
    return {
        "batch": batch.name,
        "spent": spent_cents,
        "labels": labels,
        "correct": round(float(correct), 2),
        "basis": basis,
        "per_label": _each(spent_cents, labels),
        "per_correct_label": _each(spent_cents, correct),
        "gold": gold,
        "gold_share": round(gold / spent_cents, 4) if spent_cents else None,
    }


def _each(cents: int, count: float) -> float | None:
    return round(cents / count, 2) if count else None


def gold_cents(session: Session, batch_id: int) -> int:
    """The part of the paid rewards and fees that went into Answers to gold Items, rounded to the cent."""
    is_gold = case((func.json_array_length(ItemRow.accepted) > 0, 1), else_=0)
    page = (
        select(col(HITItemRow.hit_id).label("hit"), func.count().label("items"), func.sum(is_gold).label("gold"))
        .where(col(HITItemRow.item_id) == col(ItemRow.id), col(ItemRow.batch_id) == batch_id)
        .group_by(col(HITItemRow.hit_id))
        .having(func.sum(is_gold) > 0)
        .subquery()
    )
    price = col(HITRow.reward_cents) + col(HITRow.fee_cents)
    items, gold = page.c["items"], page.c["gold"]
    rows: Any = (
        sql_select(items, gold, price, func.count())
        .where(
            col(HITRow.id) == page.c.hit,
            col(AssignmentRow.hit_row) == col(HITRow.id),
            col(AssignmentRow.state) == AssignmentState.APPROVED,
        )
        .group_by(items, gold, price)
    )
    found = session.connection().execute(rows)
    return round(sum(int(paid) * int(cents) * int(known) / int(size) for size, known, cents, paid in found))
