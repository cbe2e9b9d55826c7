"""Speed, memory and scaling of aggregation beside crowd-kit: `python benchmarks/aggregation.py [PART ...]`.

Parts: speed, roofline, majority, memory, scaling, shards, incremental, build; all of them by default. Speed is told as
a ratio to crowd-kit with the same votes and iterations, the two taking turns, because a time alone says more about the
machine than about the program. The models are alike: Dawid & Skene from shares of votes, without what crowdbroker adds
to them by default (workers weighed first, early and late posteriors mixed, pooling), whose cost is in the column
"default". Sizes: --votes 1e6; crowd-kit takes four minutes for 20 iterations of 1e7 votes, so --peer-iterations may be
few, 4 or more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from crowds import Columns, drawn_crowd, saved_crowd

from crowdbroker.aggregation.cells import Cells
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Parameters, sweep
from crowdbroker.aggregation.executors import Executor, Inline, Processes
from crowdbroker.aggregation.incremental import Incremental
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.shards import ShardedVotes
from crowdbroker.aggregation.votes import Votes
from crowdbroker.cli.aggregate.answer_shard import AnswerShard

PLAIN = {"start": "shares", "early": 0.0, "pool": 0.0}
ENGINES = ("numpy", "fast", "fast32")


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[], metavar="PART")
    parser.add_argument("--votes", type=float, nargs="+", default=[1e6], help="sizes of the drawn crowds")
    parser.add_argument("--labels", type=int, nargs="+", default=[5, 10])
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--peer-iterations", type=int, help="let crowd-kit make so few, and reckon what all would take")
    parser.add_argument("--rounds", type=int, default=2, help="turns that each program takes; the best one counts")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--alone", action="store_true", help="leave crowd-kit out")
    options = parser.parse_args()
    for name, part in PARTS.items():
        if name in options.parts or not options.parts:
            print(f"\n{name}: {(part.__doc__ or '').splitlines()[0]}", flush=True)
            part(options)


def print_speed(options: argparse.Namespace) -> None:
    """DawidSkene, ns an answer and iteration of a whole fit, and how many times faster than crowd-kit."""
    print(
        f"{'answers':>12}{'labels':>7}{'engine':>8}{'ns':>8}{'crowd-kit':>11}{'ratio':>7}{'default':>9}{'iterations':>12}"
    )
    if not options.alone:
        crowdkit_fit(drawn_crowd(1000, 2), "DawidSkene", 1)  # loaded
    for size, labels in _crowds(options):
        columns = drawn_crowd(size, labels)
        votes = Votes.from_columns(*columns)
        fits = {engine: partial(_fit, votes, options.iterations, engine) for engine in options.engines}
        default = {engine: partial(_fit, votes, options.iterations, engine, plain=False) for engine in options.engines}
        for engine in options.engines:
            _fit(votes, 1, engine)  # compiled, or read from numba's cache
        few = min(options.peer_iterations or options.iterations, options.iterations)
        peer = {} if options.alone else {n: partial(crowdkit_fit, columns, "DawidSkene", n) for n in {1, few}}
        took = in_turns(options.rounds, fits | peer)
        extra = in_turns(options.rounds, default)
        unit = len(votes) * options.iterations / 1e9
        theirs = _scaled(took, few, options.iterations) / unit
        for engine in options.engines:
            ours = took[engine] / unit
            cells = f"{len(votes):>12,}{labels:>7}{engine:>8}{ours:>8.1f}{theirs:>11.0f}{theirs / ours:>7.1f}"
            print(f"{cells}{extra[engine] / unit:>9.1f}{options.iterations:>12}", flush=True)


def print_roofline(options: argparse.Namespace) -> None:
    """One pass over the votes, ns an answer, beside what its parts cost at the least on this machine."""
    print(f"{'answers':>12}{'labels':>7}{'engine':>8}{'pass':>7}{'bytes':>7}{'at copy rate':>14}{'rows':>6}{'exp':>7}")
    rate = copy_rate()
    for size, labels in _crowds(options):
        votes = Votes.from_columns(*drawn_crowd(size, labels))
        log_confusion = np.log(np.random.default_rng(0).dirichlet(np.ones(labels), len(votes.cells)))
        parameters = Parameters(log_confusion, np.log(np.full(labels, 1 / labels)))
        for engine in options.engines:
            run = partial(sweep, votes, parameters, None, engine)
            run()
            took = in_turns(options.rounds + 1, {"pass": run})["pass"] / len(votes) * 1e9
            streamed = votes.cell.itemsize + votes.start.itemsize * len(votes.items) / len(votes)
            exps = labels * len(votes.items) / len(votes)
            cells = f"{len(votes):>12,}{labels:>7}{engine:>8}{took:>7.1f}{streamed:>7.1f}{streamed / rate:>11.2f} ns"
            print(f"{cells}{2:>6}{exps:>7.2f}", flush=True)
    print(
        "rows: of log probabilities read, and of counts read and written, at places that the worker and label give;\n"
        "exp: exponentials an answer. Streaming would take a small part of a pass: access to the rows bounds it, in\n"
        "the first caches for small crowds, beyond them for tables of many workers."
    )


def print_majority(options: argparse.Namespace) -> None:
    """MajorityVote, ns an answer from the table of answers to labels, and the ratio to crowd-kit."""
    print(f"{'answers':>12}{'labels':>7}{'ns':>8}{'with Votes':>12}{'crowd-kit':>11}{'ratio':>7}")
    for size, labels in _crowds(options):
        columns = drawn_crowd(size, labels)
        votes = Votes.from_columns(*columns)
        runs: dict[str, Callable[[], object]] = {
            "fit": lambda votes=votes: MajorityVote().fit(votes),
            "all": lambda columns=columns: MajorityVote().fit(Votes.from_columns(*columns)),
        }
        if not options.alone:
            runs["peer"] = partial(crowdkit_fit, columns, "MajorityVote")
        took = {name: best / len(votes) * 1e9 for name, best in in_turns(options.rounds, runs).items()}
        theirs = took.get("peer", float("nan"))
        cells = f"{len(votes):>12,}{labels:>7}{took['fit']:>8.1f}{took['all']:>12.1f}{theirs:>11.0f}"
        print(f"{cells}{theirs / took['all']:>7.1f}", flush=True)


def print_memory(options: argparse.Namespace) -> None:
    """Peak of a process that reads three arrays and fits, above that process before it read them."""
    from peak import peak_mb

    print(f"{'answers':>12}{'labels':>7}{'engine':>10}{'peak MB':>9}{'share of crowd-kit':>20}")
    with tempfile.TemporaryDirectory() as folder:
        for size, labels in _crowds(options):
            path = Path(folder) / f"{size}-{labels}.npz"
            np.savez(path, **dict(zip(("item", "worker", "label"), drawn_crowd(size, labels), strict=True)))
            peer = float("nan") if options.alone else peak_mb(path, "crowd-kit", 2)
            for engine in options.engines:
                ours = peak_mb(path, engine, options.iterations)
                print(f"{size:>12,}{labels:>7}{engine:>10}{ours:>9.0f}{ours / peer:>20.2f}", flush=True)
            print(f"{size:>12,}{labels:>7}{'crowd-kit':>10}{peer:>9.0f}", flush=True)


def print_scaling(options: argparse.Namespace) -> None:
    """One pass over the votes, ns an answer, from 10,000 answers up to the largest size."""
    print(f"{'answers':>12}{'labels':>7}" + "".join(f"{engine:>9}" for engine in options.engines))
    for labels in options.labels:
        for size in (int(10**power) for power in np.arange(4, np.log10(max(options.votes)) + 0.01)):
            votes = Votes.from_columns(*drawn_crowd(size, labels))
            log_confusion = np.log(np.random.default_rng(0).dirichlet(np.ones(labels), len(votes.cells)))
            parameters = Parameters(log_confusion, np.log(np.full(labels, 1 / labels)))
            repeat = max(1, 1_000_000 // size)
            runs = {engine: partial(_repeated, repeat, votes, parameters, engine) for engine in options.engines}
            took = in_turns(options.rounds + 1, runs)
            unit = len(votes) * repeat / 1e9
            print(f"{len(votes):>12,}{labels:>7}" + "".join(f"{took[name] / unit:>9.1f}" for name in runs), flush=True)


def print_shards(options: argparse.Namespace) -> None:
    """Four Parquet shards, seconds an iteration after the first, and to the first with reading."""
    print(f"{'answers':>12}{'labels':>7}{'executor':>16}{'start s':>9}{'iteration ms':>14}{'same bits':>11}")
    with tempfile.TemporaryDirectory() as folder:
        for size, labels in _crowds(options):
            shards = [AnswerShard(str(path)) for path in saved_crowd(Path(folder), size, labels, 4)]
            bits: list[tuple[float, ...]] = []
            for name, make in _executors(Path(folder)).items():
                with make() as executor:
                    start, each, losses = _sharded(shards, executor, options.iterations)
                bits.append(losses)
                same = "yes" if losses == bits[0] else "NO"
                print(f"{size:>12,}{labels:>7}{name:>16}{start:>9.1f}{each * 1e3:>14.0f}{same:>11}", flush=True)


def print_incremental(options: argparse.Namespace) -> None:
    """An update with 1 % new votes beside a fit of all from the beginning."""
    print(
        f"{'answers':>12}{'labels':>7}{'refresh':>9}{'cold s':>8}{'update s':>10}{'share':>7}"
        f"{'99 % within':>13}{'labels differ':>15}"
    )
    for size, labels in _crowds(options):
        columns = [column[np.random.default_rng(0).permutation(len(column))] for column in drawn_crowd(size, labels)]
        cut, names = len(columns[0]) * 99 // 100, range(labels)
        first = Votes.from_columns(*(column[:cut] for column in columns), label_set=names)
        for refresh in (0, 3):
            start = time.perf_counter()
            votes = Votes.from_columns(*columns, label_set=names)
            cold = DawidSkene().fit(votes)
            whole = time.perf_counter() - start
            running = Incremental(refresh=refresh).fit(first)
            start = time.perf_counter()
            running.add(*(column[cut:] for column in columns))
            update = time.perf_counter() - start
            order = [running.votes_.items.place(item) for item in votes.items]
            apart = np.abs(running.posterior_[order] - cold.posterior_).max(axis=1)
            differ = float(np.mean(running.posterior_[order].argmax(axis=1) != cold.posterior_.argmax(axis=1)))
            cells = f"{len(votes):>12,}{labels:>7}{refresh:>9}{whole:>8.2f}{update:>10.2f}{update / whole:>7.2f}"
            print(f"{cells}{np.quantile(apart, 0.99):>13.4f}{differ:>15.3%}", flush=True)


def print_build(options: argparse.Namespace) -> None:
    """Votes out of columns, ns an answer: numbers, text in Arrow, and lists of text."""
    import polars

    print(f"{'answers':>12}{'numbers':>9}{'polars text':>13}{'lists of text':>15}{'cells':>7}")
    for size in map(int, options.votes):
        item, worker, label = drawn_crowd(size, 5)
        frame = polars.DataFrame({"item": item, "worker": worker, "label": label}).cast(polars.String)
        votes = Votes.from_columns(item, worker, label)
        lists = [frame[name].to_list() for name in frame.columns]
        runs: dict[str, Callable[[], object]] = {
            "numbers": lambda columns=(item, worker, label): Votes.from_columns(*columns),
            "polars": lambda frame=frame: Votes.from_columns(*(frame[name] for name in frame.columns)),
            "lists": lambda lists=lists: Votes.from_columns(*lists),
            "cells": partial(Cells.of, votes.worker, votes.label, 5),
        }
        took = {name: best / len(item) * 1e9 for name, best in in_turns(options.rounds, runs).items()}
        print(
            f"{len(item):>12,}{took['numbers']:>9.0f}{took['polars']:>13.0f}{took['lists']:>15.0f}{took['cells']:>7.0f}"
        )


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "speed": print_speed,
    "roofline": print_roofline,
    "majority": print_majority,
    "memory": print_memory,
    "scaling": print_scaling,
    "shards": print_shards,
    "incremental": print_incremental,
    "build": print_build,
}


def in_turns(rounds: int, runs: dict[Any, Callable[[], object]]) -> dict[Any, float]:
    """Return the best time of each, in seconds; they take turns, so that a busy machine is unfair to nobody."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def crowdkit_fit(columns: Columns, method: str, iterations: int | None = None) -> object:
    """Return crowd-kit's fitted model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas
        from crowdkit import aggregation

        frame = pandas.DataFrame(dict(zip(("task", "worker", "label"), columns, strict=True)))
        # Its loss can fall, which would end it early; minus infinity keeps it going.
        options = {} if iterations is None else {"n_iter": iterations, "tol": -np.inf}
        return getattr(aggregation, method)(**options).fit(frame)


def copy_rate() -> float:
    """Return the bytes that a copy of a large array reads in a nanosecond."""
    source = np.ones(1 << 24)
    target = np.empty_like(source)
    return source.nbytes / in_turns(5, {"copy": lambda: np.copyto(target, source)})["copy"] / 1e9


def _crowds(options: argparse.Namespace) -> list[tuple[int, int]]:
    return [(int(size), labels) for size in options.votes for labels in options.labels]


def _scaled(took: dict[object, float], few: int, iterations: int) -> float:
    """Return crowd-kit's time for all iterations, from its first one and some more where it made only few."""
    if few not in took:
        return float("nan")
    return took[few] if few == 1 else took[few] + (took[few] - took[1]) / (few - 1) * (iterations - few)


