"""Shards give what the whole gives, wherever they are."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from heldshards import split

from crowdbroker.aggregation import straddling
from crowdbroker.aggregation.cluster import Dask
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.executors import Executor, Inline, Processes, WorkersLost
from crowdbroker.aggregation.names import Names
from crowdbroker.aggregation.shard import Shard
from crowdbroker.aggregation.shards import ShardedVotes
from crowdbroker.aggregation.votes import Votes
from crowdbroker.cli.aggregate.answer_shard import AnswerShard
from crowdbroker.errors import InputError

Triple = tuple[Any, Any, Any]
MakeCrowd = Callable[..., tuple[list[Triple], dict[object, object]]]


@pytest.fixture(scope="module")
def votes(crowd: MakeCrowd, votes_of: Callable[..., Votes]) -> Votes:
    """Return a crowd where one seat is taken by another worker for each hundred items."""
    return votes_of(
        [
            (item, f"{who}-{int(item[1:]) // 100}" if who == "w1" else who, said)
            for item, who, said in crowd(items=300)[0]
        ]
    )


@pytest.fixture(scope="module")
def files(votes: Votes, tmp_path_factory: pytest.TempPathFactory) -> list[Shard]:
    """Return the votes in three files; one is CSV, and the workers of each are others."""
    polars = pytest.importorskip("polars")
    folder = tmp_path_factory.mktemp("answers")
    shards: list[Shard] = []
    for place, shard in enumerate(split(votes, 3)):
        part = shard.held
        columns = {
            "task": part.items.at(part.item),
            "worker": part.workers.at(part.worker),
            "label": [part.labels[code] for code in part.label.tolist()],
        }
        frame, path = polars.DataFrame(columns), folder / f"{place}.{'csv' if place == 1 else 'parquet'}"
        frame.write_csv(path) if place == 1 else frame.write_parquet(path)
        shards.append(AnswerShard(str(path)))
    return shards


def fitted(shards: list[Any], executor: Executor, **options: Any) -> tuple[ShardedVotes, DawidSkene, dict[Any, Any]]:
    sharded, model = ShardedVotes(shards, executor, **options), DawidSkene(max_iter=12, tol=0)
    way = sharded.fit(model)
    labels: dict[Any, Any] = {}
    for part in sharded.labelled(model, way):
        labels |= dict(zip(part.items, zip(part.labels, part.confidence.tolist(), strict=True), strict=True))
    return sharded, model, labels


@pytest.mark.parametrize("count", [1, 2, 7])
def test_shards_in_memory_add_up_to_the_whole(votes: Votes, count: int) -> None:
    gold = {item: "abc"[place % 3] for place, item in enumerate(votes.items[:200:20])} | {"nobody's": "a"}
    whole = DawidSkene(max_iter=12, tol=0).fit(votes, gold)
    sharded, model, labels = fitted(split(votes, count), Inline(), gold=gold)
    np.testing.assert_allclose(model.loss_history_, whole.loss_history_, rtol=1e-12)
    assert {item: label for item, (label, _) in labels.items()} == dict(whole.labels_)
    np.testing.assert_allclose(
        [labels[item][1] for item in votes.items], whole.posterior_.max(axis=1), rtol=1e-9, atol=1e-12
    )
    assert (sharded.items, sharded.votes, sharded.workers) == (300, len(votes), votes.workers)
    assert sharded.gold_unanswered == 1


def test_files_give_the_bits_of_shards_in_memory(votes: Votes, files: list[Shard]) -> None:
    _, held, held_labels = fitted(split(votes, 3), Inline())
    sharded, read, read_labels = fitted(files, Inline())
    assert read.loss_history_ == held.loss_history_
    assert read_labels == held_labels
    assert sharded.labels == ("a", "b", "c")


def test_a_shard_that_is_not_kept_is_read_again(files: list[Shard]) -> None:
    assert fitted(files, Inline(), keep=1)[2] == fitted(files, Inline())[2]


def test_every_pass_tells_its_likelihood(files: list[Shard]) -> None:
    told: list[tuple[int, float]] = []
    fitted(files, Inline(), progress=lambda number, likelihood: told.append((number, likelihood)))
    assert [number for number, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][1] > told[1][1]


@pytest.fixture(scope="module")
def two_processes() -> Iterator[Processes]:
    with Processes(2) as processes:
        yield processes


@pytest.mark.slow
def test_processes_give_the_bits_of_one(files: list[Shard], two_processes: Processes) -> None:
    _, here, labels_here = fitted(files, Inline())
    _, there, labels_there = fitted(files, two_processes)
    assert there.loss_history_ == here.loss_history_
    assert labels_there == labels_here


@pytest.mark.slow
def test_a_wrong_file_is_named_from_another_process(
    tmp_path: Path, files: list[Shard], two_processes: Processes
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("task,worker,label\n1,w,a\n1,,b\n")
    with pytest.raises(InputError, match=r"^\S+wrong\.csv, row 3, field 'worker': the cell is empty"):
        ShardedVotes([*files, AnswerShard(str(wrong))], two_processes)


def _dies_once(marker: str, number: int) -> int:
    """Return the number, or end this process if it is the first to come by."""
    if number == 1 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.slow
def test_a_lost_process_is_replaced_and_its_work_done_again(tmp_path: Path, files: list[Shard]) -> None:
    with Processes(2) as processes:
        before = fitted(files, processes)[2]
        assert processes.each(_dies_once, [(str(tmp_path / "died"), number) for number in range(5)]) == list(range(5))
        assert fitted(files, processes)[2] == before


def _dies(number: int) -> int:
    """Return the number if it is even, else end this process."""
    if number % 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.slow
def test_work_that_always_ends_its_process_is_an_error() -> None:
    with Processes(2, attempts=2) as processes:
        with pytest.raises(WorkersLost, match="lost 2 times at shard 1"):
            processes.each(_dies, [(0,), (1,), (2,), (3,)])
        assert processes.each(_dies, [(0,), (2,)]) == [0, 2]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "the file is empty"),
        ("task,worker,label\n", "only a header"),
        ("task,who,label\n1,w,a\n", "no such column"),
        ("task,worker,label\n1,,a\n", "row 2, field 'worker': the cell is empty"),
    ],
)
def test_a_file_that_holds_no_votes_is_one_clear_error(tmp_path: Path, text: str, match: str) -> None:
    pytest.importorskip("polars")
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=match) as caught:
        ShardedVotes([AnswerShard(str(path))], labels=["a"])
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("one", "two"), [("7", "7"), ("x", "x"), ("7", "x")])
def test_an_item_in_two_files_is_refused(tmp_path: Path, one: str, two: str) -> None:
    pytest.importorskip("polars")
    shards = [AnswerShard(str(tmp_path / f"{place}.csv")) for place in range(2)]
    for shard, item in zip(shards, (one, two), strict=True):
        Path(shard.path).write_text(f"task,worker,label\n{item},w,a\n{shard.path},w,b\n")
    if one == two:
        with pytest.raises(InputError, match=f"item '{one}' has votes in more than one file"):
            ShardedVotes(shards)
    else:
        assert ShardedVotes(shards).items == 4


def test_numbers_of_items_are_the_same_for_the_same_names() -> None:
    names = Names(np.array([-1, 0, 2**62])), Names(np.array([-1, 5]))
    one, two = map(straddling.numbers_of, names)
    assert straddling.met([one, two]).tolist() == [one[0]]
    assert len(np.unique(straddling.numbers_of(Names(range(1000))))) == 1000


def test_numbers_are_compared_in_ranges_that_leave_none_out() -> None:
    numbers = np.append(straddling.numbers_of(Names(np.arange(1000))), np.array([0, 2**64 - 1], dtype=np.uint64))
    ranges = straddling.ranges(1000, at_once=300)
    assert len(ranges) == 4
    parts = [straddling.within(numbers, first, last) for first, last in ranges]
    assert sorted(np.concatenate(parts)) == sorted(numbers)
    assert max(map(len, parts)) < 330


def test_no_shard_is_an_error() -> None:
    with pytest.raises(InputError, match="no shard"):
        ShardedVotes([])


@pytest.mark.slow
def test_dask_gives_the_bits_of_one_process_and_survives_a_lost_worker(tmp_path: Path, files: list[Shard]) -> None:
    distributed = pytest.importorskip("distributed")
    _, here, labels_here = fitted(files, Inline())
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "local_directory": str(tmp_path)}
    with distributed.LocalCluster(**options) as cluster, Dask(cluster.scheduler_address) as dask:
        _, there, labels_there = fitted(files, dask)
        assert there.loss_history_ == here.loss_history_
        assert labels_there == labels_here
        assert dask.each(_dies_once, [(str(tmp_path / "died"), number) for number in range(5)]) == list(range(5))
        assert fitted(files, dask)[2] == labels_here


@pytest.mark.slow
def test_an_address_where_nobody_answers_is_an_input_error() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="no scheduler answers"):
        Dask("tcp://127.0.0.1:1")
