from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from factories import START

from crowdbroker.reports.budget import budget_document
from crowdbroker.reports.charts import MOST_BATCHES, budget_days, charts
from crowdbroker.reports.fairness import fairness_document
from crowdbroker.reports.plots.files import write_plots
from crowdbroker.reports.plots.money import BudgetDay, burn_down
from crowdbroker.reports.plots.rendering import svg
from crowdbroker.reports.plots.time import Share, WageStep, hourly_pay, time_per_item
from crowdbroker.reports.quality import quality_document
from crowdbroker.reports.report import Report
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.shown.budget import budget_report
from crowdbroker.reports.shown.fairness import fairness_report
from crowdbroker.reports.shown.quality import quality_report
from crowdbroker.reports.shown.workers import workers_report
from crowdbroker.reports.workers import workers_document

REPORTS: dict[str, Any] = {
    "budget": (budget_document, budget_report),
    "quality": (quality_document, quality_report),
    "workers": (workers_document, workers_report),
    "fairness": (fairness_document, fairness_report),
}
NAMES = {
    "budget": ["burn-down"],
    "quality": ["labels-b", "confidence-b", "confusion-b"],
    "workers": ["worker-accuracy"],
    "fairness": ["hourly-pay-b"],
}


def report(settled: Any, name: str) -> Any:
    make, show = REPORTS[name]
    with settled.store.read() as session:
        return show(make(session, Scope(None, [settled.batch], None, START + timedelta(days=3))))


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_its_charts_with_their_data_and_words(settled: Any, name: str) -> None:
    found = charts(report(settled, name))
    assert [one.name for one in found] == NAMES[name]
    for one in found:
        assert one.description.endswith(".")
        assert one.table.rows
        assert all(column.name in row for row in one.table.rows for column in one.table.columns)


def test_the_burn_down_counts_back_from_today_to_the_deposit(settled: Any) -> None:
    days = budget_days(report(settled, "budget").document)
    assert [one.day for one in days] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert days[0] == BudgetDay("2026-03-02", spent=0.0, promised=0.36, free=99.64)
    assert days[-1] == BudgetDay("2026-03-04", spent=0.24, promised=0.06, free=99.70)
    assert {round(one.spent + one.promised + one.free, 2) for one in days} == {100.0}


def test_a_report_of_many_batches_draws_the_latest() -> None:
    names = [f"b{n}" for n in range(MOST_BATCHES + 3)]
    steps = [{"batch": name, "from": 0, "step": 100, "workers": 1} for name in names]
    batches = [{"batch": name, "floor": None, "median": 50} for name in names]
    found = charts(Report("fairness", "Fairness", {"batches": batches, "hourly": steps}, [], []))
    assert [one.name for one in found] == [f"hourly-pay-{name}" for name in names[-MOST_BATCHES:]]


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: burn_down([BudgetDay("2026-03-02", 1.0, 2.0, 3.0)]),
        lambda: time_per_item([Share(0.5, 10.0), Share(1.0, 20.0)]),
        lambda: hourly_pay([WageStep(4.0, 5.0, 2)], floor=4.5),
    ],
    ids=["burn-down", "time", "pay"],
)
def test_a_chart_has_a_title_and_labelled_axes(drawn: Any) -> None:
    words = {"".join(one.itertext()) for one in ElementTree.fromstring(svg(drawn())).iter() if one.tag.endswith("text")}
    titles = {"What is left of the budget", "How long an Item takes", "What an hour of work paid"}
    assert words & titles
    assert words & {"Day (UTC)", "Seconds an Item", "US dollars an hour"}
    assert words & {"US dollars", "Share of the pages that took no longer", "Workers"}


def test_charts_are_written_as_svg_and_png(tmp_path: Path) -> None:
    drawn = [("pay", hourly_pay([WageStep(4.0, 5.0, 2)]))]
    written = write_plots(drawn, tmp_path / "new" / "plots")
    assert [path.name for path in written] == ["pay.svg", "pay.png"]
    assert written[0].read_text().startswith("<svg")
    assert written[1].read_bytes().startswith(b"\x89PNG")