def _fit(votes: Votes, iterations: int, engine: str, plain: bool = True) -> DawidSkene:
    model = DawidSkene(max_iter=iterations, tol=0, engine=engine, **(PLAIN if plain else {}))
    # Votes keep what a first fit found out about their cells; that is a part of a fit.
    for kept in ("_celled", "cells", "cell"):
        votes.__dict__.pop(kept, None)
    return model.fit(votes)


def _repeated(times: int, votes: Votes, parameters: Parameters, engine: str) -> None:
    for _ in range(times):
        sweep(votes, parameters, None, engine)


def _executors(folder: Path) -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {"inline": _InlineContext, "2 processes": partial(Processes, 2)}
    with suppress(ModuleNotFoundError):
        import distributed  # noqa: F401

        found["Dask, 2 workers"] = partial(_DaskContext, folder)
    return found


class _InlineContext:
    def __enter__(self) -> Inline:
        return Inline()

    def __exit__(self, *_: object) -> None:
        pass


class _DaskContext:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Executor:
        from distributed import LocalCluster

        from crowdbroker.aggregation.cluster import Dask

        options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
        self._cluster = LocalCluster(local_directory=str(self._folder), **options)
        self._dask = Dask(self._cluster.scheduler_address)
        return self._dask

    def __exit__(self, *_: object) -> None:
        self._dask.__exit__(None, None, None)
        self._cluster.close()


def _sharded(shards: list[AnswerShard], executor: Executor, iterations: int) -> tuple[float, float, tuple[float, ...]]:
    """Return seconds until the first iteration is done, seconds for each after it, and the losses."""
    ends: list[float] = []
    start = time.perf_counter()
    votes = ShardedVotes(shards, executor, engine="fast", progress=lambda *_: ends.append(time.perf_counter()))
    model = DawidSkene(max_iter=iterations, tol=0, **PLAIN)
    votes.fit(model)
    return ends[0] - start, float(np.median(np.diff(ends))), model.loss_history_


if __name__ == "__main__":
    main()
