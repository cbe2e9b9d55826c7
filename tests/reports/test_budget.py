from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import new_sqlite
from factories import START
from sqlmodel import update

from crowdbroker.errors import InputError
from crowdbroker.reports.budget import budget_document
from crowdbroker.reports.scope import read_scope
from crowdbroker.reports.spending import ACCOUNTS
from crowdbroker.store.ledger import folded
from crowdbroker.store.store import Store
from crowdbroker.store.tables import WorkerRow

Worked = Any
NOW = START + timedelta(days=2)


def the_budget(worked: Worked, **asked: Any) -> dict[str, Any]:
    with worked.store.read() as session:
        return budget_document(session, read_scope(session, **({"batch": None, "since": None, "at": NOW} | asked)))


def test_the_report_is_what_the_entries_fold_to(worked: Worked) -> None:
    document = the_budget(worked)
    with worked.store.read() as session:
        entries = {account.value: cents for account, cents in folded(session).items()}
    assert document["schema"] == "crowdbroker/budget/1"
    assert document["totals"] == entries | {"spent": 0}
    assert document["totals"] == {
        "deposited": 10_000, "available": 9_964, "reserved": 6, "owed": 30, "rewards": 0, "fees": 0, "bonuses": 0,
        "spent": 0,
    }  # fmt: skip
    assert document["committed_share"] == 0.0036


def test_days_are_those_of_the_entries_in_utc_and_sum_to_the_batch(worked: Worked) -> None:
    document = the_budget(worked, batch="b")
    first, second = document["days"]
    assert (first["day"], second["day"]) == ("2026-03-02", "2026-03-03")
    assert (first["deposited"], first["owed"], second["deposited"], second["owed"]) == (10_000, 6, 0, 24)
    (row,) = document["batches"]
    assert {name: first[name] + second[name] for name in ACCOUNTS} == {name: row[name] for name in ACCOUNTS}


def test_since_a_day_only_its_changes_count_and_the_balances_stay(worked: Worked) -> None:
    document = the_budget(worked, since="2026-03-03")
    assert [row["day"] for row in document["days"]] == ["2026-03-03"]
    assert document["since"]["owed"] == 24
    assert document["since"]["deposited"] == 0
    assert document["totals"]["owed"] == 30
    assert document["scope"] == {"batch": None, "since": "2026-03-03"}


@pytest.mark.parametrize(
    ("since", "why"),
    [
        ("yesterday", "no day"),
        ("2026-02-30", "no day"),
        ("2026-W10-1", "no day"),
        ("20260302", "no day"),
        ("2026-03-05", "come"),
    ],
)
def test_a_day_that_is_none_or_not_here_yet_is_refused(worked: Worked, since: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        the_budget(worked, since=since)
    assert caught.value.field == "--since"
    assert caught.value.remedy


def test_a_batch_that_is_not_there_is_refused_with_those_that_are(worked: Worked) -> None:
    with pytest.raises(InputError, match="no Batch 'c'") as caught:
        the_budget(worked, batch="c")
    assert caught.value.remedy == "There are: b."


def test_an_empty_store_has_zeros_and_no_share(tmp_path: Path) -> None:
    store = Store.open(new_sqlite(tmp_path))
    with store.read() as session:
        document = budget_document(session, read_scope(session, batch=None, since=None, at=NOW))
    store.close()
    assert document["totals"] == dict.fromkeys((*ACCOUNTS, "spent"), 0)
    assert document["committed_share"] == 0.0
    assert [document[name] for name in ("batches", "days", "workers", "costs", "forecasts")] == [[]] * 5


def test_costs_split_what_gold_took_and_know_what_a_label_cost(settled: Worked) -> None:
    (row,) = the_budget(settled)["costs"]
    # Five pages of four Items, one of them gold, at six cents each; one page is refused.
    assert row["spent"] == 24
    assert row["gold"] == 6
    assert row["gold_share"] == 0.25
    assert (row["labels"], row["per_label"]) == (6, 4.0)
    assert row["correct"] == pytest.approx(sum(settled.confidences), abs=0.01)
    assert row["per_correct_label"] == pytest.approx(24 / sum(settled.confidences), abs=0.01)
    assert row["basis"] == "uncalibrated"


def test_workers_have_what_they_were_paid(settled: Worked) -> None:
    rows = {row["worker"]: row for row in the_budget(settled)["workers"]}
    assert (rows["ann"]["assignments"], rows["ann"]["rewards"], rows["ann"]["fees"]) == (2, 10, 2)
    assert "cem" not in rows


def test_a_worker_whose_name_was_taken_away_is_still_counted(settled: Worked) -> None:
    with settled.store.write() as session:
        session.exec(update(WorkerRow).values(name=""))
    rows = {row["worker"]: row for row in the_budget(settled)["workers"]}
    assert len(rows) == 2
    assert {name.partition(" ")[0] for name in rows} == {"(forgotten)"}
    assert max(row["rewards"] for row in rows.values()) == 10


def test_a_forecast_counts_open_places_and_says_why_it_knows_no_end(worked: Worked) -> None:
    (row,) = the_budget(worked)["forecasts"]
    # Two HITs of three places each; five are submitted and nothing is decided.
    assert (row["open_places"], row["undecided"]) == (1, 5)
    assert row["spend"]["low"] <= row["spend"]["expected"] <= row["spend"]["high"] <= 36
    assert (row["completion"], row["why_no_completion"]) == (None, "unpublished")


def test_a_day_is_a_date(worked: Worked) -> None:
    assert all(date.fromisoformat(row["day"]) for row in the_budget(worked)["days"])
