"""The report on labels for people: what to know first, then the tables behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crowdbroker.aggregation.doubts import expected_wrong, found_by_looking
from crowdbroker.reports.aggregated.document import MOST_LABELS, document_of
from crowdbroker.reports.aggregated.facts import Facts
from crowdbroker.reports.report import Column, Kind, Report, Section

MOST_WORKERS = 300
"""Rows of the table of workers, and dots of its picture; all are in the file of --workers."""
_METHODS = (
    Column("method", "Method"),
    Column("trust", "Trust"),
    Column("accuracy", "Accuracy on held-out gold", Kind.SHARE),
    Column("interval", "95 % interval"),
    Column("unlike", "Labels unlike the trusted", Kind.COUNT),
    Column("ties", "Ties", Kind.COUNT),
    Column("seconds", "Seconds", Kind.NUMBER),
)
_DOUBTS = (
    Column("task", "Task"),
    Column("label", "Label"),
    Column("confidence", "Confidence", Kind.SHARE),
    Column("second", "Or rather"),
    Column("second_confidence", "Confidence in that", Kind.SHARE),
    Column("agreed", "Votes for the label"),
)
_GOLD = (
    Column("task", "Task"),
    Column("known", "Gold says"),
    Column("said", "Workers say"),
    Column("agreed", "Votes for that"),
)
_AGREEMENT = (
    Column("name", "Coefficient"),
    Column("value", "Value", Kind.NUMBER),
    Column("interval", "95 % interval"),
    Column("items", "Tasks with two answers or more", Kind.COUNT),
)
_LABELS = (
    Column("label", "Label"),
    Column("items", "Tasks", Kind.COUNT),
    Column("share", "Share", Kind.SHARE),
    Column("agreement", "Another worker says it too", Kind.SHARE),
    Column("alpha", "Alpha", Kind.NUMBER),
)
_CONFIDENCE = (Column("from", "From", Kind.SHARE), Column("to", "To", Kind.SHARE), Column("items", "Tasks", Kind.COUNT))
_RELIABILITY = (
    Column("confidence", "Confidence", Kind.SHARE),
    Column("accuracy", "Right", Kind.SHARE),
    Column("interval", "95 % interval"),
    Column("items", "Gold tasks", Kind.COUNT),
)
_WORKERS = (
    Column("worker", "Worker"),
    Column("answers", "Answers", Kind.COUNT),
    Column("gold", "Right on gold"),
    Column("accuracy", "Accuracy on gold", Kind.SHARE),
    Column("interval", "95 % interval"),
    Column("estimated", "Estimated accuracy", Kind.SHARE),
    Column("agreement", "Another worker agrees", Kind.SHARE),
)
_COEFFICIENTS = {
    "observed": "Observed agreement",
    "krippendorff_alpha": "Krippendorff's alpha",
    "fleiss_kappa": "Fleiss' kappa",
    "krippendorff_alpha_interval": "Krippendorff's alpha of the numbers",
}


def report_of(facts: Facts) -> Report:
    """Return the report on labels."""
    document = document_of(facts)
    sections = [
        _comparison(document),
        _look_first(document),
        _gold_to_check(document),
        _labels(document),
        _confidence(document),
        _reliability(document),
        _confusion(document),
        _workers(document),
        _agreement(document),
    ]
    return Report("aggregate", "Labels", document, list(_lead(facts)), [one for one in sections if one is not None])


def busiest(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the workers with most answers, as a report shows them."""
    return sorted(document["workers"], key=lambda row: -row["answers"])[:MOST_WORKERS]


def _lead(facts: Facts) -> Iterator[str]:
    outcome = facts.outcome
    votes, guessed = outcome.votes, outcome.guessed
    yield (
        f"{len(votes.items):,} tasks were labelled from {len(votes):,} answers of {len(votes.workers):,} workers by "
        f"{outcome.method}. {outcome.why}".rstrip()
    )
    if facts.comparison:
        yield f"Trust {facts.comparison.trusted}. {facts.comparison.why}"
    if len(guessed):
        without = " that gold does not give" if len(guessed) < len(votes.items) else ""
        yield (
            f"The mean confidence is {guessed.mean():.1%} ({_basis(facts)}), so about {expected_wrong(guessed):,.0f} "
            f"of the {len(guessed):,} labels{without} are expected to be wrong."
        )
    if facts.held_out:
        held = facts.held_out.accuracy
        yield (
            f"On {held.items:,} gold tasks that it was not told of, {held.value:.1%} of the labels are right "
            f"({held.low:.1%} to {held.high:.1%})."
        )
    if facts.doubts:
        count = len(facts.doubts)
        yield (
            f"Look at the {count:,} least sure labels first: about {found_by_looking(guessed, count):,.0f} of them are "
            "expected to be wrong."
        )
    if facts.contradictions:
        yield f"{len(facts.contradictions):,} gold tasks contradict most of their workers: perhaps the gold is wrong."
    yield from facts.warnings


