"""The report on Workers as people and monitoring see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crowdbroker.domain.money import dollars
from crowdbroker.reports.report import Column, Kind, Measure, Report, Section
from crowdbroker.reports.writers.cells import moment

Document = Mapping[str, Any]

_WORK = (
    Column("answers", "answers", Kind.COUNT),
    Column("gold_seen", "gold seen", Kind.COUNT),
    Column("accuracy", "accuracy", Kind.SHARE),
    Column("accuracy_low", "at least", Kind.SHARE),
    Column("accuracy_high", "at most", Kind.SHARE),
    Column("seconds_per_item", "time per Item", Kind.SECONDS),
    Column("hourly", "per hour", Kind.CENTS),
    Column("rewards", "rewards", Kind.CENTS),
    Column("bonuses", "bonuses", Kind.CENTS),
    Column("approved", "approved", Kind.COUNT),
    Column("refused", "refused", Kind.COUNT),
    Column("reversed", "reversed", Kind.COUNT),
    Column("held", "held", Kind.COUNT),
    Column("undecided", "undecided", Kind.COUNT),
    Column("excluded", "excluded", Kind.FLAG),
)
_NOBODY = "Nobody has submitted work yet."
_NOTE = "The accuracy is that on gold, at least and at most by Wilson's 95 % interval."


def workers_report(document: Document) -> Report:
    """The report that a document on Workers makes."""
    worker, batch = Column("worker", "worker"), Column("batch", "batch")
    sections = [
        Section("worker", "What each Worker has done", (worker, *_WORK), document["workers"], _NOBODY, _NOTE),
        Section("batch", "The same for each Batch", (batch, worker, *_WORK), document["batches"], _NOBODY, _NOTE),
    ]
    return Report("workers", "Workers", document, list(_lead(document)), sections, list(_measures(document)))


def _lead(document: Document) -> Iterator[str]:
    totals, delta = document["totals"], document["delta"]
    if not totals["workers"]:
        yield _NOBODY
        return
    yield (
        f"{totals['workers']:,} Workers gave {totals['answers']:,} answers and earned {dollars(totals['rewards'])}, "
        f"and {dollars(totals['bonuses'])} in bonuses; {totals['excluded']:,} of them get no more work."
    )
    if totals["accuracy"] is not None:
        yield f"{totals['accuracy']:.1%} of {totals['gold_seen']:,} answers to gold were right."
    if delta is not None:
        changes = delta["changes"]
        yield (
            f"Since the report of {moment(delta['at'])}: {changes['workers'] or 0:+,} Workers, "
            f"{changes['answers'] or 0:+,} answers."
        )


def _measures(document: Document) -> Iterator[Measure]:
    rows, totals = document["batches"], document["totals"]
    for name, text, key in (
        ("crowdbroker_worker_answers", "Answers of a Worker in a Batch.", "answers"),
        ("crowdbroker_worker_gold_accuracy_ratio", "Share of a Worker's gold answers that are right.", "accuracy"),
        ("crowdbroker_worker_hourly_cents", "Cents that an hour paid a Worker.", "hourly"),
        ("crowdbroker_worker_refused", "Refused Assignments of a Worker.", "refused"),
    ):
        yield Measure(name, text, [({"batch": row["batch"], "worker": row["worker"]}, row[key]) for row in rows])
    yield Measure("crowdbroker_workers", "Workers who have submitted work.", [({}, totals["workers"])])
    yield Measure("crowdbroker_workers_excluded", "Workers who get no more work.", [({}, totals["excluded"])])
