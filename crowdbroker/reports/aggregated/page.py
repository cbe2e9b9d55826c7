"""The report on labels as a page, with a chart for each table that one can draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from crowdbroker.reports.aggregated.document import MOST_LABELS
from crowdbroker.reports.aggregated.report import busiest
from crowdbroker.reports.charts import Chart
from crowdbroker.reports.plots.confusion import ConfusionCell, confusion_map
from crowdbroker.reports.plots.labels import ConfidenceBin, LabelShare, confidence_histogram, label_distribution
from crowdbroker.reports.plots.reliability import ReliabilityPoint, reliability_diagram
from crowdbroker.reports.plots.workers import WorkerPoint, worker_accuracy
from crowdbroker.reports.report import Report
from crowdbroker.reports.writers.html import html


def page_of(report: Report, made: str) -> str:
    """Return the report as one HTML file: charts with their tables, then the tables that have no chart.

    Args:
        report: as `report_of` makes it.
        made: by what, for the line under the heading.

    Raises:
        InputError: the extra `report` is not installed.
    """
    drawn = charts_of(report)
    rest = [section for section in report.sections if section.by not in {chart.name for chart in drawn}]
    return html(replace(report, sections=rest), drawn, beneath=made)


def charts_of(report: Report) -> list[Chart]:
    """Return every chart whose data is there, in the order of the report's tables.

    Raises:
        InputError: the extra `report` is not installed.
    """
    return [
        Chart(section.by, _CHARTS[section.by][1], _CHARTS[section.by][0](report.document), section)
        for section in report.sections
        if section.by in _CHARTS and section.rows
    ]


def _labels(document: Mapping[str, Any]) -> Any:
    shares = [LabelShare(str(one["label"]), one["items"], one["share"]) for one in document["labels"][:MOST_LABELS]]
    return label_distribution(shares, title="How many tasks got each label")


def _confidence(document: Mapping[str, Any]) -> Any:
    bins = [ConfidenceBin(one["low"], one["high"], one["items"]) for one in document["histogram"]]
    return confidence_histogram(bins, title="How sure the labels are", subtitle=document["confidence"]["basis"])


def _reliability(document: Mapping[str, Any]) -> Any:
    points = [
        ReliabilityPoint(one["confidence"], one["accuracy"], one["accuracy_low"], one["accuracy_high"], one["items"])
        for one in document["reliability"]
    ]
    total = sum(one.items for one in points)
    return reliability_diagram(points, subtitle=f"{total:,} gold tasks; larger dots are more of them")


def _confusion(document: Mapping[str, Any]) -> Any:
    cells = [
        ConfusionCell(str(one["true"]), str(one["said"]), one["share"])
        for one in document["confusion"]
        if one["share"] is not None
    ]
    labels = list(dict.fromkeys(str(one["true"]) for one in document["confusion"]))
    return confusion_map(cells, labels, subtitle="Percent of the answers where the row is true")


def _workers(document: Mapping[str, Any]) -> Any:
    points = [
        WorkerPoint(
            one["answers"], one["estimated"] if one["low"] is None else one["accuracy"], one["low"], one["high"]
        )
        for one in busiest(document)
    ]
    return worker_accuracy(points, subtitle="Dashed: guessing", bar=1 / max(len(document["labels"]), 1))


_CHARTS: Mapping[str, tuple[Callable[[Mapping[str, Any]], Any], str]] = {
    "labels": (_labels, "A bar for every label with the number of tasks that got it"),
    "confidence": (_confidence, "A histogram of the confidence of the labels"),
    "reliability": (_reliability, "Share of right labels against confidence, with the line where both are equal"),
    "confusion": (_confusion, "A heat map of what workers say for every true label"),
    "workers": (_workers, "A dot for every worker: share of right answers against number of answers"),
}
