from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
from commands import Command


@pytest.fixture
def crowd(crowdbroker: Command) -> dict[str, list[Any]]:
    """Return the columns of a crowd of five on 60 tasks, which also stand in answers.csv; its truth in truth.csv."""
    rng = np.random.default_rng(3)
    columns: dict[str, list[Any]] = {"task": [], "worker": [], "label": []}
    truth = ["task,truth"]
    for task in range(60):
        right = int(rng.integers(3))
        truth.append(f"{task},{right}")
        for worker, skill in enumerate((0.95, 0.85, 0.75, 0.65, 0.4)):
            columns["task"].append(task)
            columns["worker"].append(f"w{worker}")
            columns["label"].append(right if rng.random() < skill else int(rng.integers(3)))
    rows = zip(*columns.values(), strict=True)
    Path("answers.csv").write_text("task,worker,label\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    Path("truth.csv").write_text("\n".join(truth) + "\n")
    return columns


def labels(document: Any) -> dict[str, str]:
    return {str(row["task"]): str(row["label"]) for row in document["labels"]}


def written(suffix: str, columns: dict[str, list[Any]]) -> str:
    """Write the answers in another format and return the file's name."""
    name = f"answers{suffix}"
    frame = polars.DataFrame(columns)
    if suffix == ".parquet":
        frame.write_parquet(name)
    elif suffix == ".jsonl":
        frame.write_ndjson(name)
    else:
        frame.write_csv(name, separator="\t")
    return name


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".tsv"])
def test_answers_in_every_format_give_the_same_labels(
    crowdbroker: Command, crowd: dict[str, list[Any]], suffix: str
) -> None:
    gold = ("--gold", "truth.csv", "--json")
    name = written(suffix, crowd)
    expected = crowdbroker("aggregate", "answers.csv", *gold).document
    found = crowdbroker("aggregate", name, *gold).document
    assert labels(found) == labels(expected)
    assert found["summary"] == expected["summary"]
    assert found["summary"]["gold"] == 60


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet", ".json"])
def test_labels_in_every_format_are_the_same(crowdbroker: Command, crowd: dict[str, list[Any]], suffix: str) -> None:
    expected = crowdbroker("aggregate", "answers.csv", "--json").document["labels"]
    out = f"labels{suffix}"
    assert crowdbroker("aggregate", "answers.csv", "--out", out).stdout == ""
    assert read(out) == expected


