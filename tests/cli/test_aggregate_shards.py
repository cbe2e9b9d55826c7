"""Files as shards are read as they are together: the same labels, the same refusals, the same words."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import polars
import pytest
from commands import Command

from crowdbroker.aggregation.executors import Inline
from crowdbroker.aggregation.sharded_outcome import aggregated_shards
from crowdbroker.cli.aggregate.answer_shard import AnswerShard
from crowdbroker.cli.aggregate.splitting import split_file
from crowdbroker.errors import InputError

HEAD = "task,worker,label\n"
SHARDED = ("--processes", "2")


@pytest.fixture
def parts(tmp_path: Path) -> Callable[..., list[AnswerShard]]:
    """Return a writer of shards: text as CSV, columns as Parquet."""

    def write(*contents: Any, **options: Any) -> list[AnswerShard]:
        paths = [
            tmp_path / f"{place}.{'csv' if isinstance(one, str) else 'parquet'}" for place, one in enumerate(contents)
        ]
        for path, one in zip(paths, contents, strict=True):
            if isinstance(one, str):
                path.write_text(one)
            else:
                polars.DataFrame(one).write_parquet(path)
        return [AnswerShard(str(path), **options) for path in paths]

    return write


def columns(task: list[Any], label: list[Any], worker: list[Any] | None = None) -> dict[str, list[Any]]:
    return {"task": task, "worker": worker or [f"w{place}" for place in range(len(task))], "label": label}


def test_a_skipped_label_is_taken_in_the_type_of_the_column(parts: Callable[..., list[AnswerShard]]) -> None:
    (shard,) = parts(columns([1, 1, 2, 2], [0, -1, 1, -1]), skip=("-1",))
    assert set(shard.labels()) == {0, 1}
    votes = shard.votes((0, 1))
    assert (len(votes), len(votes.skipped)) == (2, 2)


def test_a_shard_is_equal_to_its_copy(parts: Callable[..., list[AnswerShard]]) -> None:
    (shard,) = parts(HEAD + "1,a,x\n", skip=("?",), delimiter=",")
    assert {shard: 1}[pickle.loads(pickle.dumps(shard))] == 1


def test_delimiter_and_encoding_of_tables_are_as_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("task;worker;label\n1;a;für\n".encode("cp1252"))
    assert AnswerShard(str(path), encoding="cp1252", delimiter=";").labels() == ("für",)


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ([HEAD + "1,a,x\n2,,x\n"], "0.csv, row 3, field 'worker': the cell is empty"),
        ([HEAD + "1,a,x\n2,b,\n"], "0.csv, row 3, field 'label': the cell is empty"),
        ([columns([1, 2], [0.5, float("nan")])], "0.parquet, row 2, field 'label': the value is missing"),
        ([columns([1, None], ["x", "y"])], "0.parquet, row 2, field 'task': the value is missing"),
        ([columns([1], ["x"]), columns(["1"], ["x"])], "1.parquet: every item is str here, but int in"),
        ([columns([1], ["x"], [1]), columns([2], ["x"], ["1"])], "1.parquet: every worker is str here, but int in"),
    ],
)
def test_what_is_wrong_is_named_once_with_file_and_row(
    parts: Callable[..., list[AnswerShard]], contents: list[Any], says: str
) -> None:
    with pytest.raises(InputError) as caught:
        aggregated_shards(parts(*contents), Inline(), labels=["x", "y", 0.5])
    assert says in caught.value.message
    assert caught.value.message.count("0.csv") <= 1


def test_a_task_in_two_files_is_found_whatever_holds_its_number(tmp_path: Path) -> None:
    (tmp_path / "0.jsonl").write_text('{"task": 7, "worker": "a", "label": "x"}\n')
    polars.DataFrame(columns([7], ["x"])).write_parquet(tmp_path / "1.parquet")
    shards = [AnswerShard(str(tmp_path / name)) for name in ("0.jsonl", "1.parquet")]
    with pytest.raises(InputError, match="item 7 has votes in more than one file"):
        aggregated_shards(shards, Inline())


def written(one: Any, two: Any) -> str:
    """Write two Parquet files and return their pattern."""
    for number, content in enumerate((one, two)):
        polars.DataFrame(content).write_parquet(f"part-{number}.parquet")
    return "part-*.parquet"


def one_more(task: int, label: Any) -> dict[str, list[Any]]:
    return columns([task, task, task, task + 1, task + 1], [label, label, -1, 1, 0])


@pytest.mark.slow
def test_skip_and_labels_are_as_they_are_together(crowdbroker: Command) -> None:
    pattern = written(one_more(1, 0), one_more(7, 1))
    for options in (("--skip=-1",), ("--labels", "-1,0,1"), ("--skip=-1", "--labels", "1,0")):
        together = crowdbroker("aggregate", pattern, *options)
        sharded = crowdbroker("aggregate", pattern, *options, *SHARDED)
        assert sharded.exit_code == 0, sharded.stderr
        assert sharded.stdout == together.stdout
        assert sharded.stderr == together.stderr
    wrong = crowdbroker("aggregate", pattern, "--labels", "0,1", *SHARDED)
    assert "part-0.parquet, row 3, field 'label': -1 is none of --labels" in " ".join(wrong.stderr.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "two", "says"),
    [
        (columns([1], [0]), columns([2], ["0"]), "part-1.parquet, field 'label': str here, but int in part-0.parquet"),
        (columns([1], ["a"]), columns([2], ["nan"]), "part-1.parquet, row 1, field 'label': 'nan' is what programs"),
        (columns([1], ["?"]), columns([2], ["?"]), "field '--skip': every answer was skipped"),
    ],
)
def test_what_is_refused_together_is_refused_of_shards(crowdbroker: Command, one: Any, two: Any, says: str) -> None:
    result = crowdbroker("aggregate", written(one, two), "--skip", "?", *SHARDED)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "two", "says"),
    [
        (columns([1], ["x"], ["a"]), columns([2], ["y"], ["b"]), "Warning: No task has two answers"),
        (columns([1, 1], ["x", "x"]), columns([2], ["x"]), "Warning: Everybody gave the same label"),
        (columns([1], ["x"], ["a"]), columns([2], ["y"], ["a"]), "Warning: There is one worker"),
        (columns([1, 1], ["x", "y"]), columns([2, 2], ["y", "x"]), "Warning: Every task is a tie"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--method", "majority"), ("--no-calibrate",)])
def test_odd_crowds_are_told_of_in_the_same_words(
    crowdbroker: Command, one: Any, two: Any, says: str, options: tuple[str, ...]
) -> None:
    together = crowdbroker("aggregate", written(one, two), *options)
    sharded = crowdbroker("aggregate", "part-*.parquet", *options, *SHARDED)
    assert says in sharded.stderr
    assert (sharded.stdout, sharded.stderr) == (together.stdout, together.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["auto", "majority"])
def test_gold_is_no_guess_in_the_summary(crowdbroker: Command, method: str) -> None:
    written(columns([1, 1, 1, 2, 2], list("xxyxy")), columns([3, 3, 4, 4, 4], list("yyxyx")))
    Path("truth.csv").write_text("task;truth\n1;x\n3;x\n9;x\n")
    options = ("--gold", "truth.csv", "--delimiter", ";", "--method", method)
    together = crowdbroker("aggregate", "part-*.parquet", *options)
    assert "2 gold tasks" in together.stderr
    assert crowdbroker("aggregate", "part-*.parquet", *options, *SHARDED).stderr == together.stderr


@pytest.mark.parametrize("address", ["foo", "", "tcp://:x"])
def test_an_address_that_is_none_is_refused(crowdbroker: Command, address: str) -> None:
    pytest.importorskip("distributed")
    Path("a.csv").write_text(HEAD + "1,a,x\n")
    result = crowdbroker("aggregate", "a.csv", "--cluster", address)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no address" in result.stderr


@pytest.mark.parametrize("as_parquet", [False, True])
@pytest.mark.parametrize("count", [2, 3, 50])
def test_one_file_is_split_into_parts_with_all_answers_of_a_task(tmp_path: Path, as_parquet: bool, count: int) -> None:
    task = [7, 3, 3, 3, 3, 3, 1, 7, 5, 1, 9, 9]
    frame = polars.DataFrame(columns(task, ["x", "y"] * 6))
    path = tmp_path / ("a.parquet" if as_parquet else "a.csv")
    frame.write_parquet(path) if as_parquet else frame.write_csv(path)
    (tmp_path / "parts").mkdir()
    parts = split_file(path, count, tmp_path / "parts", encoding=None, delimiter=None, skip=())
    assert 2 <= len(parts) <= min(count, 5)
    read = [polars.read_parquet(part)["task"].cast(int).to_list() for part in parts]
    assert list(chain.from_iterable(read)) == sorted(task)
    assert all(one[-1] < two[0] for one, two in pairwise(read))


def test_a_file_is_not_split_where_a_part_would_be_skipped_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "1,a,?\n1,b,?\n2,a,x\n2,b,x\n")
    options = {"encoding": None, "delimiter": None}
    assert split_file(path, 2, tmp_path, **options, skip=("?",)) == []
    assert len(split_file(path, 2, tmp_path, **options, skip=())) == 2


@pytest.mark.slow
def test_one_file_in_two_processes_gives_the_labels_in_the_same_order(crowdbroker: Command) -> None:
    rows = "".join(f"{task};w{worker};{'xy'[(task * worker) % 3 == 0]}\n" for task in range(40) for worker in range(4))
    Path("a.csv").write_text(HEAD.replace(",", ";") + rows)
    together = crowdbroker("aggregate", "a.csv", "--delimiter", ";")
    sharded = crowdbroker("aggregate", "a.csv", "--delimiter", ";", *SHARDED)
    assert (sharded.stdout, sharded.stderr) == (together.stdout, together.stderr)
    Path("a.csv").write_text(HEAD + "1,a,x\n2,a,nan\n")
    wrong = crowdbroker("aggregate", "a.csv", *SHARDED)
    assert "Error: a.csv, row 3, field 'label': 'nan' is what" in " ".join(wrong.stderr.split())


@pytest.mark.slow
def test_a_file_that_is_not_split_is_said(crowdbroker: Command) -> None:
    Path("a.jsonl").write_text('{"task": 1, "worker": "a", "label": "x"}\n')
    done = crowdbroker("aggregate", "a.jsonl", *SHARDED)
    assert done.exit_code == 0
    assert "There is one file, which one process reads" in done.stderr
