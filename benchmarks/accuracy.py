"""Accuracy, what gold adds, and calibration on recorded crowds: `python benchmarks/accuracy.py [--seeds 3]`.

CROWDBROKER_DATASETS names a folder with one folder a data set, each with answers.csv (task,worker,label) and truth.csv
(task,truth). Sets without a fixed label set (transcriptions, numbers, boxes) are passed over. Truth is used to score
alone; where gold is drawn from it, the items left over are scored.

Columns with the name of a method of the literature agree with other implementations within half a point, but for three
things. Wawa counts shares of votes where crowd-kit's counts the winning label, and smooths a worker's agreement by five
answers, so it differs where workers have three answers each (cf, 1.3 points below) or a point is one item (slr_old).
The one coin without guard ends elsewhere where it collapses (s_rel) and on trec11_task1 (1.0 above). Unsmoothed
Dawid-Skene on a few hundred answers hangs on the last thousandth of smoothing: slr_old has 78 % with 0.01
pseudo-answers and 73 % with 0.001.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crowdbroker.aggregation import DawidSkene, MajorityVote, OneCoin, Votes, WeightedMajority
from crowdbroker.aggregation.calibration import Calibration, calibrate
from crowdbroker.aggregation.frames import Method
from crowdbroker.aggregation.metrics import calibration_error, judged
from crowdbroker.formats.votes_csv import read_truth, read_votes

# Left out of means: doubtful provenance, the same result by every method (twice), and a part of fact_eval.
NOT_IN_THE_MEAN = {"trec2011", "wsd", "hitspam_cf", "fej2013"}
_MOST_LABELS = 20
_FEWEST_LEFT = 300

_PLAIN: dict[str, Any] = {"pool": 0, "start": "shares", "early": 0}
METHODS: dict[str, Callable[[], Method]] = {
    "majority": MajorityVote,
    "weighted": WeightedMajority,
    "Wawa": lambda: WeightedMajority(weights="agreement"),
    "one coin": OneCoin,
    "unguarded": lambda: OneCoin(guard=False, right=1e-6, wrong=1e-6),
    "DS": lambda: DawidSkene(**_PLAIN, diagonal=0.01, off_diagonal=0.01, items_per_label=0.01),
    "LFC 4/1": lambda: DawidSkene(**_PLAIN, diagonal=4, off_diagonal=1),
    "annealed": lambda: DawidSkene(annealed=5),
    "default": DawidSkene,
}
"""Column -> method; the default is what `auto` names on every one of these sets."""


@dataclass(frozen=True)
class Crowd:
    """A recorded crowd: truth maps the items with votes and a known label."""

    name: str
    votes: Votes
    truth: Mapping[str, str]

    @property
    def counted(self) -> bool:
        """Tell whether it enters the means."""
        return self.name not in NOT_IN_THE_MEAN


def crowds(root: Path) -> Iterator[Crowd]:
    """Yield the recorded crowds with a fixed label set, in the order of their names."""
    for folder in sorted(path for path in root.iterdir() if (path / "truth.csv").is_file()):
        columns, truth = read_votes(folder / "answers.csv"), read_truth(folder / "truth.csv")
        if len(set(columns.labels)) <= _MOST_LABELS:
            votes = Votes.from_columns(columns.tasks, columns.workers, columns.labels)
            yield Crowd(folder.name, votes, {task: label for task, label in truth.items() if task in votes.items})


def score(votes: Votes, posterior: np.ndarray, truth: Mapping[str, str]) -> float:
    """Return accuracy in %, ties counted by their chance; a truth that nobody ever said counts as missed."""
    labels = {label: place for place, label in enumerate(votes.labels)}
    rows = np.array([votes.items.place(task) for task in truth])
    right = np.array([labels.get(label, -1) for label in truth.values()])
    chosen = posterior[rows] >= posterior[rows].max(axis=1, keepdims=True) - 1e-9
    hit = np.where(right >= 0, chosen[np.arange(len(rows)), right] / chosen.sum(axis=1), 0.0)
    return float(100 * hit.mean())


def print_methods(found: list[Crowd]) -> None:
    """Print the accuracy of every method on every set, and the means."""
    print("Accuracy in % without gold, ties by their chance (* not in the mean)")
    print(f"{'data set':<15}" + "".join(f"{name:>11}" for name in METHODS))
    means = []
    for crowd in found:
        row = [score(crowd.votes, make().fit(crowd.votes).posterior_, crowd.truth) for make in METHODS.values()]
        means += [row] if crowd.counted else []
        print(f"{crowd.name + '*' * (not crowd.counted):<15}" + "".join(f"{value:>11.1f}" for value in row), flush=True)
    table = np.array(means)
    print(f"{f'mean of {len(table)}':<15}" + "".join(f"{value:>11.2f}" for value in table.mean(axis=0)))
    least = (table - table[:, :1]).min(axis=0)
    print(f"{'least to maj.':<15}" + "".join(f"{value:>+11.2f}" for value in least) + "\n")


def print_gold(found: list[Crowd], seeds: int) -> None:
    """Print what knowing a tenth of the truth adds to the accuracy on the other nine."""
    print(f"With 10 % of the truth as gold, accuracy in % on the rest, mean of {seeds} draws")
    print(f"{'data set':<15}{'gold items':>11}{'without':>11}{'with':>11}{'gain':>11}")
    gains = []
    for crowd in found:
        bare = DawidSkene().fit(crowd.votes).posterior_
        pairs = []
        for seed in range(seeds):
            gold, rest = dealt(crowd, len(crowd.truth) // 10, seed)
            taught = DawidSkene().fit(crowd.votes, gold).posterior_
            pairs.append((score(crowd.votes, bare, rest), score(crowd.votes, taught, rest)))
        without, with_gold = np.mean(pairs, axis=0)
        gains += [with_gold - without] if crowd.counted else []
        mark = "*" * (not crowd.counted)
        gain = f"{with_gold - without:>+11.2f}"
        print(f"{crowd.name + mark:<15}{len(gold):>11}{without:>11.1f}{with_gold:>11.1f}{gain}", flush=True)
    print(f"{f'mean of {len(gains)}':<48}{np.mean(gains):>+11.2f}\n")


def print_calibration(found: list[Crowd], seeds: int, size: int = 50) -> None:
    """Print expected calibration errors with so many gold items, on the items left over."""
    print(f"Expected calibration error (10 bins) with {size} gold items, on the rest, mean of {seeds} draws")
    names = ("bare", "uncalibrated", f"gold n={size}", "crowd-kit")
    print(f"{'data set':<15}" + "".join(f"{name:>14}" for name in names))
    means = []
    for crowd in found:
        if not crowd.counted or len(crowd.truth) - size < _FEWEST_LEFT:
            continue
        theirs = crowdkit_posterior(crowd.votes)
        row = np.mean([_errors(crowd, *dealt(crowd, size, seed), theirs) for seed in range(seeds)], axis=0)
        means.append(row)
        print(f"{crowd.name:<15}" + "".join(f"{value:>14.3f}" for value in row), flush=True)
    print(f"{f'mean of {len(means)}':<15}" + "".join(f"{value:>14.3f}" for value in np.mean(means, axis=0)))


def _errors(crowd: Crowd, gold: Mapping[str, str], rest: Mapping[str, str], theirs: np.ndarray) -> list[float]:
    votes, number = crowd.votes, np.diff(crowd.votes.start)
    model = DawidSkene().fit(votes, gold)
    shown = calibrate(model, votes, gold).apply(model.posterior_, number)
    default = Calibration.default(model).apply(model.posterior_, number)
    return [calibration_error(*judged(votes, table, rest)) for table in (model.posterior_, default, shown, theirs)]


def dealt(crowd: Crowd, size: int, seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return so many items as gold, and the rest; both of labels that somebody said."""
    known = [task for task, label in crowd.truth.items() if label in crowd.votes.labels]
    order = np.random.default_rng(seed).permutation(len(known)).tolist()
    names = [known[place] for place in order]
    return {name: crowd.truth[name] for name in names[:size]}, {name: crowd.truth[name] for name in names[size:]}


def crowdkit_posterior(votes: Votes) -> np.ndarray:
    """Return crowd-kit's Dawid-Skene, NaN where it is not installed; it takes no part in the gold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pandas  # type: ignore[import-untyped]
            from crowdkit.aggregation import DawidSkene as CrowdKit
        except ModuleNotFoundError:
            return np.full((len(votes.items), len(votes.labels)), np.nan)
        frame = pandas.DataFrame({"task": votes.item, "worker": votes.worker, "label": votes.label}).astype("int64")
        table = CrowdKit(n_iter=100).fit_predict_proba(frame)
    return np.asarray(table.sort_index().sort_index(axis=1))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="draws of gold")
    options = parser.parse_args()
    root = os.environ.get("CROWDBROKER_DATASETS")
    if not root:
        print("CROWDBROKER_DATASETS is not set: no recorded crowds to measure on")
        return
    found = list(crowds(Path(root)))
    print_methods(found)
    print_gold(found, options.seeds)
    print_calibration(found, options.seeds)


if __name__ == "__main__":
    main()
