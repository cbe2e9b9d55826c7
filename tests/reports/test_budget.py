from __future__ import annotations

from typing import Any

from crowdbroker.reports.budget import ACCOUNTS, budget_document
from crowdbroker.store.ledger import folded

Worked = Any


def test_the_report_is_what_the_entries_fold_to(worked: Worked) -> None:
    with worked.store.read() as session:
        document = budget_document(session)
        entries = {account.value: cents for account, cents in folded(session).items()}
    assert document["schema"] == "crowdbroker/budget/1"
    assert document["totals"] == entries
    assert document["totals"] == {
        "deposited": 10_000, "available": 9_964, "reserved": 6, "owed": 30, "rewards": 0, "fees": 0, "bonuses": 0
    }  # fmt: skip
    assert document["committed_share"] == 0.0036


def test_days_are_those_of_the_entries_in_utc_and_sum_to_the_batch(worked: Worked) -> None:
    with worked.store.read() as session:
        document = budget_document(session, worked.batch)
    first, second = document["days"]
    assert (first["day"], second["day"]) == ("2026-03-02", "2026-03-03")
    assert (first["deposited"], first["owed"], second["deposited"], second["owed"]) == (10_000, 6, 0, 24)
    (row,) = document["batches"]
    assert {name: first[name] + second[name] for name in ACCOUNTS} == {name: row[name] for name in ACCOUNTS}
