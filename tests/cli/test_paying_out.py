"""Paying workers at the terminal: runs, their files, what came back, and the sums of a year."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from commands import Command, all_rows, one_error
from sqlmodel import col, select

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.tables import AccountRow, WorkerRow

DATABASE = Path("crowdbroker-data/marketplace.db")


@pytest.fixture
def earned(worked: Command) -> Command:
    """Return a runner where two workers, ann and ben, are owed money: time has approved what they did."""
    assert worked("marketplace", "clock", "--advance", "8d").exit_code == 0
    return worked


def owed() -> dict[str, int]:
    """What each worker is owed, by name, after a proof of the books."""
    market = Marketplace.open(f"sqlite:///{DATABASE}")
    account = col(AccountRow.id) == "owed:" + col(WorkerRow.id)
    with market.read() as session:
        found = dict(session.exec(select(WorkerRow.name, AccountRow.balance_cents).where(account)).all())
        assert check_books(session) == []
    market.close()
    return found


def amounts(file: str) -> dict[str, str]:
    with Path(file).open(newline="") as lines:
        return {row["name"]: row["amount"] for row in csv.DictReader(lines)}


def test_a_run_is_posted_once_and_written_as_often_as_one_likes(earned: Command) -> None:
    before = owed()
    assert before == {"ann": 60, "ben": 60}
    first = earned("marketplace", "payouts", "--run-id", "nov", "--out", "nov.csv", "--yes")
    assert first.exit_code == 0
    assert first.stderr.endswith("Run nov is posted: 2 payments, $1.20. The books say paid; now pay them.\n")
    assert amounts("nov.csv") == {"ann": "0.60", "ben": "0.60"}
    assert owed() == {"ann": 0, "ben": 0}
    again = earned("marketplace", "payouts", "--run-id", "nov", "--out", "again.csv")
    assert Path("again.csv").read_bytes() == Path("nov.csv").read_bytes()
    assert "This is the same again; nothing moved." in again.stderr
    nobody = earned("marketplace", "payouts", "--run-id", "dec", "--yes")
    assert nobody.stdout == "worker,name,amount,since,until\n"
    assert "Nobody is owed that much" in nobody.stderr


def test_nothing_is_posted_without_a_yes_or_in_a_trial(earned: Command) -> None:
    before = owed()
    refused = earned("marketplace", "payouts")
    assert refused.exit_code == 1
    assert "Post 2 payments, $1.20, as run " in refused.stderr
    trial = earned("marketplace", "payouts", "--dry-run", "--json")
    assert trial.document["total"] == "1.20"
    assert "Nothing was posted." in trial.stderr
    assert owed() == before
    assert earned("marketplace", "payouts", "--list", "--json").document["runs"] == []


def test_the_minimum_keeps_small_sums_waiting(earned: Command) -> None:
    assert earned("marketplace", "payouts", "--minimum", "0.61", "--yes", "--json").document["payments"] == []
    assert owed() == {"ann": 60, "ben": 60}
    assert len(earned("marketplace", "payouts", "--minimum", "0.60", "--yes", "--json").document["payments"]) == 2


def test_what_came_back_is_owed_again_and_the_run_says_so(earned: Command) -> None:
    made = earned("marketplace", "payouts", "--run-id", "nov", "--yes", "--json").document
    ann = next(line["worker"] for line in made["payments"] if line["name"] == "ann")
    told = earned("marketplace", "reverse-payout", "nov", ann, "--reason", "The bank sent it back.")
    assert told.stdout == f"$0.60 of ann ({ann}) is owed again; the next run pays it.\n"
    assert owed() == {"ann": 60, "ben": 0}
    again = earned("marketplace", "payouts", "--run-id", "nov", "--out", "nov.csv")
    assert amounts("nov.csv") == {"ben": "0.60"}
    assert f"left out, because it was reversed and is owed again: {ann}." in again.stderr
    document = earned("marketplace", "payouts", "--run-id", "nov", "--json").document
    assert (document["total"], document["to_pay"]) == ("1.20", "0.60")
    back = {line["name"]: line["reversed_at"] is not None for line in document["payments"]}
    assert back == {"ann": True, "ben": False}
    listed = earned("marketplace", "payouts", "--list", "--json").document["runs"]
    assert [(one["run_id"], one["total"], one["reversed_lines"]) for one in listed] == [("nov", "1.20", 1)]
    twice = earned("marketplace", "reverse-payout", "nov", ann, "--reason", "Again.")
    assert twice.exit_code == 2
    assert "was reversed before" in one_error(twice)


def test_the_sums_of_a_year_name_who_reached_the_threshold(earned: Command) -> None:
    earned("marketplace", "payouts", "--yes")
    quiet = earned("marketplace", "totals", "--json")
    assert quiet.document["threshold"] == "2000.00"
    assert quiet.document["reached"] == []
    assert sorted(one["total"] for one in quiet.document["workers"]) == ["0.60", "0.60"]
    Path("config.toml").write_text(
        'profile = "embedded"\n[profiles.embedded]\n[marketplace]\nyearly_threshold = "0.60"\n'
    )
    warned = earned("--config", "config.toml", "marketplace", "totals")
    assert warned.exit_code == 0
    assert "Warning: 2 workers reached $0.60 in " in warned.stderr
    assert earned("marketplace", "totals", "--year", "2001").stdout.split() == ["worker", "name", "payouts", "total"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["payouts", "--run-id", "../x", "--yes"], "field '--run-id': A run id is"),
        (["payouts", "--minimum", "nothing"], "field '--minimum'"),
        (["payouts", "--run-id", "nov", "--yes", "--out", "no/such/folder.csv"], "no/such"),
        (["reverse-payout", "nov", "AX", "--reason", "why"], "has no line for worker AX"),
        (["totals", "--threshold", "a lot"], "field '--threshold'"),
    ],
)
def test_a_mistake_is_told_in_three_lines(lab: Command, arguments: list[str], says: str) -> None:
    before = all_rows(DATABASE)
    result = lab("marketplace", *arguments)
    assert result.exit_code == 2
    assert says in one_error(result)
    changed = set(all_rows(DATABASE)) ^ set(before)
    assert all("marketplace_meta" in line for line in changed)
