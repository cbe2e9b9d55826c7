"""Accuracy on recorded crowds and speed beside crowd-kit: `python benchmarks/aggregation.py [--votes 200000]`.

CROWDBROKER_DATASETS names a folder with one folder a data set, each with answers.csv (task,worker,label) and truth.csv
(task,truth). Sets without a fixed label set (transcriptions, numbers, boxes) are passed over. Speed is told as a ratio
to crowd-kit in the same run, because a time alone says more about the machine than about the program.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.votes import Votes
from crowdbroker.formats.votes_csv import read_truth, read_votes

# Left out of the mean: doubtful provenance, the same result by every method (twice), and a part of fact_eval.
_NOT_IN_THE_MEAN = {"trec2011", "wsd", "hitspam_cf", "fej2013"}
_MOST_LABELS = 20


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=200_000, help="size of the drawn crowd")
    parser.add_argument("--iterations", type=int, default=20)
    options = parser.parse_args()
    root = os.environ.get("CROWDBROKER_DATASETS")
    if root:
        print_accuracy(Path(root))
    else:
        print("CROWDBROKER_DATASETS is not set: no recorded crowds to measure on")
    print_speed(options.votes, options.iterations)


def print_accuracy(root: Path) -> None:
    """Print the accuracy of both methods on every data set, and their means."""
    print(f"{'data set':<16}{'answers':>9}{'labels':>8}{'majority':>10}{'dawid-skene':>13}{'iterations':>12}")
    means: list[tuple[float, float]] = []
    for folder in sorted(path for path in root.iterdir() if (path / "truth.csv").is_file()):
        columns, truth = read_votes(folder / "answers.csv"), read_truth(folder / "truth.csv")
        if len(set(columns.labels)) > _MOST_LABELS:
            continue
        votes = Votes.from_columns(columns.tasks, columns.workers, columns.labels)
        model = DawidSkene()
        pair = accuracy(MajorityVote(), votes, truth), accuracy(model, votes, truth)
        mark = "*" if folder.name in _NOT_IN_THE_MEAN else ""
        means += [] if mark else [pair]
        sizes = f"{len(votes):>9}{len(votes.labels):>8}"
        print(f"{folder.name + mark:<16}{sizes}{pair[0]:>10.1%}{pair[1]:>13.1%}{model.n_iter_:>12}")
    majority, dawid_skene = np.mean(means, axis=0)
    print(f"{f'mean of {len(means)}':<33}{majority:>10.1%}{dawid_skene:>13.1%}     (* not in the mean)\n")


def accuracy(model: MajorityVote | DawidSkene, votes: Votes, truth: dict[str, str]) -> float:
    """Return the share of labels that are right, over the items with truth and answers."""
    labels = model.fit(votes).labels_
    judged = [labels[task] == label for task, label in truth.items() if task in labels]
    return sum(judged) / len(judged)


def print_speed(size: int, iterations: int) -> None:
    """Print nanoseconds an answer and iteration, and the ratio to crowd-kit where it is installed."""
    print(f"{size:,} drawn answers, {iterations} iterations; nanoseconds an answer and iteration")
    print(f"{'labels':>6}{'crowdbroker':>13}{'crowd-kit':>11}{'ratio':>7}{'build Votes':>13}")
    for labels in (2, 5, 10):
        columns = drawn_crowd(size, labels)
        build_s = seconds(partial(Votes.from_columns, *columns))
        votes = Votes.from_columns(*columns)
        unit = len(votes) * iterations / 1e9
        ours = fit_seconds(votes, iterations) / unit
        theirs = crowdkit_seconds(columns, iterations) / unit
        print(f"{labels:>6}{ours:>13.0f}{theirs:>11.0f}{theirs / ours:>7.1f}{build_s / len(votes) * 1e9:>10.0f} ns")


def drawn_crowd(size: int, labels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return items, workers and labels of about five answers an item from workers of unequal diligence."""
    rng = np.random.default_rng(labels)
    items, workers = size // 5, max(20, size // 100)
    truth = rng.integers(labels, size=items)
    item = np.repeat(np.arange(items), 5)[:size]
    worker = np.minimum(rng.zipf(1.3, len(item)), workers) - 1
    right = rng.random(len(item)) < rng.uniform(0.5, 0.95, workers)[worker]
    said = np.where(right, truth[item], rng.integers(labels, size=len(item)))
    _, first = np.unique(item * workers + worker, return_index=True)
    return item[first], worker[first], said[first]


def seconds(work: Callable[[], object]) -> float:
    """Return the best of three times."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def fit_seconds(votes: Votes, iterations: int) -> float:
    """Return the time of a fit that makes exactly so many iterations."""
    model = DawidSkene(max_iter=iterations, tol=0)
    best = seconds(partial(model.fit, votes))
    assert model.n_iter_ == iterations
    return best


def crowdkit_seconds(columns: tuple[np.ndarray, np.ndarray, np.ndarray], iterations: int) -> float:
    """Return crowd-kit's time for the same iterations, NaN where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pandas  # type: ignore[import-untyped]
            from crowdkit.aggregation import DawidSkene as CrowdKit
        except ModuleNotFoundError:
            return float("nan")
        frame = pandas.DataFrame(dict(zip(("task", "worker", "label"), columns, strict=True)))
        # Its loss can fall, which would end it early; minus infinity keeps it going.
        return seconds(lambda: CrowdKit(n_iter=iterations, tol=-np.inf).fit(frame))


if __name__ == "__main__":
    main()
