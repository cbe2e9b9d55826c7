"""The report on quality as people and monitoring see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crowdbroker.reports.report import Column, Kind, Measure, Report, Section
from crowdbroker.reports.writers.cells import moment

Document = Mapping[str, Any]

_BATCH = Column("batch", "batch")
_LABELS = (
    _BATCH,
    Column("items", "items", Kind.COUNT),
    Column("labels", "labels", Kind.COUNT),
    Column("unlabelled", "unlabelled", Kind.COUNT),
    Column("reviewed", "reviewed", Kind.COUNT),
    Column("mean_confidence", "mean confidence", Kind.SHARE),
    Column("confidence_basis", "calibrated on"),
    Column("accuracy", "accuracy", Kind.SHARE),
    Column("accuracy_low", "at least", Kind.SHARE),
    Column("accuracy_high", "at most", Kind.SHARE),
    Column("accuracy_basis", "estimated from"),
    Column("gold_items", "gold items", Kind.COUNT),
    Column("calibration_error", "calibration error", Kind.SHARE),
    Column("agreement", "agreement (alpha)", Kind.NUMBER),
    Column("agreement_low", "alpha at least", Kind.NUMBER),
    Column("agreement_high", "alpha at most", Kind.NUMBER),
)
_NOTE = (
    "From gold, the accuracy is the share of gold Items that the aggregation gets right when it does not know them, at "
    "least and at most by Wilson's 95 % interval. From confidence, it is only what the method believes of itself."
)


def quality_report(document: Document) -> Report:
    """The report that a document on quality makes."""
    no_label = "No Item has a Label yet: crowdbroker label"
    items = Column("items", "items", Kind.COUNT)
    sections = [
        Section(
            "batch",
            "How good the Labels of each Batch are",
            _LABELS,
            document["batches"],
            "No Batch yet. Load one: crowdbroker load PROJECT DATA",
            _NOTE,
        ),
        Section(
            "label", "How often each Label was given", (_BATCH, Column("label", "label"), items),
            document["distribution"], no_label,
        ),
    ]  # fmt: skip
    return Report("quality", "Quality", document, list(_lead(document)), sections, list(_measures(document)))


def _lead(document: Document) -> Iterator[str]:
    for row in document["batches"]:
        yield f"{row['batch']}: {row['labels']:,} of {row['items']:,} Items have a Label. {_how_good(row)}"
    delta = document["delta"]
    if delta is not None:
        yield f"Since the report of {moment(delta['at'])}: {delta['changes']['labels'] or 0:+,} Labels."
    if not document["batches"]:
        yield "There is no Batch yet."


def _how_good(row: Document) -> str:
    if row["accuracy"] is None:
        return "Nothing can be said about accuracy yet."
    if row["accuracy_basis"] == "confidence":
        return (
            f"By its own confidence {row['accuracy']:.1%} are right; fewer than ten gold Items were answered, so "
            "nothing measures that."
        )
    return (
        f"On {row['gold_items']:,} gold Items that it did not know, {row['accuracy']:.1%} are right, between "
        f"{row['accuracy_low']:.1%} and {row['accuracy_high']:.1%}."
    )


def _measures(document: Document) -> Iterator[Measure]:
    rows = document["batches"]
    for name, text, key in (
        ("crowdbroker_labels", "Items of a Batch with a Label.", "labels"),
        ("crowdbroker_items_unlabelled", "Items of a Batch without a Label.", "unlabelled"),
        ("crowdbroker_label_confidence_ratio", "Mean confidence of the Labels.", "mean_confidence"),
        ("crowdbroker_agreement_alpha", "Krippendorff's alpha of the Answers.", "agreement"),
        ("crowdbroker_calibration_error_ratio", "Expected calibration error on gold.", "calibration_error"),
    ):
        yield Measure(name, text, [({"batch": row["batch"]}, row[key]) for row in rows])
    bounds = (("low", "accuracy_low"), ("expected", "accuracy"), ("high", "accuracy_high"))
    yield Measure(
        "crowdbroker_label_accuracy_ratio",
        "Estimated accuracy of the Labels; on gold with its 95 % interval.",
        [
            ({"batch": row["batch"], "basis": row["accuracy_basis"] or "none", "bound": bound}, row[key])
            for row in rows
            for bound, key in bounds
        ],
    )
