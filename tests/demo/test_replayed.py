from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crowdbroker.demo.replayed import replayed_demo
from crowdbroker.errors import InputError
from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.books import check_books
from crowdbroker.reports.tables import answers_table
from crowdbroker.simulation.replay import from_worker_id
from crowdbroker.store.reads import find_batch
from crowdbroker.store.store import Store

WORKERS = ("w1", "Zoë <b>", "x" * 39)


def write(path: Path, columns: str, rows: Sequence[tuple[str, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns.split(","), *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def replay(tmp_path: Path, answers: Path, truth: Path, *, items: int | None = None) -> tuple[dict[str, Any], list[str]]:
    story: list[str] = []
    folder = tmp_path / "replay"
    return replayed_demo(folder, answers=answers, truth=truth, seed=0, items=items, tell=story.append), story


def collected(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Every collected Answer as (task, worker, label), with the names that reports show."""
    store = Store.open(f"sqlite:///{document['files']['store']}")
    with store.read() as session:
        columns, rows = answers_table(session, find_batch(session, "replay"))
    store.close()
    assert list(columns[:3]) == ["task", "worker", "label"]
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


def check_all_is_paid(document: dict[str, Any]) -> None:
    """All is decided and paid, and both books are the same to the cent; the marketplace's from its own ledger."""
    states, money = document["assignments_by_status"], document["money_cents"]
    assert states == {"approved": document["assignments"], "rejected": 0, "held": 0}
    assert money["reserved"] == money["owed"] == money["available"] == 0
    assert money["rewards"] + money["fees"] == money["deposited"]
    connection = sqlite3.connect(document["files"]["marketplace"])
    owed = connection.execute("SELECT sum(balance_cents) FROM account WHERE id LIKE 'owed:%'").fetchone()[0]
    others = dict(
        connection.execute("SELECT id, balance_cents FROM account WHERE id = 'fees' OR id LIKE 'held:%'").fetchall()
    )
    connection.close()
    assert owed == money["rewards"] + money["bonuses"]
    assert others.pop("fees") == money["fees"]
    assert set(others.values()) == {0}
    market = Marketplace.open(f"sqlite:///{document['files']['marketplace']}")
    with market.read() as session:
        assert check_books(session) == []
    market.close()
    assert document["books"]["agree"] is True


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path]:
    """30 tasks in two groups of workers, one task with a worker of its own, hostile text, and one repeated answer."""
    rows = [(f"t{n:02}", who, "yes" if n % 3 else "no") for n in range(20) for who in WORKERS]
    rows += [(f"t{n:02}", who, "no") for n in range(20, 30) for who in WORKERS[:2]]
    rows += [('<script>alert("&amp;")</script> ]]> \u202e', "w1", "yes"), ("t00", "w1", "yes")]
    truth = [(f"t{n:02}", "yes" if n % 3 and n < 20 else "no") for n in range(30)]
    return write(tmp_path / "answers.csv", "task,worker,label", rows), write(
        tmp_path / "truth.csv", "task,truth", truth
    )


def test_a_replay_collects_every_answer_once_and_pays_for_all(tmp_path: Path, small: tuple[Path, Path]) -> None:
    document, story = replay(tmp_path, *small)
    recorded = [(row["task"], row["worker"], row["label"]) for row in read(small[0])[:-1]]
    assert Counter(collected(document)) == Counter(recorded)
    assert document["repeats"] == 1
    assert (document["items"], document["hits"], document["answers"]) == (31, 3, 81)
    assert document["assignments"] == 3 + 2 + 1
    check_all_is_paid(document)
    assert any("1 further answers of a worker to the same item are left out (keep_first)" in line for line in story)
    assert any("3 items, drawn by seed, are gold" in line for line in story)
    assert any("81 of 81 answers are in" in line for line in story)


def test_reports_show_the_recorded_names_and_the_ids_map_back(tmp_path: Path, small: tuple[Path, Path]) -> None:
    document, _ = replay(tmp_path, *small)
    assert {row["worker"] for row in read(Path(document["files"]["workers"]))} == set(WORKERS)
    connection = sqlite3.connect(document["files"]["store"])
    named = connection.execute("SELECT worker_id, name FROM worker").fetchall()
    connection.close()
    assert {from_worker_id(worker_id) for worker_id, _ in named} == set(WORKERS)
    assert all(from_worker_id(worker_id) == name for worker_id, name in named)


def test_the_gold_of_a_replay_is_labelled_by_its_truth_and_not_counted(
    tmp_path: Path, small: tuple[Path, Path]
) -> None:
    document, _ = replay(tmp_path, *small)
    labels = read(Path(document["files"]["labels"]))
    gold = {row["id"]: row["label"] for row in labels if row["method"] == "gold"}
    truth = {row["task"]: row["truth"] for row in read(small[1])}
    assert len(gold) == 3
    assert gold.items() <= truth.items()
    judged = [row for row in labels if row["id"] in truth and row["id"] not in gold]
    right = sum(row["label"] == truth[row["id"]] for row in judged)
    assert document["accuracy"]["dawid_skene"] == round(right / len(judged), 4)


def test_fewer_items_are_the_first_of_the_file(tmp_path: Path, small: tuple[Path, Path]) -> None:
    document, _ = replay(tmp_path, *small, items=4)
    assert {task for task, _, _ in collected(document)} == {"t00", "t01", "t02", "t03"}


@pytest.mark.parametrize(
    ("answers", "truth", "says"),
    [
        (
            [("a", "w", "x"), ("b", "w", "x")],
            [("a", "x")],
            "answers.csv, field 'label': all answers are the same label",
        ),
        ([("a", "w", "x"), ("b", "w", "y")], [("c", "x")], "truth.csv, field 'task': no task of the answers"),
        ([("a", "w" * 40, "x"), ("b", "w", "y")], [("a", "x")], "field 'worker': the worker id"),
        ([("a", "w", "x"), (" a", "w", "y")], [("a", "x")], "two tasks differ in nothing but spaces"),
        ([("a", "w", "x" * 101), ("b", "w", "y")], [("a", "y")], "answers.csv, field 'label'"),
    ],
)
def test_a_recording_that_cannot_be_replayed_is_refused(
    tmp_path: Path, answers: list[tuple[str, ...]], truth: list[tuple[str, ...]], says: str
) -> None:
    files = (
        write(tmp_path / "answers.csv", "task,worker,label", answers),
        write(tmp_path / "truth.csv", "task,truth", truth),
    )
    with pytest.raises(InputError) as caught:
        replay(tmp_path, *files)
    assert says in str(caught.value)


def test_rte_comes_back_whole_paid_and_labelled(tmp_path: Path, datasets: Path) -> None:
    """Snow et al. 2008: 164 workers, 800 items, 8,000 answers in forty groups of 20 items with the same ten workers."""
    answers, truth = datasets / "rte" / "answers.csv", datasets / "rte" / "truth.csv"
    document, _ = replay(tmp_path, answers, truth)
    recorded = Counter((row["task"], row["worker"], row["label"]) for row in read(answers))
    assert Counter(collected(document)) == recorded
    assert set(recorded.values()) == {1}
    assert (document["items"], document["hits"], document["assignments"], document["answers"]) == (800, 40, 400, 8000)
    assert document["workers"]["seen"] == 164
    assert {row["worker"] for row in read(Path(document["files"]["workers"]))} == {who for _, who, _ in recorded}
    check_all_is_paid(document)
    assert document["accuracy"]["dawid_skene"] >= 0.92
