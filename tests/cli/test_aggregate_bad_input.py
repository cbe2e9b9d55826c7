"""What breaks other programs: each is a right answer or one clear error with its place, and nothing is written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars
import pytest
from commands import Command

from crowdbroker.aggregation import methods
from crowdbroker.cli.aggregate import command

HEAD = "task,worker,label\n"
GOOD = HEAD + "1,a,x\n1,b,x\n2,a,y\n2,b,x\n"


def refused(crowdbroker: Command, *arguments: str) -> str:
    """Run what must be refused as an input; return its error in one line."""
    before = sorted(path.name for path in Path().iterdir())
    result = crowdbroker("aggregate", *arguments, "--out", "out.csv")
    assert result.exit_code == 2, result
    assert result.stdout == ""
    assert result.stderr.count("Error: ") == 1
    assert len(result.stderr.splitlines()) <= 3
    assert sorted(path.name for path in Path().iterdir()) == before
    return " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "a.csv: the file is empty"),
        ("a.csv", HEAD, "a.csv, row 1: only a header and no rows"),
        ("a.csv", HEAD + "1,,x\n", "a.csv, row 2, field 'worker': the cell is empty"),
        ("a.csv", HEAD + "1,a,\n", "a.csv, row 2, field 'label': the cell is empty"),
        ("a.csv", HEAD + "1,a,x\n2,a,NaN\n", "a.csv, row 3, field 'label': 'NaN' is what programs write"),
        ("a.csv", "task,worker\n1,a\n", "a.csv, row 1, field 'label': no such column"),
        ("a.jsonl", "", "a.jsonl: the file is empty"),
        ("a.jsonl", '{"task": 1, "worker": "a"}\n', "a.jsonl, row 1, field 'label': no such key"),
        ("a.jsonl", '{"task": 1, "worker": "", "label": 1}\n', "row 1, field 'worker': the value is missing"),
        ("a.jsonl", '{"task": 1, "worker": "a", "label": null}\n', "row 1, field 'label': the value is missing"),
        ("a.jsonl", '{"task": 1, "worker": "a", "label": NaN}\n', "row 1, field 'label': the value is missing"),
        ("a.jsonl", '{"task": 1, "worker": "a", "label": ["x"]}\n', "row 1, field 'label': a list or an object"),
        (
            "a.jsonl",
            '{"task": 1, "worker": "a", "label": 1}\n{"task": 2, "worker": "a", "label": "1"}\n',
            "a.jsonl, row 2, field 'label': \"1\" is text, after a number",
        ),
        (
            "a.jsonl",
            '{"task": 1, "worker": "a", "label": 1}\n{"task": 2, "worker": "a", "label": true}\n',
            "a.jsonl, row 2, field 'label': true is true or false, after a number",
        ),
        ("a.jsonl", "1,a,x\n", "a.jsonl, row 1: no JSON"),
        ("a.jsonl", "[1]\n", "a.jsonl, row 1: no JSON object"),
        ("a.parquet", "no parquet", "a.parquet: cannot be read as Parquet"),
    ],
)
def test_a_wrong_file_is_named_with_row_and_field(crowdbroker: Command, name: str, text: str, says: str) -> None:
    Path(name).write_text(text)
    assert says in refused(crowdbroker, name)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"task": [1], "worker": ["a"]}, "field 'label': no such column"),
        ({"task": [1, None], "worker": ["a", "b"], "label": ["x", "y"]}, "row 2, field 'task': the value is missing"),
        ({"task": [1, 2], "worker": ["a", ""], "label": ["x", "y"]}, "row 2, field 'worker': the value is missing"),
        ({"task": [1, 2], "worker": ["a", "b"], "label": [0.5, float("nan")]}, "row 2, field 'label': the value is"),
        ({"task": [1], "worker": ["a"], "label": [["x"]]}, "field 'label': values of type List"),
        ({"task": [], "worker": [], "label": []}, "a.parquet: no rows"),
    ],
)
def test_a_wrong_parquet_file_is_named_with_row_and_field(
    crowdbroker: Command, columns: dict[str, list[Any]], says: str
) -> None:
    polars.DataFrame(columns).write_parquet("a.parquet")
    assert says in refused(crowdbroker, "a.parquet")


@pytest.mark.parametrize(
    ("gold", "options", "says"),
    [
        (
            "task,truth\n1,z\n",
            [],
            "gold.csv, row 2, field 'truth': 'z' is a label that nobody gave The answers have 'x', 'y'",
        ),
        ("task,truth\n1,x\n9,z\n", [], "gold.csv, row 3, field 'truth': 'z' is a label that nobody gave"),
        (
            "task,truth\n7,x\n8,y\n",
            [],
            "gold.csv, row 2, field 'task': none of its 2 tasks has an answer; the first is '7'",
        ),
        ("task,truth\n1,x\n1,x\n", [], "gold.csv, row 3, field 'task': '1' comes a second time"),
        ("task,answer\n1,x\n", [], "gold.csv, row 1, field 'truth': no such column"),
        ("task,truth\n", [], "gold.csv, row 1: only a header and no rows"),
        (
            "task,truth\n1,x\n",
            ["--calibrate"],
            "field '--calibrate': only 1 gold tasks have answers, and calibration takes 10",
        ),
    ],
)
def test_wrong_gold_is_named(crowdbroker: Command, gold: str, options: list[str], says: str) -> None:
    Path("answers.csv").write_text(GOOD)
    Path("gold.csv").write_text(gold)
    assert says in refused(crowdbroker, "answers.csv", "--gold", "gold.csv", *options)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.csv"], "missing.csv: no such file"),
        (["no/*.parquet"], "no/*.parquet: no file matches"),
        (["answers.csv", "--labels", "x,z"], "answers.csv, row 4, field 'label': 'y' is none of --labels"),
        (["answers.csv", "--report", "report.pdf"], "report.pdf, field '--report': no kind of report"),
        (["answers.csv", "--report", "answers.csv"], "answers.csv, field '--report': the same file as ANSWERS"),
        (["answers.csv", "--processes", "2", "--compare", "all"], "field '--compare': not with --processes"),
        (["answers.csv", "--processes", "2", "--method", "one-coin"], "field '--method': not with --processes"),
        (["answers.csv", "--processes", "2", "--calibrate"], "field '--calibrate': not with --processes"),
        (["answers.csv", "--labels", "x,y,"], "field '--labels': a label is empty"),
        (["answers.csv", "--cluster", "tcp://127.0.0.1:1", "--report", "r.html"], "field '--report': not with"),
        (["answers.csv", "--cluster", "tcp://127.0.0.1:1", "--processes", "2"], "field '--processes': a cluster has"),
        (["missing.parquet", "--processes", "2"], "missing.parquet: no such file"),
        (["a.csv", "b.parquet"], "Got unexpected extra argument"),
    ],
)
def test_what_cannot_be_asked_is_refused(crowdbroker: Command, arguments: list[str], says: str) -> None:
    Path("answers.csv").write_text(GOOD)
    assert says in refused(crowdbroker, *arguments)


def test_parquet_is_not_written_to_a_terminal(crowdbroker: Command) -> None:
    Path("answers.csv").write_text(GOOD)
    result = crowdbroker("aggregate", "answers.csv", "--format", "parquet")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Give --out FILE.parquet" in result.stderr


def test_files_of_two_types_are_not_mixed_in_silence(crowdbroker: Command) -> None:
    polars.DataFrame({"task": [1], "worker": ["a"], "label": [1]}).write_parquet("part-1.parquet")
    polars.DataFrame({"task": [2], "worker": ["a"], "label": ["1"]}).write_parquet("part-2.parquet")
    says = refused(crowdbroker, "part-*.parquet")
    assert "part-2.parquet, field 'label': str here, but int in part-1.parquet" in says


@pytest.mark.slow
def test_a_wrong_shard_is_named_and_a_task_in_two_is_refused(crowdbroker: Command) -> None:
    polars.DataFrame({"task": [1], "worker": ["a"], "label": ["x"]}).write_parquet("part-1.parquet")
    polars.DataFrame({"task": [1], "worker": ["b"], "label": ["x"]}).write_parquet("part-2.parquet")
    says = refused(crowdbroker, "part-*.parquet", "--processes", "2")
    assert "item 1 has votes in more than one file" in says
    Path("part-2.parquet").write_text("broken")
    assert "part-2.parquet" in refused(crowdbroker, "part-*.parquet", "--processes", "2")


ODD = {
    "one worker": (HEAD + "1,a,x\n2,a,y\n3,a,x\n", {"1": "x", "2": "y", "3": "x"}, "There is one worker"),
    "one label": (HEAD + "1,a,x\n1,b,x\n2,a,x\n", {"1": "x", "2": "x"}, "Everybody gave the same label"),
    "disjoint workers": (HEAD + "1,a,x\n2,b,y\n3,c,x\n", {"1": "x", "2": "y", "3": "x"}, "No task has two answers"),
    "numbers beside text": (HEAD + "1,a,1\n1,b,1\n2,a,one\n2,b,one\n", {"1": "1", "2": "one"}, ""),
    "booleans": (HEAD + "1,a,True\n1,b,True\n2,a,False\n2,b,False\n", {"1": "True", "2": "False"}, ""),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("method", ["auto", "dawid-skene", "one-coin", "weighted-majority", "majority"])
def test_odd_crowds_get_the_labels_that_they_gave(crowdbroker: Command, name: str, method: str) -> None:
    text, expected, warning = ODD[name]
    Path("answers.csv").write_text(text)
    options = ("--method", method, "--compare", "all", "--report", "report.txt", "--json")
    found = crowdbroker("aggregate", "answers.csv", *options)
    assert found.exit_code == 0, found.stderr
    assert {row["task"]: row["label"] for row in found.document["labels"]} == expected
    assert warning in found.stderr
    assert "nan" not in Path("report.txt").read_text()


def test_all_ties_are_broken_without_a_favourite_and_said(crowdbroker: Command) -> None:
    rows = "".join(f"{task},a,x\n{task},b,y\n" for task in range(200))
    Path("answers.csv").write_text(HEAD + rows)
    done = crowdbroker("aggregate", "answers.csv", "--method", "majority", "--json")
    assert "Every task is a tie" in done.stderr
    assert 70 < sum(row["label"] == "x" for row in done.document["labels"]) < 130


@pytest.mark.slow
def test_a_thousand_labels_are_reported_in_part(crowdbroker: Command) -> None:
    rows = "".join(f"{task},w{worker},L{task}\n" for task in range(1000) for worker in range(2))
    Path("answers.csv").write_text(HEAD + rows)
    done = crowdbroker("aggregate", "answers.csv", "--report", "report.txt", "--json")
    assert all(row["label"] == f"L{row['task']}" for row in done.document["labels"])
    assert "The 20 most common of 1,000 labels." in Path("report.txt").read_text()


def test_a_nan_that_is_declared_is_a_label(crowdbroker: Command) -> None:
    Path("answers.csv").write_text(HEAD + "1,a,nan\n1,b,nan\n")
    assert "1,nan," in crowdbroker("aggregate", "answers.csv", "--labels", "nan,roti").stdout


def test_without_altair_the_page_is_refused_before_any_work(
    crowdbroker: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("answers.csv").write_text(GOOD)
    monkeypatch.setitem(sys.modules, "altair", None)
    assert "pip install 'crowdbroker[report]'" in refused(crowdbroker, "answers.csv", "--report", "report.html")


def test_without_polars_parquet_says_what_to_install(crowdbroker: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("answers.csv").write_text(GOOD)
    Path("answers.parquet").write_text("")
    monkeypatch.setitem(sys.modules, "polars", None)
    assert "pip install 'crowdbroker[data]'" in refused(crowdbroker, "answers.parquet")
    result = crowdbroker("aggregate", "answers.csv", "--out", "labels.parquet")
    assert result.exit_code == 2
    assert "labels.parquet: Parquet needs polars" in result.stderr


@pytest.mark.parametrize("options", [("--method", "glad"), ("--compare", "all,glad,mace")])
def test_without_crowdkit_its_methods_say_what_to_install(
    crowdbroker: Command, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    Path("answers.csv").write_text(GOOD)
    monkeypatch.setitem(sys.modules, "crowdkit.aggregation", None)
    assert "pip install 'crowdbroker[peers]'" in refused(crowdbroker, "answers.csv", *options)


def test_the_command_knows_all_methods_by_name() -> None:
    assert (tuple(methods.METHODS), tuple(methods.PEERS)) == (command.METHODS, command.PEERS)
