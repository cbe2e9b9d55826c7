from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from commands import Command

from crowdbroker.store.ledger import Account, balances, folded
from crowdbroker.store.reads import find_batch
from crowdbroker.store.store import Store

ACCOUNTS = [account.value for account in Account]
PARTS = ACCOUNTS[1:]


def test_the_budget_folds_to_the_cents_of_the_ledger(worked: Command) -> None:
    document = worked("report", "budget", "--json").document
    store = Store.open("sqlite:///crowdbroker-data/store.db")
    with store.read() as session:
        for row in document["batches"]:
            batch = find_batch(session, row["batch"])
            entries = {account.value: cents for account, cents in folded(session, batch.id).items()}
            assert {name: row[name] for name in ACCOUNTS} == entries
            assert entries == {account.value: cents for account, cents in balances(session, batch.id).items()}
    store.close()
    assert [row["batch"] for row in document["batches"]] == ["first", "second"]


def test_the_parts_of_a_budget_sum_to_its_deposit_and_its_days_to_the_batch(worked: Command) -> None:
    document = worked("report", "budget", "--json").document
    for row in [*document["batches"], document["totals"]]:
        assert sum(row[name] for name in PARTS) == row["deposited"]
    for row in document["batches"]:
        days = [day for day in document["days"] if day["batch"] == row["batch"]]
        assert {name: sum(day[name] for day in days) for name in ACCOUNTS} == {name: row[name] for name in ACCOUNTS}
    total = document["totals"]
    assert document["committed_share"] == (total["deposited"] - total["available"]) / total["deposited"]


@pytest.mark.parametrize(("by", "key"), [("batch", "batches"), ("day", "days")])
def test_csv_holds_the_cents_of_the_json(worked: Command, by: str, key: str) -> None:
    found = list(csv.DictReader(worked("report", "budget", "--by", by, "--format", "csv").stdout.splitlines()))
    cents = [{name: round(float(row[name]) * 100) for name in ACCOUNTS} for row in found]
    document = worked("report", "budget", "--json").document
    assert cents == [{name: row[name] for name in ACCOUNTS} for row in document[key]]


def test_a_table_sets_amounts_to_the_right(worked: Command) -> None:
    lines = worked("report", "budget", "--by", "day").stdout.splitlines()
    assert lines[0].split() == ["batch", "day", *ACCOUNTS]
    table = lines[: lines.index("")]
    assert len({len(line) for line in table}) == 1
    assert "is spent and" in lines[lines.index("") + 1]


def test_one_batch_can_be_reported_alone_and_into_a_file(worked: Command) -> None:
    result = worked("report", "budget", "--batch", "second", "--json", "--out", "budget.json")
    assert result.stdout == ""
    document = json.loads(Path("budget.json").read_text())
    assert [row["batch"] for row in document["batches"]] == ["second"]
    assert document["totals"]["available"] == document["totals"]["deposited"] == 10_000


def test_fail_over_exits_3_when_more_than_the_share_is_committed(worked: Command) -> None:
    share = worked("report", "budget", "--json").document["committed_share"]
    assert 0 < share < 0.5
    passed = worked("report", "budget", "--json", "--fail-over", str(share - 0.001))
    assert passed.exit_code == 3
    assert passed.document["schema"] == "crowdbroker/budget/1"
    assert "of the deposits is committed, more than" in passed.stderr
    assert worked("report", "budget", "--fail-over", str(share)).exit_code == 0


def test_status_says_how_far_what_it_cost_and_what_is_next_and_when(worked: Command) -> None:
    shown = worked("status").stdout
    first, second = shown.split("second  (Project reviews)")
    assert first.startswith("first  (Project reviews)\n")
    assert "30 of 45 from 2 workers" in first
    assert "owed" in first
    assert "workers may answer until " in first
    assert "UTC (in 2 d 23 h)" in first
    assert "crowdbroker run --batch first" in first
    assert "3 planned, 0 open, 0 closed" in second
    assert "Next         crowdbroker publish --batch second" in second


def test_status_as_json_holds_every_batch(worked: Command) -> None:
    document = worked("status", "--json").document
    assert document["schema"] == "crowdbroker/status/1"
    first, second = document["batches"]
    assert (first["batch"], first["answers"], first["answers_wanted"]) == ("first", 30, 45)
    assert first["next"]["hits_end_at"].endswith("+00:00")
    assert second["next"] == {"hits_end_at": None, "automatic_approval_at": None}
    assert sum(second["money_cents"][name] for name in PARTS) == second["money_cents"]["deposited"]


def test_an_empty_store_has_an_empty_report(lab: Command) -> None:
    result = lab("report", "budget", "--json")
    assert result.document["batches"] == []
    assert result.document["committed_share"] == 0.0
    assert lab("status", "--json").document["batches"] == []
