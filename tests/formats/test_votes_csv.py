from __future__ import annotations

from pathlib import Path

import pytest

from crowdbroker.errors import InputError
from crowdbroker.formats.votes_csv import VoteColumns, read_truth, read_votes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def test_answers_are_read_in_any_column_order_beside_others(file: Path) -> None:
    file.write_text("label,seconds,task,worker\ncat,3,1,w1\n dog,,2,w1\n")
    assert read_votes(file) == VoteColumns(tasks=["1", "2"], workers=["w1", "w1"], labels=["cat", " dog"])


def test_truth_keeps_the_order_of_the_file(file: Path) -> None:
    file.write_text("task,truth\n2,cat\n1,dog\n")
    assert list(read_truth(file).items()) == [("2", "cat"), ("1", "dog")]


@pytest.mark.parametrize(("row", "field"), [(",w,a", "task"), ("1,,a", "worker"), ("1,w,", "label")])
def test_an_empty_cell_of_an_answer_is_named(file: Path, row: str, field: str) -> None:
    file.write_text(f"task,worker,label\n1,w,a\n{row}\n")
    with pytest.raises(InputError, match="the cell is empty") as caught:
        read_votes(file)
    assert (caught.value.row, caught.value.field) == (3, field)


@pytest.mark.parametrize(
    ("text", "row", "field"), [("1,a\n,a", 3, "task"), ("1,", 2, "truth"), ("1,a\n2,a\n1,a", 4, "task"), ("", 1, None)]
)
def test_a_row_of_truth_that_cannot_be_used_is_named(file: Path, text: str, row: int, field: str | None) -> None:
    file.write_text(f"task,truth\n{text}\n")
    with pytest.raises(InputError) as caught:
        read_truth(file)
    assert (caught.value.row, caught.value.field) == (row, field)


def test_a_header_alone_holds_no_answers(file: Path) -> None:
    file.write_text("task,worker,label\n")
    with pytest.raises(InputError, match="only a header"):
        read_votes(file)


def test_a_column_that_is_not_there_is_named(file: Path) -> None:
    file.write_text("task,user,label\n1,w,a\n")
    with pytest.raises(InputError, match="'worker'"):
        read_votes(file)
