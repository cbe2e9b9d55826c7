from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest

from crowdbroker.errors import InputError
from crowdbroker.formats.answer_files import files_of, read_answers, row_of_label
from crowdbroker.formats.atomic import replace_files
from crowdbroker.formats.label_files import writer_of
from crowdbroker.formats.truth_files import read_known

ROWS = [(1, "ann", True), (2, "ben", False)]


def test_a_path_is_itself_and_a_pattern_is_its_files_by_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "odd[1].csv"):
        (tmp_path / name).write_text("")
    assert files_of(str(tmp_path / "missing.csv")) == [tmp_path / "missing.csv"]
    assert files_of(str(tmp_path / "[ab].csv")) == [tmp_path / "a.csv", tmp_path / "b.csv"]
    assert files_of(str(tmp_path / "odd[1].csv")) == [tmp_path / "odd[1].csv"]
    with pytest.raises(InputError, match="no file matches"):
        files_of(str(tmp_path / "*.parquet"))


def test_files_are_joined_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("task,worker,label\n1,ann,x\n")
    (tmp_path / "b.jsonl").write_text('{"label": "y", "task": "2", "worker": "ben", "more": []}\n\n')
    found = read_answers([tmp_path / "a.csv", tmp_path / "b.jsonl"])
    assert found == {"task": ["1", "2"], "worker": ["ann", "ben"], "label": ["x", "y"]}


def test_whole_and_broken_numbers_of_json_are_one_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"task": 1, "worker": "a", "label": label}) + "\n" for label in (1, 2.5)))
    assert read_answers([path])["label"] == [1.0, 2.5]


def test_categories_become_text(tmp_path: Path) -> None:
    frame = polars.DataFrame({"task": [1], "worker": ["a"], "label": ["x"]})
    frame.with_columns(polars.col("label").cast(polars.Categorical)).write_parquet(tmp_path / "a.parquet")
    assert read_answers([tmp_path / "a.parquet"])["label"].dtype == polars.String


def test_the_row_of_a_label_is_where_it_stands_first(tmp_path: Path) -> None:
    table, lines = tmp_path / "a.csv", tmp_path / "a.jsonl"
    table.write_text('task,worker,label\n1,"a\nb",x\n1,c,y\n2,c,y\n')
    lines.write_text('{"task": 1, "worker": "a", "label": "x"}\n{"task": 2, "worker": "a", "label": "y"}\n')
    assert [row_of_label(table, label) for label in ("x", "y", "z")] == [2, 4, None]
    assert row_of_label(lines, "y") == 2


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_known_truth_keeps_its_order_its_types_and_its_rows(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"truth{suffix}"
    replace_files([(path, writer_of(path, ("note", "task", "true_label"), [("n", 2, "x"), ("n", 1, "y")]))])
    found = read_known(path)
    kind = str if suffix == ".csv" else int
    assert list(found.labels.items()) == [(kind(2), "x"), (kind(1), "y")]
    assert found.field == "true_label"
    assert found.rows[kind(1)] == (3 if suffix == ".csv" else 2)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".csv", "task,worker,said\n1,ann,true\n2,ben,false\n"),
        (".tsv", "task\tworker\tsaid\n1\tann\ttrue\n2\tben\tfalse\n"),
        (".jsonl", '{"task": 1, "worker": "ann", "said": true}\n{"task": 2, "worker": "ben", "said": false}\n'),
    ],
)
def test_a_table_is_written_as_its_suffix_says(tmp_path: Path, suffix: str, content: str) -> None:
    path = tmp_path / f"out{suffix}"
    replace_files([(path, writer_of(path, ("task", "worker", "said"), iter(ROWS)))])
    assert path.read_text() == content


def test_parquet_keeps_types_and_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    for rows in (ROWS, []):
        replace_files([(path, writer_of(path, ("task", "worker", "said"), iter(rows)))])
        assert polars.read_parquet(path).rows() == rows
