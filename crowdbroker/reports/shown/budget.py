"""The budget report as people and monitoring see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crowdbroker.domain.money import dollars
from crowdbroker.reports.outlook import REASONS
from crowdbroker.reports.report import Column, Kind, Measure, Report, Section
from crowdbroker.reports.spending import ACCOUNTS
from crowdbroker.reports.writers.cells import moment

_MONEY = tuple(Column(name, name, Kind.CENTS) for name in ACCOUNTS)
_BATCH = Column("batch", "batch")

Document = Mapping[str, Any]


def budget_report(document: Document) -> Report:
    """The report that a budget document makes."""
    return Report(
        "budget", "Budget", document, list(_lead(document)), list(_sections(document)), list(_measures(document))
    )


def _lead(document: Document) -> Iterator[str]:
    totals = document["totals"]
    if not totals["deposited"]:
        yield "Nothing was deposited yet, so no share of it can be committed."
        return
    yield (
        f"{dollars(totals['spent'])} of {dollars(totals['deposited'])} is spent and {document['committed_share']:.1%} "
        f"is committed; {dollars(totals['available'])} is still free."
    )
    since, delta = document["since"], document["delta"]
    if since is not None:
        spent = sum(since[name] for name in ("rewards", "fees", "bonuses"))
        yield f"Since {document['scope']['since']}, {dollars(spent)} was spent."
    if delta is not None:
        yield f"Since the report of {moment(delta['at'])}, {dollars(delta['changes']['spent'] or 0)} was spent."
    for forecast in document["forecasts"]:
        yield from _heading(forecast)


def _heading(forecast: Document) -> Iterator[str]:
    """What is said of a Batch that is not at its end."""
    if not (forecast["open_places"] or forecast["undecided"]):
        return
    spend, end = forecast["spend"], forecast["completion"]
    if end is None:
        why = REASONS[forecast["why_no_completion"]]
        when = f"No end is forecast: {why}."
    else:
        when = (
            f"Its last answer is expected at {moment(end['expected'])}, between {moment(end['low'])} and "
            f"{moment(end['high'])}."
        )
        if forecast["hits_end_at"] is not None and end["expected"] > forecast["hits_end_at"]:
            when += f" That is after its HITs end, at {moment(forecast['hits_end_at'])}."
    yield (
        f"{forecast['batch']} will have cost {dollars(spend['expected'])}, between {dollars(spend['low'])} and "
        f"{dollars(spend['high'])}. {when}"
    )


def _sections(document: Document) -> Iterator[Section]:
    no_batch = "No Batch yet. Load one: crowdbroker load PROJECT DATA"
    yield Section("batch", "Where the money of each Batch is", (_BATCH, *_MONEY), document["batches"], no_batch)
    days = (_BATCH, Column("day", "day"), *_MONEY)
    yield Section("day", "What changed on each day (UTC)", days, document["days"], "Nothing has changed.")
    paid = [Column(name, name, Kind.CENTS) for name in ("rewards", "bonuses", "fees")]
    workers = (_BATCH, Column("worker", "worker"), Column("assignments", "paid assignments", Kind.COUNT), *paid)
    yield Section("worker", "What each Worker was paid", workers, document["workers"], "Nobody was paid yet.")
    yield Section(
        "",
        "What a Label has cost",
        (
            _BATCH,
            Column("spent", "spent", Kind.CENTS),
            Column("labels", "labels", Kind.COUNT),
            Column("per_label", "per label", Kind.RATE),
            Column("per_correct_label", "per correct label", Kind.RATE),
            Column("basis", "confidence"),
            Column("gold", "cost of gold", Kind.CENTS),
            Column("gold_share", "share of gold", Kind.SHARE),
        ),
        document["costs"],
        no_batch,
        "How many are correct is the sum of their confidence. Where that is not calibrated on gold, it is a guess.",
    )
    yield Section("", "Where each Batch is heading", _FORECAST, [_flat(one) for one in document["forecasts"]], no_batch)


_FORECAST = (
    _BATCH,
    Column("open_places", "open places", Kind.COUNT),
    Column("undecided", "undecided", Kind.COUNT),
    Column("spend_low", "spend at least", Kind.CENTS),
    Column("spend_expected", "expected", Kind.CENTS),
    Column("spend_high", "at most", Kind.CENTS),
    Column("end_low", "ends at the earliest", Kind.TIME),
    Column("end_expected", "expected end", Kind.TIME),
    Column("end_high", "at the latest", Kind.TIME),
)


def _flat(forecast: Document) -> dict[str, Any]:
    end = forecast["completion"] or {}
    return {
        **forecast,
        **{f"spend_{name}": cents for name, cents in forecast["spend"].items()},
        **{f"end_{name}": at for name, at in end.items()},
    }


def _measures(document: Document) -> Iterator[Measure]:
    batches, forecasts, costs = document["batches"], document["forecasts"], document["costs"]
    yield Measure(
        "crowdbroker_budget_cents",
        "Cents of a Batch by account; all but deposited sum to deposited.",
        [({"batch": row["batch"], "account": name}, row[name]) for row in batches for name in ACCOUNTS],
    )
    yield Measure(
        "crowdbroker_budget_committed_ratio",
        "Share of all deposits that is no longer available.",
        [({}, document["committed_share"])],
    )
    yield Measure(
        "crowdbroker_budget_forecast_cents",
        "Cents that a Batch will have cost, with the 90 % interval.",
        [
            ({"batch": one["batch"], "bound": bound}, one["spend"][bound])
            for one in forecasts
            for bound in ("low", "expected", "high")
        ],
    )
    yield Measure(
        "crowdbroker_budget_open_places",
        "Places of a Batch that may still be submitted.",
        [({"batch": one["batch"]}, one["open_places"]) for one in forecasts],
    )
    yield Measure(
        "crowdbroker_label_cost_cents",
        "Cents that a Label has cost.",
        [({"batch": one["batch"]}, one["per_label"]) for one in costs],
    )
    yield Measure(
        "crowdbroker_gold_cost_cents",
        "Cents that went into answers to gold Items.",
        [({"batch": one["batch"]}, one["gold"]) for one in costs],
    )
