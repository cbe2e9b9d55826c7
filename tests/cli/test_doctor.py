"""Doctor, resolve and the ledger's export, as an operator meets them."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

from commands import LOAD, Command, one_error
from required import missing

from crowdbroker.store.ledger import Account

STORE = Path("crowdbroker-data/store.db")


def _change(*statements: str) -> None:
    connection = sqlite3.connect(STORE)
    connection.executescript("; ".join(statements))
    connection.close()


def test_a_sound_store_is_said_to_be_well(worked: Command) -> None:
    shown = worked("doctor")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout.startswith("All is well: 2 Batches, 3 HITs with 6 Assignments and 0 bonuses compared")
    assert worked("doctor", "--batch", "first", "--offline").stdout == "All is well: 1 Batch.\n"


def test_what_is_wrong_is_explained_and_mended_on_request(worked: Command) -> None:
    _change("UPDATE balance SET cents = cents + 5 WHERE account = 'owed' AND batch_id = 1")
    shown = worked("doctor")
    assert shown.exit_code == 1
    assert "Finding (balances): first: the account owed is kept as $1.49 and its Entries come to $1.44." in shown.stdout
    assert "`crowdbroker doctor --repair` does what is safe." in shown.stdout
    mended = worked("doctor", "--repair")
    assert mended.exit_code == 0
    assert mended.stdout.startswith("Repaired: The balance of owed was set to the sum of its Entries.\nAll is well")


def test_findings_come_as_one_document(worked: Command) -> None:
    _change("UPDATE batch SET cap_cents = 1 WHERE id = 1")
    shown = worked("doctor", "--json")
    assert shown.exit_code == 1
    document = shown.document
    assert (document["schema"], document["clean"]) == ("crowdbroker/doctor/1", False)
    [finding] = document["findings"]
    assert (finding["check"], finding["batch"], finding["repair"], finding["note"]) == ("budget", "first", None, False)
    assert document["compared"] == {"hits": 3, "assignments": 6, "bonuses": 0}


def test_a_lost_database_is_adopted(published: Command) -> None:
    for ending in ("", "-wal", "-shm"):
        STORE.with_name(STORE.name + ending).unlink(missing_ok=True)
    assert published(*LOAD).exit_code == 0
    seen = published("doctor")
    assert seen.exit_code == 0
    assert "Note (orphans): 3 HITs at the marketplace carry the mark of a Batch" in seen.stdout
    adopted = published("doctor", "--batch", "first", "--adopt")
    assert adopted.exit_code == 0
    assert adopted.stdout.startswith("Adopted: 3 HITs of the lost Batch ")
    assert "All is well" in adopted.stdout
    again = published("doctor", "--batch", "first", "--adopt")
    assert again.exit_code == 2
    assert "published already" in one_error(again)


def test_adopting_needs_a_batch_and_its_marketplace(published: Command) -> None:
    for arguments in (("--adopt",), ("--adopt", "--batch", "first", "--offline")):
        shown = published("doctor", *arguments)
        assert shown.exit_code == 2
        assert "--adopt" in one_error(shown)


def test_an_effect_in_doubt_is_listed_shown_and_settled(published: Command) -> None:
    _change(
        "UPDATE effect SET state = 'in_doubt', problem = 'the reply was lost' WHERE kind = 'create_hit' AND id = 2",
        "UPDATE hit SET state = 'planned', hit_id = NULL WHERE id = (SELECT hit_row FROM effect WHERE id = 2)",
    )
    listed = published("resolve")
    assert "2  create_hit:" in listed.stdout
    assert "1 Effect in doubt. See one: crowdbroker resolve NUMBER" in listed.stdout
    assert "crowdbroker resolve 2" in published("status").stdout
    shown = published("resolve", "2")
    assert shown.exit_code == 0
    for part in ("create hit", "MaxAssignments", "First sent", "the reply was lost", "carries the mark"):
        assert part.lower().replace("maxassignments", "maxassignments") in shown.stdout.lower()
    refused = published("resolve", "2", "--failed", "--reason", "I think so.", "--yes")
    assert refused.exit_code == 2
    assert "does not let this be failed" in refused.stderr
    settled = published("resolve", "2", "--look-again", "--by", "ann")
    assert (settled.exit_code, settled.stdout.splitlines()[-1]) == (0, "The Effect 2 is done.")
    assert published("doctor").exit_code == 0
    document = published("resolve", "2", "--json").document
    assert (document["state"], document["effect"]) == ("done", 2)


def test_an_effect_that_is_not_there_is_said(published: Command) -> None:
    shown = published("resolve", "99")
    assert shown.exit_code == 2
    assert "there is no Effect '99'" in one_error(shown)


def test_beancount_accepts_the_ledger(worked: Command) -> None:
    try:
        from beancount import loader
    except ImportError:
        missing("beancount", "it is not installed")
    assert worked("export-ledger", "--out", "ledger.beancount").exit_code == 0
    entries, errors, _ = loader.load_file("ledger.beancount")
    assert errors == []
    assert sum(type(one).__name__ == "Balance" for one in entries) == 14
    assert worked("export-ledger").stdout == Path("ledger.beancount").read_text()


def test_the_ledger_comes_as_rows_and_as_a_document(worked: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(worked("export-ledger", "--batch", "first", "--format", "csv").stdout)))
    document = worked("export-ledger", "--batch", "first", "--json").document
    assert document["schema"] == "crowdbroker/ledger/1"
    assert len(document["entries"]) == len(rows) == 20
    assert {row["batch"] for row in rows} == {"first"}
    assert {row["account"] for row in rows} <= {account.value for account in Account}
    assert sum(int(row["cents"]) for row in rows) == 0
