"""The charts of each report, drawn from its document by the one plotting module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.confusion import ConfusionCell, confusion_map
from crowdbroker.reports.plots.labels import ConfidenceBin, LabelShare, confidence_histogram, label_distribution
from crowdbroker.reports.plots.money import BudgetDay, burn_down
from crowdbroker.reports.plots.reliability import ReliabilityPoint, reliability_diagram
from crowdbroker.reports.plots.time import Share, WageStep, hourly_pay, time_per_item
from crowdbroker.reports.plots.workers import WorkerPoint, worker_accuracy
from crowdbroker.reports.report import Column, Kind, Report, Section

MOST_BATCHES = 4
"""Batches that are drawn one by one, the latest; a picture for each of hundreds helps nobody."""
_MOST_DAYS = 92
_NO_WORDS = re.compile(r"[^A-Za-z0-9]+")

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """A chart with what is needed around it.

    Attributes:
        name: of its file, without an ending.
        description: what it shows, for those who cannot see it.
        drawn: the chart.
        table: the same data.
    """

    name: str
    description: str
    drawn: Any
    table: Section


def charts(report: Report) -> list[Chart]:
    """Every chart of the report whose data is there.

    Raises:
        InputError: the extra `report` is not installed.
    """
    return list(_DRAWN[report.name](report.document))


def _budget(document: Document) -> Iterator[Chart]:
    days = budget_days(document)[-_MOST_DAYS:]
    if not days:
        return
    columns = (
        Column("day", "day"),
        *(Column(name, title, Kind.NUMBER) for name, title in (("spent", "spent"), ("promised", "reserved or owed"))),
        Column("free", "free", Kind.NUMBER),
    )
    table = Section("", "The deposits at the end of each day, in US dollars", columns, [vars(one) for one in days])
    last = days[-1]
    text = (
        f"At the end of {last.day}, ${last.spent:,.2f} was spent, ${last.promised:,.2f} reserved or owed, and "
        f"${last.free:,.2f} free."
    )
    yield Chart("burn-down", text, burn_down(days, subtitle="at the end of each day with a change"), table)


def budget_days(document: Document) -> list[BudgetDay]:
    """The deposits of all Batches at the end of each day, counted back from what they are now."""
    now = {name: document["totals"][name] for name in document["totals"]}
    changes: dict[str, list[Document]] = {}
    for row in document["days"]:
        changes.setdefault(row["day"], []).append(row)
    found = []
    for day in sorted(changes, reverse=True):
        spent, promised = now["rewards"] + now["fees"] + now["bonuses"], now["reserved"] + now["owed"]
        found.append(BudgetDay(day, spent / 100, promised / 100, now["available"] / 100))
        for row in changes[day]:
            now |= {name: now[name] - row[name] for name in now if name in row}
    return found[::-1]


_ACCURACY = (
    Column("worker", "worker"),
    Column("answers", "answers", Kind.COUNT),
    Column("accuracy", "accuracy", Kind.SHARE),
    Column("accuracy_low", "at least", Kind.SHARE),
    Column("accuracy_high", "at most", Kind.SHARE),
)


def _workers(document: Document) -> Iterator[Chart]:
    seen = [row for row in document["workers"] if row["gold_seen"] and row["answers"]]
    if seen:
        points = [
            WorkerPoint(row["answers"], row["accuracy"], row["accuracy_low"], row["accuracy_high"]) for row in seen
        ]
        table = Section("", "Accuracy on gold by Worker", _ACCURACY, seen)
        text = f"{len(seen):,} Workers by their answers and their accuracy on gold, with 95 % intervals."
        yield Chart("worker-accuracy", text, worker_accuracy(points), table)
    pace = document["pace"]
    if pace:
        shares = [Share((place + 1) / 20, seconds) for place, seconds in enumerate(pace)]
        columns = (Column("share", "share of the pages", Kind.SHARE), Column("seconds", "seconds", Kind.NUMBER))
        table = Section("", "Seconds an Item", columns, [vars(one) for one in shares])
        text = f"Half of the pages took up to {pace[9]:.1f} seconds an Item, nine in ten up to {pace[17]:.1f}."
        yield Chart("time-per-item", text, time_per_item(shares), table)


def _fairness(document: Document) -> Iterator[Chart]:
    for batch in _latest(document):
        name = batch["batch"]
        rows = [row for row in document["hourly"] if row["batch"] == name]
        if not rows:
            continue
        steps = [WageStep(row["from"] / 100, (row["from"] + row["step"]) / 100, row["workers"]) for row in rows]
        floor = batch["floor"] / 100 if batch["floor"] is not None else None
        columns = (Column("from", "an hour from", Kind.CENTS), Column("workers", "workers", Kind.COUNT))
        text = (
            f"Workers of {name} by what an hour paid them, half of them {batch['median'] / 100:,.2f} dollars or more."
        )
        drawn = hourly_pay(steps, floor=floor, title=f"What an hour of {name} paid")
        yield Chart(_file("hourly-pay", name), text, drawn, Section("", f"Hourly pay of {name}", columns, rows))


def _quality(document: Document) -> Iterator[Chart]:
    for batch in _latest(document):
        name = batch["batch"]
        of_batch = {
            key: [row for row in document[key] if row["batch"] == name]
            for key in ("distribution", "confidence", "reliability", "confusion")
        }
        if of_batch["distribution"]:
            yield _labels(name, batch["labels"], of_batch["distribution"])
        if of_batch["confidence"]:
            yield _confidence(name, of_batch["confidence"])
        if of_batch["reliability"]:
            yield _reliability(name, of_batch["reliability"])
        if of_batch["confusion"]:
            yield _confusion(name, of_batch["confusion"])


def _labels(name: str, labels: int, rows: list[Document]) -> Chart:
    shares = [LabelShare(row["label"], row["items"], row["items"] / labels) for row in rows]
    columns = (Column("label", "label"), Column("items", "items", Kind.COUNT))
    text = f"The most frequent Label of {name} is on {rows[0]['items']:,} of {labels:,} Items."
    drawn = label_distribution(shares, title=f"Labels of {name}", what="Items")
    return Chart(_file("labels", name), text, drawn, Section("", f"Labels of {name}", columns, rows))


_FROM_TO = (Column("from", "from", Kind.SHARE), Column("to", "to", Kind.SHARE))


def _confidence(name: str, rows: list[Document]) -> Chart:
    bins = [ConfidenceBin(row["from"], row["to"], row["items"]) for row in rows]
    sure = sum(row["items"] for row in rows if row["from"] >= 0.9)
    text = f"{sure:,} of {sum(row['items'] for row in rows):,} Labels of {name} have a confidence of 90 % or more."
    drawn = confidence_histogram(bins, title=f"Confidence of the Labels of {name}", what="Items")
    columns = (*_FROM_TO, Column("items", "items", Kind.COUNT))
    return Chart(_file("confidence", name), text, drawn, Section("", f"Confidence, {name}", columns, rows))


def _reliability(name: str, rows: list[Document]) -> Chart:
    points = [
        ReliabilityPoint(row["confidence"], row["accuracy"], row["low"], row["high"], row["items"]) for row in rows
    ]
    text = f"Confidence of Labels of {name} beside how often they are right on gold, with 95 % intervals."
    drawn = reliability_diagram(points, title=f"Does the confidence of {name} come true?")
    columns = (
        Column("confidence", "confidence", Kind.SHARE),
        Column("accuracy", "right", Kind.SHARE),
        Column("low", "at least", Kind.SHARE),
        Column("high", "at most", Kind.SHARE),
        Column("items", "gold items", Kind.COUNT),
    )
    return Chart(_file("reliability", name), text, drawn, Section("", f"Reliability, {name}", columns, rows))


def _confusion(name: str, rows: list[Document]) -> Chart:
    labels = list(dict.fromkeys(row["label"] for row in rows))
    totals = {label: sum(row["answers"] for row in rows if row["label"] == label) for label in labels}
    cells = [ConfusionCell(row["label"], row["answer"], row["answers"] / max(totals[row["label"]], 1)) for row in rows]
    text = f"What the Workers of {name} answered, by the final Label, in percent of its answers."
    drawn = confusion_map(cells, labels, title=f"What Workers of {name} say, by the final Label")
    columns = (Column("label", "final label"), Column("answer", "answer"), Column("answers", "answers", Kind.COUNT))
    return Chart(_file("confusion", name), text, drawn, Section("", f"Answers by final Label, {name}", columns, rows))


def _latest(document: Document) -> list[Document]:
    return list(document["batches"][-MOST_BATCHES:])


def _file(name: str, batch: str) -> str:
    return f"{name}-{_NO_WORDS.sub('-', batch).strip('-')[:60]}"


_DRAWN = {"budget": _budget, "workers": _workers, "fairness": _fairness, "quality": _quality}
