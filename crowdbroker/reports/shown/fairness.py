"""The report on fairness as people and monitoring see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crowdbroker.domain.money import dollars
from crowdbroker.reports.report import Column, Kind, Measure, Report, Section
from crowdbroker.reports.writers.cells import moment

Document = Mapping[str, Any]

_BATCH = Column("batch", "batch")
_WAGES = (
    _BATCH,
    Column("workers", "workers", Kind.COUNT),
    Column("hours", "hours", Kind.NUMBER),
    Column("floor", "floor an hour", Kind.CENTS),
    Column("lowest", "lowest", Kind.CENTS),
    Column("tenth", "10 %", Kind.CENTS),
    Column("quarter", "25 %", Kind.CENTS),
    Column("median", "median", Kind.CENTS),
    Column("three_quarters", "75 %", Kind.CENTS),
    Column("nine_tenths", "90 %", Kind.CENTS),
    Column("workers_below_floor", "workers below the floor", Kind.COUNT),
    Column("hours_below_floor", "hours below the floor", Kind.SHARE),
)
_REFUSALS = (
    _BATCH,
    Column("decided", "decided", Kind.COUNT),
    Column("refused", "refused", Kind.COUNT),
    Column("refused_share", "share refused", Kind.SHARE),
    Column("refused_low", "at least", Kind.SHARE),
    Column("refused_high", "at most", Kind.SHARE),
    Column("reversed", "refused first, then paid", Kind.COUNT),
)
_DECISIONS = (
    _BATCH,
    Column("decision", "decision"),
    Column("assignments", "assignments", Kind.COUNT),
    Column("workers", "workers", Kind.COUNT),
    Column("paid", "paid", Kind.CENTS),
    Column("withheld", "withheld", Kind.CENTS),
    Column("waiting", "waiting", Kind.CENTS),
    Column("gold_answers", "gold answers read", Kind.COUNT),
    Column("gold_right", "right", Kind.COUNT),
    Column("gold_median", "median read", Kind.NUMBER),
    Column("with_signal", "with a second signal", Kind.COUNT),
)
NO_TRAITS = (
    "This report counts pay and decisions. It knows nothing of who the Workers are: no age, sex, origin or other trait "
    "is stored or guessed."
)


def fairness_report(document: Document) -> Report:
    """The report that a document on fairness makes."""
    no_batch = "No Batch yet. Load one: crowdbroker load PROJECT DATA"
    sections = [
        Section(
            "batch",
            "What an hour of work paid",
            _WAGES,
            document["batches"],
            no_batch,
            "Pay is all that was paid or is due, over the time from acceptance to submission; a page that stood open "
            "counts as three times its Worker's median at the most.",
        ),
        Section("", "How much work was refused", _REFUSALS, document["batches"], no_batch),
        Section(
            "decision",
            "What each decision paid, and on what evidence",
            _DECISIONS,
            document["decisions"],
            "Nothing was submitted yet.",
            "The decision 'none' is work that waits, or that the marketplace approved by its clock.",
        ),
    ]
    return Report("fairness", "Fairness", document, list(_lead(document)), sections, list(_measures(document)))


def _lead(document: Document) -> Iterator[str]:
    totals, delta = document["totals"], document["delta"]
    for row in document["batches"]:
        yield from _wage(row)
    if totals["decided"]:
        yield (
            f"{totals['refused']:,} of {totals['decided']:,} decided assignments were refused "
            f"({totals['refused_share']:.1%}); {totals['reversed']:,} more were refused first and paid later."
        )
    else:
        yield "Nothing was decided yet."
    if delta is not None:
        yield f"Since the report of {moment(delta['at'])}: {delta['changes']['refused'] or 0:+,} refusals."
    yield NO_TRAITS


def _wage(row: Document) -> Iterator[str]:
    if row["median"] is None:
        return
    below = row["workers_below_floor"]
    beside = "its Project states no floor" if below is None else f"{below:,} were paid below {dollars(row['floor'])}"
    yield (
        f"{row['batch']}: half of {row['workers']:,} Workers were paid {dollars(row['median'])} an hour or more; "
        f"{beside}."
    )


def _measures(document: Document) -> Iterator[Measure]:
    rows = document["batches"]
    quantiles = (("0.1", "tenth"), ("0.25", "quarter"), ("0.5", "median"), ("0.75", "three_quarters"))
    yield Measure(
        "crowdbroker_hourly_pay_cents",
        "Quantiles over Workers of what an hour paid.",
        [({"batch": row["batch"], "quantile": at}, row[name]) for row in rows for at, name in quantiles],
    )
    for name, text, key in (
        ("crowdbroker_wage_floor_cents", "The least that an hour may pay, by the Project.", "floor"),
        ("crowdbroker_workers_below_floor", "Workers who were paid less.", "workers_below_floor"),
        ("crowdbroker_refused_ratio", "Share of decided Assignments that are refused.", "refused_share"),
        ("crowdbroker_refusals_reversed", "Assignments that were refused first and paid later.", "reversed"),
    ):
        yield Measure(name, text, [({"batch": row["batch"]}, row[key]) for row in rows])
