"""How good the Labels of each Batch are: accuracy with its interval, calibration, agreement, and what waits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, cast, func
from sqlmodel import Session, col, select

from crowdbroker.reports.marks import change
from crowdbroker.reports.measured import Measures, measured
from crowdbroker.reports.scope import Scope
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AnswerRow, AssignmentRow, ItemRow, LabelRow

SCHEMA = "crowdbroker/quality/1"
MOST_LABELS = 20
"""Different Labels that a distribution lists, the most frequent first; free text may have thousands."""
_BINS = 10


def quality_document(session: Session, scope: Scope) -> dict[str, Any]:
    """The report on quality; shares from 0 to 1.

    Each row of `batches` has the accuracy of the Labels. Its `accuracy_basis` is "gold": the share of gold Items that
    the aggregation gets right when it does not know them, with Wilson's 95 % interval; or "confidence": the mean
    confidence, without an interval, where fewer than ten gold Items were answered; or None where there is no Label.
    Gold is the sample that its author chose: where it is easier or harder than the dataset, so is the figure.
    `agreement` is Krippendorff's alpha of the Answers with its interval; None where nothing was answered twice.
    `distribution`, `confidence`, `reliability` and `confusion` are what the charts show, a row a bar or a cell; the
    reliability is that of the calibrated confidence on gold, and the confusion that of Answers beside final Labels.
    """
    found = {one.id: measured(session, one) for one in scope.batches}
    rows = [_row(session, one, found[one.id]) for one in scope.batches]
    figures = {"labels": sum(row["labels"] for row in rows), "unlabelled": sum(row["unlabelled"] for row in rows)}
    return {
        **scope.head(SCHEMA),
        "totals": figures,
        "batches": rows,
        "distribution": [row for one in scope.batches for row in _distribution(session, one)],
        "confidence": [row for one in scope.batches for row in _histogram(session, one)],
        "reliability": [{"batch": one.name, **bar} for one in scope.batches for bar in found[one.id].reliability],
        "confusion": [row for one in scope.batches for row in _confusion(session, one)],
        "delta": change(session, "quality", scope.name, marked(rows)),
    }


def marked(rows: list[dict[str, Any]]) -> dict[str, int | float | None]:
    """What a mark remembers of the report: sums, and the accuracy where the report is on one Batch."""
    return {
        "labels": sum(row["labels"] for row in rows),
        "unlabelled": sum(row["unlabelled"] for row in rows),
        "reviewed": sum(row["reviewed"] for row in rows),
        "accuracy": rows[0]["accuracy"] if len(rows) == 1 else None,
    }


def _row(session: Session, batch: BatchView, found: Measures) -> dict[str, Any]:
    of_batch = col(LabelRow.batch_id) == batch.id
    aggregated = of_batch & (col(LabelRow.method) != "gold")
    counts: Any = (
        func.count(),
        func.count().filter(aggregated),
        func.avg(LabelRow.confidence).filter(aggregated),
        func.min(LabelRow.basis).filter(aggregated),
        func.count().filter(col(LabelRow.review) != ""),
    )
    every, made, confidence, basis, reviewed = session.exec(select(*counts).where(of_batch)).one()
    items = session.exec(select(func.count()).where(col(ItemRow.batch_id) == batch.id, ~col(ItemRow.mixed_in))).one()
    by_confidence = made > 0 and found.accuracy is None
    return {
        "batch": batch.name,
        "items": items,
        "labels": every,
        "unlabelled": items - every,
        "reviewed": reviewed,
        "mean_confidence": round(confidence, 4) if made else None,
        "confidence_basis": basis,
        "accuracy": round(confidence, 4) if by_confidence else found.accuracy,
        "accuracy_low": found.accuracy_low,
        "accuracy_high": found.accuracy_high,
        "accuracy_basis": "confidence" if by_confidence else "gold" if found.accuracy is not None else None,
        "gold_items": found.gold_items,
        "calibration_error": found.calibration_error,
        "calibration_error_low": found.calibration_error_low,
        "calibration_error_high": found.calibration_error_high,
        "agreement": found.agreement,
        "agreement_low": found.agreement_low,
        "agreement_high": found.agreement_high,
    }


def _distribution(session: Session, batch: BatchView) -> list[dict[str, Any]]:
    rows = (
        select(LabelRow.label, func.count())
        .where(col(LabelRow.batch_id) == batch.id)
        .group_by(col(LabelRow.label))
        .order_by(func.count().desc(), col(LabelRow.label))
        .limit(MOST_LABELS)
    )
    return [{"batch": batch.name, "label": label, "items": count} for label, count in session.exec(rows)]


def _histogram(session: Session, batch: BatchView) -> list[dict[str, Any]]:
    """Items by the tenth that their confidence falls into; all ten where there is a Label."""
    # A cast rounds on PostgreSQL and cuts on SQLite; what is whole already is the same on both.
    tenth: Any = cast(func.floor(col(LabelRow.confidence) * _BINS + 1e-9), Integer)
    rows = (
        select(tenth, func.count())
        .where(col(LabelRow.batch_id) == batch.id, col(LabelRow.method) != "gold")
        .group_by(tenth)
    )
    counts = [0] * _BINS
    for place, count in session.exec(rows):
        counts[min(int(place), _BINS - 1)] += count
    if not any(counts):
        return []
    return [
        {"batch": batch.name, "from": place / _BINS, "to": (place + 1) / _BINS, "items": count}
        for place, count in enumerate(counts)
    ]


def _confusion(session: Session, batch: BatchView) -> list[dict[str, Any]]:
    """How often Workers said what where the final Label is what; only where the Project has a label set."""
    if not batch.project.kind.categorical:
        return []
    rows = (
        select(LabelRow.label, AnswerRow.label, func.count())
        .where(
            col(LabelRow.batch_id) == batch.id,
            col(AnswerRow.item_id) == col(LabelRow.item_id),
            col(AnswerRow.assignment_row) == col(AssignmentRow.id),
            col(AssignmentRow.state) != "rejected",
        )
        .group_by(col(LabelRow.label), col(AnswerRow.label))
    )
    counts = {(label, said): count for label, said, count in session.exec(rows)}
    labels = batch.project.label_values
    if not counts:
        return []
    return [
        {"batch": batch.name, "label": label, "answer": said, "answers": counts.get((label, said), 0)}
        for label in labels
        for said in labels
    ]