def read(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of labels, tasks and labels as text."""
    if name.endswith(".json"):
        found: list[dict[str, Any]] = json.loads(Path(name).read_text())["labels"]
        return found
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in Path(name).read_text().splitlines()]
    types = {"task": polars.String, "label": polars.String}
    if name.endswith(".parquet"):
        return polars.read_parquet(name).to_dicts()
    return polars.read_csv(name, separator="\t" if name.endswith(".tsv") else ",", schema_overrides=types).to_dicts()


@pytest.mark.parametrize("as_format", ["csv", "tsv", "jsonl"])
def test_stdout_takes_every_text_format(crowdbroker: Command, crowd: dict[str, list[Any]], as_format: str) -> None:
    crowdbroker("aggregate", "answers.csv", "--out", f"labels.{as_format}")
    shown = crowdbroker("aggregate", "answers.csv", "--format", as_format).stdout
    assert shown == Path(f"labels.{as_format}").read_text()


def test_ids_and_labels_of_parquet_keep_their_types(crowdbroker: Command, crowd: dict[str, list[Any]]) -> None:
    crowdbroker("aggregate", written(".parquet", crowd), "--gold", "truth.csv", "--out", "labels.parquet")
    assert polars.read_parquet("labels.parquet").schema["task"] == polars.Int64
    assert polars.read_parquet("labels.parquet").schema["label"] == polars.Int64


def test_booleans_are_matched_with_the_text_of_gold(crowdbroker: Command) -> None:
    polars.DataFrame({"task": [1, 1, 2, 2], "worker": list("abab"), "label": [True, True, False, True]}).write_parquet(
        "answers.parquet"
    )
    Path("truth.csv").write_text("task,truth\n1,true\n2,false\n")
    found = crowdbroker("aggregate", "answers.parquet", "--gold", "truth.csv")
    assert [line.split(",")[1] for line in found.stdout.splitlines()] == ["label", "true", "false"]


@pytest.mark.parametrize("field", ["truth", "true_label", "label", "gold"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_gold_is_read_from_every_format_and_by_every_name(
    crowdbroker: Command, crowd: dict[str, list[Any]], field: str, suffix: str
) -> None:
    frame = polars.read_csv("truth.csv").rename({"truth": field})
    name = f"gold{suffix}"
    {".csv": frame.write_csv, ".parquet": frame.write_parquet, ".jsonl": frame.write_ndjson}[suffix](name)
    assert crowdbroker("aggregate", "answers.csv", "--gold", name, "--json").document["summary"]["gold"] == 60


@pytest.fixture
def shards(crowd: dict[str, list[Any]]) -> Iterator[str]:
    """Return a pattern that matches the crowd in three Parquet files, with all answers of a task in one."""
    Path("shards").mkdir()
    frame = polars.DataFrame(crowd)
    for number in range(3):
        frame.filter(polars.col("task") % 3 == number).write_parquet(f"shards/{number}.parquet")
    return "shards/*.parquet"


def test_a_pattern_reads_all_files_together(crowdbroker: Command, shards: str) -> None:
    one = crowdbroker("aggregate", "answers.csv", "--json").document
    assert crowdbroker("aggregate", shards, "--json").document["summary"] == one["summary"]


@pytest.mark.slow
def test_processes_give_the_labels_of_one(crowdbroker: Command, shards: str) -> None:
    gold = ("--gold", "truth.csv")
    Path("truth.csv").write_text("".join(Path("truth.csv").read_text().splitlines(keepends=True)[:9]))
    crowdbroker("aggregate", shards, *gold, "--out", "one.csv", "--workers", "one-w.csv")
    done = crowdbroker("aggregate", shards, *gold, "--processes", "2", "--out", "two.csv", "--workers", "two-w.csv")
    assert done.exit_code == 0
    assert "8 gold tasks kept" in done.stderr
    for kind, compared in (("", 4), ("-w", 7)):
        one, two = (
            sorted(line.split(",")[:compared] for line in Path(f"{name}{kind}.csv").read_text().splitlines())
            for name in ("one", "two")
        )
        assert one == two
    shown = crowdbroker("aggregate", shards, *gold, "--processes", "2").stdout
    assert shown == Path("two.csv").read_text()


@pytest.mark.slow
def test_a_cluster_gives_the_labels_of_one(crowdbroker: Command, shards: str) -> None:
    distributed = pytest.importorskip("distributed")
    crowdbroker("aggregate", shards, "--out", "one.csv")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, scheduler_port=0, protocol="tcp"
    ) as cluster:
        done = crowdbroker("aggregate", shards, "--cluster", cluster.scheduler_address, "--out", "many.csv")
    assert done.exit_code == 0, done.stderr
    assert sorted(Path("one.csv").read_text().split()) == sorted(Path("many.csv").read_text().split())


def test_compare_says_which_method_to_trust_and_where_to_look(
    crowdbroker: Command, crowd: dict[str, list[Any]]
) -> None:
    Path("truth.csv").write_text("".join(Path("truth.csv").read_text().splitlines(keepends=True)[:41]))
    shown = crowdbroker("aggregate", "answers.csv", "--gold", "truth.csv", "--compare", "all").stdout
    for words in ("Trust dawid-skene.", "one-coin", "weighted-majority", "majority", "Look at these first", "95 %"):
        assert words in shown
    assert "On 40 gold tasks that it was not told of" in " ".join(shown.split())
    found = crowdbroker("aggregate", "answers.csv", "--gold", "truth.csv", "--compare", "all", "--json").document
    assert found["comparison"]["trusted"] == "dawid-skene"
    assert {row["method"] for row in found["comparison"]["methods"]} == {
        "dawid-skene",
        "one-coin",
        "weighted-majority",
        "majority",
    }


def test_compare_without_gold_says_that_it_knows_no_accuracy(crowdbroker: Command, crowd: dict[str, list[Any]]) -> None:
    found = crowdbroker("aggregate", "answers.csv", "--compare", "all", "--json").document
    assert "none of 20 are there" in found["comparison"]["why"]
    assert {row["accuracy"] for row in found["comparison"]["methods"]} == {None}


def test_confidence_is_calibrated_on_gold_and_says_so(crowdbroker: Command, crowd: dict[str, list[Any]]) -> None:
    some = Path("truth.csv").read_text().splitlines(keepends=True)
    Path("truth.csv").write_text("".join(some[:31]))
    bases = {
        options: crowdbroker("aggregate", "answers.csv", *options, "--json").document["summary"]["confidence_basis"]
        for options in (
            (),
            ("--gold", "truth.csv"),
            ("--gold", "truth.csv", "--calibrate"),
            ("--gold", "truth.csv", "--no-calibrate"),
        )
    }
    assert list(bases.values()) == ["uncalibrated", "gold n=30", "gold n=30", "the method's own"]


def test_the_report_is_one_page_with_pictures_and_their_tables(
    crowdbroker: Command, crowd: dict[str, list[Any]]
) -> None:
    crowdbroker("aggregate", "answers.csv", "--gold", "truth.csv", "--compare", "all", "--report", "report.html")
    page = Path("report.html").read_text()
    assert page.count("<svg ") == 5
    assert page.count("The same as a table") == 5
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")


def test_the_report_as_text_and_json_says_the_same(crowdbroker: Command, crowd: dict[str, list[Any]]) -> None:
    for name in ("report.txt", "report.json"):
        crowdbroker("aggregate", "answers.csv", "--report", name)
    document = json.loads(Path("report.json").read_text())
    assert document["schema"] == "crowdbroker/aggregate-report/1"
    alpha = document["agreement"]["krippendorff_alpha"]
    assert f"{alpha['low']:.3f} to {alpha['high']:.3f}" in Path("report.txt").read_text()


def test_skipped_answers_are_kept_apart(crowdbroker: Command) -> None:
    Path("answers.csv").write_text("task,worker,label\n1,a,x\n1,b,x\n1,c,?\n2,a,y\n")
    done = crowdbroker("aggregate", "answers.csv", "--skip", "?")
    assert "3 answers, 0 repeats left out, 1 skipped answer" in done.stderr
    assert [line.split(",")[::3] for line in done.stdout.splitlines()[1:]] == [["1", "2"], ["2", "1"]]
