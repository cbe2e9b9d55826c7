from __future__ import annotations

from typing import Any

from sqlmodel import delete

from crowdbroker.reports.tables import TABLES, answers_table, labels_table, workers_table
from crowdbroker.store.tables import LabelRow

Worked = Any


def test_labels_have_a_row_for_every_item_of_the_dataset_and_none_for_gold(worked: Worked) -> None:
    with worked.store.read() as session:
        columns, rows = labels_table(session, worked.batch)
    assert list(columns) == ["id", "label", "confidence", "votes", "method", "text"]
    assert sorted(str(row[0]) for row in rows) == [f"i{n}" for n in range(6)]
    assert {row[3] for row in rows} == {2, 3}
    assert {row[4] for row in rows} == {"dawid-skene"}
    assert all(str(row[5]).split()[0] in ("negative", "neutral", "positive") for row in rows)


def test_an_item_without_a_label_has_empty_cells(worked: Worked) -> None:
    with worked.store.write() as session:
        session.exec(delete(LabelRow))
    with worked.store.read() as session:
        _, rows = labels_table(session, worked.batch)
    assert len(rows) == 6
    assert all(row[1:5] == [None, None, 0, None] for row in rows)


def test_answers_are_all_there_with_the_names_of_their_workers(worked: Worked) -> None:
    with worked.store.read() as session:
        columns, rows = answers_table(session, worked.batch)
    assert list(columns) == ["task", "worker", "label", "gold", "assignment", "state"]
    assert len(rows) == 5 * 4
    assert sum(row[3] == "yes" for row in rows) == 5
    assert {row[1] for row in rows} == {"ann", "=ben()", "cem"}
    assert {row[5] for row in rows} == {"submitted"}


def test_workers_show_their_gold_with_its_interval_and_their_work(worked: Worked) -> None:
    with worked.store.read() as session:
        columns, rows = workers_table(session, worked.batch)
    by_name: dict[Any, dict[str, Any]] = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    assert list(by_name) == ["=ben()", "ann", "cem"]
    ann, cem = by_name["ann"], by_name["cem"]
    assert (ann["answers"], ann["gold_seen"], ann["gold_right"], ann["gold_accuracy"]) == (8, 2, 2, 1.0)
    assert (cem["answers"], cem["gold_seen"], cem["gold_right"], cem["gold_accuracy"]) == (4, 1, 0, 0.0)
    assert ann["accuracy_low"] < ann["gold_accuracy"] <= ann["accuracy_high"] == 1.0
    assert ann["below_bar"] < cem["below_bar"]
    assert (ann["undecided"], ann["approved"], ann["refused"], ann["excluded"]) == (2, 0, 0, "no")


def test_tables_are_the_same_each_time(worked: Worked) -> None:
    with worked.store.read() as session:
        for table in TABLES.values():
            assert table(session, worked.batch) == table(session, worked.batch)
