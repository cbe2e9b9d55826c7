"""The reports on Workers and on fairness."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from factories import START
from sqlmodel import col, select, update

from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.reports.fairness import fairness_document
from crowdbroker.reports.scope import read_scope
from crowdbroker.reports.shown.fairness import NO_TRAITS, fairness_report
from crowdbroker.reports.work import Work, summed
from crowdbroker.reports.workers import workers_document
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow

Settled = Any
NOW = START + timedelta(days=3)


def document(settled: Settled, make: Any, since: str | None = None) -> Any:
    with settled.store.read() as session:
        return make(session, read_scope(session, batch="b", since=since, at=NOW))


def test_workers_have_their_gold_their_pace_their_pay_and_decisions(settled: Settled) -> None:
    found = document(settled, workers_document)
    by_name = {row["worker"]: row for row in found["workers"]}
    ann, cem = by_name["ann"], by_name["cem"]
    assert (ann["answers"], ann["gold_seen"], ann["gold_right"], ann["accuracy"]) == (8, 2, 2, 1.0)
    assert (ann["approved"], ann["refused"], cem["approved"], cem["refused"]) == (2, 0, 0, 1)
    assert ann["accuracy_low"] < 1.0 == ann["accuracy_high"]
    assert (ann["rewards"], cem["rewards"]) == (10, 0)
    assert found["totals"]["answers"] == sum(row["answers"] for row in found["workers"])
    assert len(found["batches"]) == len(found["workers"]) == 3


def test_an_hour_pays_what_was_paid_over_the_time_it_took() -> None:
    work = Work(seconds=[60.0, 60.0], items=[3, 3], paid_cents=20, due_cents=5, bonus_cents=5)
    assert work.hourly_cents == 900
    assert work.seconds_per_item == 20.0


def test_a_page_that_stood_open_counts_as_three_medians() -> None:
    work = Work(seconds=[60.0, 60.0, 86_400.0], items=[1, 1, 1], paid_cents=30)
    assert work.hours == pytest.approx((60 + 60 + 180) / 3600)


def test_work_without_any_time_has_no_wage_instead_of_an_endless_one() -> None:
    assert Work(seconds=[0.0], items=[4], paid_cents=5).hourly_cents is None
    assert Work().hourly_cents is None


def test_a_worker_of_two_batches_is_one_person() -> None:
    both = summed([Work(seconds=[10.0], items=[1], paid_cents=1), Work(seconds=[30.0], items=[1], paid_cents=2)])
    assert (both.seconds, both.paid_cents) == ([10.0, 30.0], 3)


def test_work_before_the_day_does_not_count(settled: Settled) -> None:
    found = document(settled, workers_document, "2026-03-03")
    assert [row["worker"] for row in found["workers"]] == ["=ben()", "ann"]


def test_refusals_have_a_share_with_its_interval(settled: Settled) -> None:
    totals = document(settled, fairness_document)["totals"]
    assert (totals["decided"], totals["refused"], totals["refused_share"]) == (5, 1, 0.2)
    assert totals["refused_low"] < 0.2 < totals["refused_high"]
    assert totals["reversed"] == 0


def test_a_refusal_that_was_paid_later_is_reversed(settled: Settled) -> None:
    with settled.store.write() as session:
        row = session.exec(select(AssignmentRow).where(col(AssignmentRow.state) == AssignmentState.REJECTED)).one()
        session.add(
            EffectRow(
                batch_id=settled.batch.id,
                key="reject:1",
                kind="reject",
                request={},
                request_sha256="",
                assignment_row=row.id,
                state=EffectState.DONE,
                next_at=START,
                receipt={"status": "Rejected"},
            )
        )
        row.state = AssignmentState.APPROVED
        session.add(row)
    totals = document(settled, fairness_document)["totals"]
    assert (totals["refused"], totals["reversed"]) == (0, 1)


def test_each_decision_has_its_pay_and_its_evidence(settled: Settled) -> None:
    rows = {row["decision"]: row for row in document(settled, fairness_document)["decisions"]}
    assert set(rows) == {"approve", "reject"}
    assert (rows["approve"]["assignments"], rows["approve"]["paid"], rows["approve"]["withheld"]) == (4, 20, 0)
    refused = rows["reject"]
    assert (refused["workers"], refused["paid"], refused["withheld"]) == (1, 0, 5)
    assert (refused["gold_answers"], refused["gold_right"], refused["with_signal"]) == (8, 1, 1)


def test_workers_below_the_floor_are_counted_and_so_are_their_hours(settled: Settled) -> None:
    with settled.store.write() as session:
        project = settled.batch.project.model_copy(update={"wage_floor_cents": 400})
        session.exec(update(BatchRow).values(project_json=project.to_json()))
    (row,) = document(settled, fairness_document)["batches"]
    # The page of cem was refused, so that work paid nothing; the others earned 4.50 an hour and more.
    assert (row["floor"], row["workers_below_floor"]) == (400, 1)
    assert row["lowest"] == 0
    assert 0 < row["hours_below_floor"] < 1


def test_without_a_floor_nobody_is_below_it_and_that_is_said(settled: Settled) -> None:
    found = document(settled, fairness_document)
    assert found["batches"][0]["workers_below_floor"] is None
    assert any("states no floor" in sentence for sentence in fairness_report(found).lead)


def test_no_trait_of_a_person_is_in_the_report(settled: Settled) -> None:
    found = document(settled, fairness_document)
    assert NO_TRAITS in fairness_report(found).lead
    names = {name for key in ("batches", "decisions", "hourly") for row in found[key] for name in row}
    assert not names & {"age", "sex", "gender", "country", "origin", "language", "worker"}
