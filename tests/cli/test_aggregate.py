from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from crowdbroker.cli import main


class Result(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Result]

ANSWERS = """task,worker,label
t1,ann,cat
t1,ben,cat
t1,cem,dog
t2,ann,dog
t2,ben,dog
t2,cem,cat
t2,cem,dog
t3,ann,cat
t3,ben,cat
t3,cem,dog
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a runner of `crowdbroker aggregate` in a folder with answers.csv and truth.csv."""
    monkeypatch.chdir(tmp_path)
    Path("answers.csv").write_text(ANSWERS)
    Path("truth.csv").write_text("task,truth\nt1,cat\nt3,dog\nt9,cat\n")

    def invoke(*options: str, answers: str = "answers.csv") -> Result:
        code = main(["aggregate", answers, *options])
        return Result(code, *capsys.readouterr())

    return invoke


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_labels_go_to_stdout_and_the_summary_to_stderr(run: Run) -> None:
    result = run("--method", "majority")
    assert result.exit_code == 0
    assert rows(result.stdout) == [
        {"task": "t1", "label": "cat", "confidence": "0.642857", "votes": "3"},
        {"task": "t2", "label": "dog", "confidence": "0.642857", "votes": "3"},
        {"task": "t3", "label": "cat", "confidence": "0.642857", "votes": "3"},
    ]
    assert result.stderr.splitlines() == [
        "3 tasks, 3 workers, 9 answers, 1 repeat left out, 0 ties",
        "confidence 64.3% on average (uncalibrated): about 1 label may be wrong",
    ]


def test_gold_scores_majority_and_every_worker(run: Run) -> None:
    result = run("--method", "majority", "--gold", "truth.csv", "--workers", "workers.csv")
    assert "2 gold tasks seen, 1 labelled right; 1 more had no answers" in result.stderr
    found = rows(Path("workers.csv").read_text())
    assert [row["worker"] for row in found] == ["ann", "ben", "cem"]
    for row in found:
        assert (row["answers"], row["gold_seen"], row["gold_right"], row["accuracy"]) == ("3", "2", "1", "0.5")
        # Wilson's interval of one in two.
        assert (row["accuracy_low"], row["accuracy_high"]) == ("0.094531", "0.905469")


def test_gold_is_kept_by_dawid_skene(run: Run) -> None:
    result = run("--gold", "truth.csv")
    labels = {row["task"]: (row["label"], row["confidence"]) for row in rows(result.stdout)}
    assert labels["t1"] == ("cat", "1.0")
    assert labels["t3"] == ("dog", "1.0")
    assert "iterations, converged" in result.stderr
    assert "2 gold tasks kept; 1 more had no answers" in result.stderr


def test_a_worker_without_gold_has_no_accuracy(run: Run) -> None:
    run("--workers", "workers.csv")
    assert {row["accuracy"] for row in rows(Path("workers.csv").read_text())} == {""}


def test_with_out_stdout_stays_empty(run: Run) -> None:
    plain = run().stdout
    result = run("--out", "labels.csv")
    assert result.stdout == ""
    assert Path("labels.csv").read_text() == plain


@pytest.mark.parametrize("options", [["--json"], ["--format", "json"], ["--json", "--out", "labels.json"]])
def test_json_is_one_document_with_a_schema(run: Run, options: list[str]) -> None:
    result = run("--gold", "truth.csv", *options)
    document = json.loads(Path("labels.json").read_text() if "--out" in options else result.stdout)
    assert set(document) == {"schema", "summary", "labels", "workers"}
    assert document["schema"] == "crowdbroker/aggregate/1"
    assert document["summary"]["repeats"] == 1
    assert document["labels"][0] == {"task": "t1", "label": "cat", "confidence": 1.0, "votes": 3}
    assert document["workers"][0]["gold_seen"] == 2


def test_files_with_the_suffix_tsv_get_tabs(run: Run) -> None:
    run("--out", "labels.tsv", "--workers", "workers.tsv")
    assert Path("labels.tsv").read_text().startswith("task\tlabel\t")
    assert Path("workers.tsv").read_text().startswith("worker\tanswers\t")


def test_a_table_shows_no_control_characters(run: Run) -> None:
    Path("answers.csv").write_text("task,worker,label\nt1,ann,\x1b[31mred\n")
    header, row = run("--method", "majority", "--format", "table").stdout.splitlines()
    assert header.split() == ["task", "label", "confidence", "votes"]
    assert row.split() == ["t1", r"\x1b[31mred", "1.0", "1"]


def test_labels_that_look_like_formulas_are_defused_and_negative_numbers_are_not(run: Run) -> None:
    Path("answers.csv").write_text("task,worker,label\nt1,ann,=1+1\nt2,ann,-1\n")
    assert [row["label"] for row in rows(run("--method", "majority").stdout)] == ["'=1+1", "-1"]


def test_the_order_of_answers_does_not_change_the_labels(run: Run) -> None:
    Path("answers.csv").write_text(ANSWERS.replace("t2,cem,dog\n", ""))
    before = run().stdout
    header, *lines = Path("answers.csv").read_text().splitlines()
    Path("answers.csv").write_text("\n".join([header, *reversed(lines)]))
    assert run().stdout == before


@pytest.mark.parametrize(
    ("answers", "truth", "says"),
    [
        ("task,worker,label\nt1,ann,cat\nt1,ben\n", "task,truth\nt1,cat\n", "answers.csv, row 3"),
        ("task,worker,label\nt1,ann,\n", "task,truth\nt1,cat\n", "row 2, field 'label'"),
        ("task,worker,label\nt1,ann,cat\n", "task,truth\nt1,cat\nt1,cat\n", "truth.csv, row 3"),
        ("task,worker,label\nt1,ann,cat\n", "task,truth\nt1,cta\n", "truth.csv, row 2, field 'truth': 'cta'"),
    ],
)
@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
def test_bad_input_writes_nothing(run: Run, tmp_path: Path, answers: str, truth: str, says: str, method: str) -> None:
    Path("answers.csv").write_text(answers)
    Path("truth.csv").write_text(truth)
    result = run("--method", method, "--gold", "truth.csv", "--out", "labels.csv", "--workers", "workers.csv")
    assert result.exit_code == 2
    assert says in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "truth.csv"]


def test_neither_file_is_written_when_one_cannot_be(run: Run) -> None:
    result = run("--out", "labels.csv", "--workers", "no/workers.csv")
    assert result.exit_code == 2
    assert not Path("labels.csv").exists()


@pytest.mark.parametrize(
    "options", [["--out", "answers.csv"], ["--out", "x.csv", "--workers", "x.csv"], ["--gold", "./answers.csv"]]
)
def test_no_file_is_used_for_two_things(run: Run, options: list[str]) -> None:
    result = run(*options)
    assert result.exit_code == 2
    assert "the same file as" in result.stderr
    assert Path("answers.csv").read_text() == ANSWERS


def test_the_examples_in_the_help_run_as_printed(run: Run) -> None:
    shown = run("--help").stdout
    examples = [line for line in shown.splitlines() if line.strip().startswith("crowdbroker aggregate ")]
    assert len(examples) == 2
    for example in examples:
        _, _, answers, *options = shlex.split(example)
        assert run(*options, answers=answers).exit_code == 0
    assert len(rows(Path("labels.csv").read_text())) == 3
    assert "<svg" in Path("report.html").read_text()
