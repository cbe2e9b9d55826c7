from __future__ import annotations

import csv
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from crowdbroker.demo.simulated import CROWD, simulated_demo
from crowdbroker.errors import InputError

Told = Any


def rows(path: str | Path) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run(folder: Path, *, seed: int = 3, items: int = 15) -> dict[str, Any]:
    return simulated_demo(folder, seed=seed, items=items, tell=lambda _line: None)


def ledger(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    """The broker's Entries by transfer and account."""
    connection = sqlite3.connect(document["files"]["store"])
    found = connection.execute("SELECT transfer, account, cents FROM entry ORDER BY transfer, account").fetchall()
    connection.close()
    return found


def test_the_document_has_the_fields_that_others_build_on(told: Told) -> None:
    document = told.document
    assert document["schema"] == "crowdbroker/demo/1"
    assert (document["items"], document["seed"], document["hits"], document["assignments"]) == (200, 0, 40, 200)
    assert document["answers"] == 40 * 7 * 5
    assert document["seconds"] > 0
    assert document["accuracy"].keys() == {"majority", "dawid_skene"}
    assert sum(document["assignments_by_status"].values()) == 200
    assert document["assignments_by_status"].keys() == {"approved", "rejected", "held"}
    assert document["workers"].keys() == {"seen", "excluded", "refused"}
    assert document["workers"]["seen"] == sum(CROWD.values())
    assert document["files"].keys() == {"labels", "workers", "budget", "store", "marketplace"}
    assert all(Path(path).is_absolute() and Path(path).is_file() for path in document["files"].values())
    assert json.loads(json.dumps(document)) == document


def test_the_money_adds_up_to_the_cent_and_the_marketplace_says_the_same(told: Told) -> None:
    money = told.document["money_cents"]
    assert list(money) == ["deposited", "available", "reserved", "owed", "rewards", "fees", "bonuses"]
    assert sum(cents for name, cents in money.items() if name != "deposited") == money["deposited"] == 7500
    assert money["reserved"] == money["owed"] == 0
    approved = told.document["assignments_by_status"]["approved"]
    assert (money["rewards"], money["fees"]) == (approved * 25, approved * 5)
    assert told.document["books"]["agree"] is True
    assert told.document["books"]["marketplace_cents"]["rewards"] == money["rewards"]


def test_dawid_skene_beats_majority_against_the_hidden_truth(told: Told) -> None:
    accuracy = told.document["accuracy"]
    assert accuracy["dawid_skene"] > accuracy["majority"] > 0.75


def test_every_refusal_has_enough_gold_and_a_second_signal(told: Told) -> None:
    refusals = told.document["refusals"]
    assert len(refusals) == told.document["workers"]["refused"] > 0
    assert sum(one["assignments"] for one in refusals) == told.document["assignments_by_status"]["rejected"]
    for one in refusals:
        assert one["gold_seen"] >= 8
        assert one["below_bar"] >= 0.99
        assert one["signals"]
        assert re.match("spammer|clicker", one["worker"])


def test_labels_leave_gold_out_and_workers_have_their_names(told: Told) -> None:
    labels = rows(told.document["files"]["labels"])
    assert len(labels) == 200
    assert not any(row["id"].startswith("g") for row in labels)
    assert {row["label"] for row in labels} == {"negative", "neutral", "positive"}
    workers = rows(told.document["files"]["workers"])
    assert {row["worker"] for row in workers} == {
        f"{kind}-{n}" for kind, many in CROWD.items() for n in range(1, many + 1)
    }
    reasons = " ".join(row["reason"] for row in workers)
    assert "check questions" in reasons
    assert not re.search(r"\bg\d\d\b", reasons)


def test_the_story_is_told_in_a_page(told: Told) -> None:
    story = "\n".join(told.story)
    assert 12 <= len(told.story) <= 25
    assert "200 reviews are to be labelled negative, neutral or positive" in story
    assert "16 simulated workers sign up" in story
    assert "40 HITs are published, and $60.00 is reserved" in story
    assert "1,400 of 1,400 answers are in" in story
    for one in told.document["refusals"]:
        assert re.search(rf"{one['worker']} is (excluded and )?refused: \d+ of \d+ gold right", story)
    for one in told.document["exclusions"]:
        assert f"{one['worker']} is excluded" in story


def test_the_same_seed_gives_the_same_labels_workers_and_ledger(tmp_path: Path) -> None:
    first, second = run(tmp_path / "a"), run(tmp_path / "b")
    for name in ("labels", "workers"):
        assert Path(first["files"][name]).read_bytes() == Path(second["files"][name]).read_bytes()
    assert ledger(first) == ledger(second)
    assert len(ledger(first)) > 30
    differing = {"seconds", "files"}
    assert {k: v for k, v in first.items() if k not in differing} == {
        k: v for k, v in second.items() if k not in differing
    }


def test_another_seed_is_another_crowd(tmp_path: Path) -> None:
    first, second = run(tmp_path / "a", items=5), run(tmp_path / "b", items=5, seed=4)
    assert rows(first["files"]["workers"]) != rows(second["files"]["workers"])
    assert len(rows(first["files"]["labels"])) == 5


def test_a_second_run_replaces_the_first_and_leaves_other_files_alone(tmp_path: Path) -> None:
    run(tmp_path / "demo", items=5)
    (tmp_path / "demo" / "notes.txt").write_text("mine")
    again = run(tmp_path / "demo", items=7)
    assert len(rows(again["files"]["labels"])) == 7
    assert (tmp_path / "demo" / "notes.txt").read_text() == "mine"


def test_a_folder_that_no_demo_made_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("precious")
    with pytest.raises(InputError, match="is not empty and holds no earlier demo") as caught:
        run(tmp_path, items=5)
    assert caught.value.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


def test_a_file_cannot_be_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be used: Not a directory"):
        run(tmp_path / "file", items=5)