def _basis(facts: Facts) -> str:
    how = facts.outcome.calibration
    return f"calibrated on {how.gold:,} gold tasks" if how.gold else how.basis


def _comparison(document: Mapping[str, Any]) -> Section | None:
    found = document["comparison"]
    if found is None:
        return None
    rows = [
        row
        | {
            "trust": "trust this" if row["method"] == found["trusted"] else "",
            "accuracy": row["accuracy"] and row["accuracy"]["value"],
            "interval": _interval(row["accuracy"]),
        }
        for row in found["methods"]
    ]
    note = "The gold was dealt into five parts; each was labelled with the gold of the other four alone."
    return Section("methods", "Every method side by side", _METHODS, rows, note=note if found["gold"] else "")


def _look_first(document: Mapping[str, Any]) -> Section:
    rows = [
        row
        | {
            "task": row["item"],
            "agreed": f"{row['agreed']} of {row['votes']}" + (", a tie" if row["tied"] else ""),
            "second_confidence": row["second_confidence"] if row["second"] is not None else None,
        }
        for row in document["look_first"]
    ]
    return Section("look_first", "Look at these first", _DOUBTS, rows, empty="Every label is known or certain.")


def _gold_to_check(document: Mapping[str, Any]) -> Section | None:
    rows = [
        {
            "task": row["item"],
            "known": ", ".join(map(str, row["known"])),
            "said": row["said"],
            "agreed": f"{row['agreed']} of {row['votes']}",
        }
        for row in document["gold_to_check"]
    ]
    return Section("gold", "Gold that most workers contradict", _GOLD, rows) if rows else None


def _labels(document: Mapping[str, Any]) -> Section:
    shown = document["labels"][:MOST_LABELS]
    hidden = len(document["labels"]) - len(shown)
    note = f"The {len(shown)} most common of {len(document['labels']):,} labels." if hidden else ""
    return Section("labels", "How many tasks got each label", _LABELS, shown, note=note)


def _confidence(document: Mapping[str, Any]) -> Section:
    rows = [{"from": one["low"], "to": one["high"], "items": one["items"]} for one in document["histogram"]]
    return Section("confidence", "How sure the labels are", _CONFIDENCE, [row for row in rows if row["items"]])


def _reliability(document: Mapping[str, Any]) -> Section | None:
    rows = [
        one | {"interval": _share_interval(one["accuracy_low"], one["accuracy_high"])}
        for one in document["reliability"]
    ]
    if not rows:
        return None
    error = document["confidence"]["calibration_error"]
    note = (
        f"Expected calibration error {error['value']:.3f} ({error['low']:.3f} to {error['high']:.3f}), Brier score "
        f"{document['confidence']['brier_score']['value']:.3f}; a perfect predictor has an error of about 0.07 on "
        "100 tasks."
    )
    return Section("reliability", "Whether the confidence comes true on gold", _RELIABILITY, rows, note=note)


def _confusion(document: Mapping[str, Any]) -> Section:
    labels = list(dict.fromkeys(one["true"] for one in document["confusion"]))
    columns = (Column("true", "True"), *(Column(f"said {label}", f"Said {label}", Kind.SHARE) for label in labels))
    rows: dict[Any, dict[str, Any]] = {label: {"true": label} for label in labels}
    for one in document["confusion"]:
        rows[one["true"]][f"said {one['said']}"] = one["share"]
    note = "All workers together, by the confidence of the labels."
    return Section("confusion", "What workers say, by what is true", columns, list(rows.values()), note=note)


def _workers(document: Mapping[str, Any]) -> Section:
    rows = [
        one
        | {
            "gold": f"{one['gold_right']} of {one['gold_seen']}" if one["gold_seen"] else "",
            "interval": "" if one["low"] is None else _share_interval(one["low"], one["high"]),
        }
        for one in busiest(document)
    ]
    all_of_them = len(document["workers"])
    note = f"The {len(rows):,} with most answers of {all_of_them:,}." if all_of_them > len(rows) else ""
    return Section("workers", "How good the workers are", _WORKERS, rows, note=note)


def _agreement(document: Mapping[str, Any]) -> Section:
    rows = [
        {"name": _COEFFICIENTS[name], "value": one["value"], "interval": _interval(one, plain=True)}
        | {"items": one["items"]}
        for name, one in document["agreement"].items()
    ]
    note = "1 is full agreement; for alpha and kappa 0 is what chance gives. A crowd that errs together agrees, too."
    return Section(
        "agreement",
        "How far workers agree",
        _AGREEMENT,
        rows,
        empty="No task has two answers.",
        note=note if rows else "",
    )


def _interval(one: Mapping[str, Any] | None, *, plain: bool = False) -> str:
    if one is None or one["low"] is None:
        return ""
    return f"{one['low']:.3f} to {one['high']:.3f}" if plain else _share_interval(one["low"], one["high"])


def _share_interval(low: float, high: float) -> str:
    return f"{low:.1%} to {high:.1%}"
