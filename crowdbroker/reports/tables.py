"""Labels, Answers and Workers of a Batch as tables, in a stable order and without clock values that change nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from sqlmodel import Session, col, select

from crowdbroker.domain.quality import beta_cdf, wilson_interval
from crowdbroker.store.reads import BatchView, gold_outcomes, worker_names
from crowdbroker.store.tables import AnswerRow, AssignmentRow, ExclusionRow, ItemRow, LabelRow

Cell = str | int | float | None
Table = tuple[Sequence[str], list[Sequence[Cell]]]


def labels_table(session: Session, batch: BatchView) -> Table:
    """One row for every Item of the dataset, in its order; an Item without a Label has empty cells."""
    rows = (
        select(ItemRow, LabelRow)
        .join(LabelRow, col(LabelRow.item_id) == col(ItemRow.id), isouter=True)
        .where(col(ItemRow.batch_id) == batch.id, col(ItemRow.mixed_in).is_(False))
        .order_by(col(ItemRow.id))
    )
    found = session.exec(rows).all()
    data = [name for name in (found[0][0].data if found else {}) if name not in ("id", "label", "confidence", "votes")]
    table: list[Sequence[Cell]] = [
        [
            item.key,
            made.label if made else None,
            round(made.confidence, 6) if made else None,
            made.votes if made else 0,
            made.method if made else None,
            *(item.data.get(name, "") for name in data),
        ]
        for item, made in found
    ]
    return ["id", "label", "confidence", "votes", "method", *data], table


def answers_table(session: Session, batch: BatchView) -> Table:
    """One row for every Answer, with its Assignment's state."""
    names = worker_names(session)
    rows = (
        select(ItemRow.key, ItemRow.accepted, AnswerRow, AssignmentRow)
        .where(
            col(AnswerRow.item_id) == col(ItemRow.id),
            col(AnswerRow.assignment_row) == col(AssignmentRow.id),
            col(AssignmentRow.batch_id) == batch.id,
        )
        .order_by(col(ItemRow.id), col(AssignmentRow.submitted_at), col(AssignmentRow.id))
    )
    table: list[Sequence[Cell]] = [
        [key, names[answer.worker_row], answer.label, "yes" if accepted else "no", row.assignment_id, row.state]
        for key, accepted, answer, row in session.exec(rows)
    ]
    return ["task", "worker", "label", "gold", "assignment", "state"], table


def workers_table(session: Session, batch: BatchView) -> Table:
    """One row for every Worker: work, gold evidence with its interval, and what was decided."""
    names = worker_names(session)
    outcomes = gold_outcomes(session, batch.id, batch.project.kind)
    assignments: dict[int, Counter[str]] = defaultdict(Counter)
    rows = select(AssignmentRow.worker_row, AssignmentRow.state).where(col(AssignmentRow.batch_id) == batch.id)
    for worker, state in session.exec(rows):
        assignments[worker][state] += 1
    answers = Counter(
        session.exec(
            select(AnswerRow.worker_row).where(
                col(AnswerRow.assignment_row) == col(AssignmentRow.id), col(AssignmentRow.batch_id) == batch.id
            )
        )
    )
    excluded = {
        row.worker_row: row.reason
        for row in session.exec(select(ExclusionRow).where(col(ExclusionRow.batch_id) == batch.id))
    }
    policy = batch.project.gold
    table = []
    for worker in sorted(assignments, key=lambda one: names[one]):
        gold = outcomes.get(worker, [])
        right = sum(gold)
        low, high = wilson_interval(right, len(gold))
        a, b = policy.prior
        states = assignments[worker]
        row: list[Cell] = [
            names[worker],
            answers[worker],
            len(gold),
            right,
            round(right / len(gold), 4) if gold else None,
            round(low, 4),
            round(high, 4),
            round(beta_cdf(policy.bar, a + right, b + len(gold) - right), 6),
            *(states[state] for state in ("approved", "rejected", "held", "submitted")),
            "yes" if worker in excluded else "no",
            excluded.get(worker, ""),
        ]
        table.append(row)
    header = ["worker", "answers", "gold_seen", "gold_right", "gold_accuracy", "accuracy_low", "accuracy_high"]
    header += ["below_bar", "approved", "refused", "held", "undecided", "excluded", "reason"]
    return header, [*table]


TABLES: dict[str, Callable[[Session, BatchView], Table]] = {
    "labels": labels_table,
    "answers": answers_table,
    "workers": workers_table,
}
