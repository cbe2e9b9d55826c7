from __future__ import annotations

import json

import numpy as np
import pytest

from crowdbroker.aggregation.compare import compare
from crowdbroker.aggregation.outcome import Outcome, aggregated
from crowdbroker.aggregation.votes import Votes
from crowdbroker.reports.aggregated.document import document_of
from crowdbroker.reports.aggregated.facts import gathered
from crowdbroker.reports.aggregated.figures import confusion, histogram, label_figures, wilson, worker_figures
from crowdbroker.reports.aggregated.report import report_of
from crowdbroker.reports.aggregated.text import text_of

TRUTH = {f"t{item}": "xyz"[item % 3] for item in range(90)}


def crowd(hostile: str = "z") -> Votes:
    """Return four workers on 90 tasks: two mostly right, one who says y for x, one at random."""
    rng = np.random.default_rng(7)
    rows = []
    for item, right in TRUTH.items():
        rows += [(item, worker, right if rng.random() < 0.9 else "xyz"[rng.integers(3)]) for worker in ("ann", "ben")]
        rows += [(item, "cem", "y" if right == "x" else right), (item, "dov", "xyz"[rng.integers(3)])]
    tasks, workers, labels = zip(*rows, strict=True)
    return Votes.from_columns(tasks, workers, [hostile if label == "z" else label for label in labels])


def outcome(known: int = 30) -> Outcome:
    return aggregated(crowd(), dict(list(TRUTH.items())[:known]))


def test_workers_have_their_record_on_gold_and_an_estimate() -> None:
    found = {row.worker: row for row in worker_figures(outcome())}
    assert {row.answers for row in found.values()} == {90}
    assert {row.gold_seen for row in found.values()} == {30}
    assert found["cem"].accuracy == pytest.approx(2 / 3)
    assert found["cem"].low is not None
    assert found["cem"].low < 2 / 3
    assert found["dov"].estimated < 0.5 < found["cem"].estimated < found["ann"].estimated
    assert found["dov"].agreement is not None


@pytest.mark.parametrize(
    ("third", "numeric"), [("3", True), ("-5e1", True), ("²", False), ("--5", False), ("nan", False)]
)
def test_labels_are_numbers_where_all_of_them_are(third: str, numeric: bool) -> None:
    tasks, workers = [1, 1, 2, 2, 3, 3], list("ababab")
    votes = Votes.from_columns(tasks, workers, ["1", "1", "2", "1", third, third])
    facts = gathered(aggregated(votes), None)
    assert ("krippendorff_alpha_interval" in facts.agreement) == numeric


def test_who_saw_no_gold_has_no_accuracy() -> None:
    assert {(row.accuracy, row.low) for row in worker_figures(aggregated(crowd()))} == {(None, None)}


def test_the_confusion_of_a_worker_alone_is_what_he_says() -> None:
    votes = Votes.from_columns(list(range(90)), ["cem"] * 90, ["yyz"[item % 3] for item in range(90)])
    gold = {item: "y" if item % 3 < 2 else "z" for item in range(90)}
    found = confusion(aggregated(votes, gold), ["z", "y"])
    np.testing.assert_allclose(found, [[1, 0], [0, 1]])


def test_confusion_finds_what_a_crowd_confuses() -> None:
    found = confusion(outcome(), ["x", "y", "z"])
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found[0, 1] > found[1, 0] + 0.1
    assert np.isnan(confusion(aggregated(Votes.from_columns([1], ["a"], ["x"], label_set="xy")), ["y"])).all()


def test_every_label_is_counted_once() -> None:
    found = label_figures(outcome())
    assert sum(row.items for row in found) == 90
    assert sum(row.share for row in found) == pytest.approx(1)
    assert [row.items for row in found] == sorted((row.items for row in found), reverse=True)


def test_a_histogram_counts_every_item_also_at_its_ends() -> None:
    bars = histogram(np.array([0.0, 0.05, 0.5, 0.999, 1.0]))
    assert sum(items for _, _, items in bars) == 5
    assert bars[-1] == (0.95, 1.0, 2)
    assert bars[1] == (0.05, 0.1, 1)


@pytest.mark.parametrize(
    ("right", "seen", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_wilsons_interval_is_the_published_one(right: int, seen: int, low: float, high: float) -> None:
    assert wilson(right, seen) == pytest.approx((low, high), abs=5e-5)


def test_the_document_is_json_without_nan() -> None:
    gold = dict(list(TRUTH.items())[:30])
    votes = crowd()
    found = document_of(gathered(aggregated(votes, gold), gold, compare(votes, gold)))
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["comparison"]["trusted"] == found["summary"]["method"]
    assert sum(one["items"] for one in found["reliability"]) == 30
    assert found["confidence"]["accuracy"]["items"] == 30
    lonely = aggregated(Votes.from_columns([1, 2], ["a", "b"], ["x", "x"]))
    json.dumps(document_of(gathered(lonely, None)), allow_nan=False)


def test_the_report_leads_with_what_a_person_needs() -> None:
    gold = dict(list(TRUTH.items())[:30])
    votes = crowd()
    report = report_of(gathered(aggregated(votes, gold), gold, compare(votes, gold)))
    assert report.lead[1].startswith("Trust ")
    assert "calibrated on 30 gold tasks" in report.lead[2]
    assert "of the 60 labels that gold does not give" in report.lead[2]
    assert "On 30 gold tasks that it was not told of" in report.lead[3]
    assert [section.by for section in report.sections][:2] == ["methods", "look_first"]


def test_text_shows_no_control_characters() -> None:
    votes = crowd("\x1b[31mred")
    assert "\x1b" not in text_of(report_of(gathered(aggregated(votes), None)))
