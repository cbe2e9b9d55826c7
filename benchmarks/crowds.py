"""Drawn crowds for the benchmarks: about five answers an item from workers of unequal diligence."""

from __future__ import annotations

from pathlib import Path

import numpy as np

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def drawn_crowd(size: int, labels: int) -> Columns:
    """Return items, workers and labels; a worker says what a confusion matrix of their own accuracy makes of the truth.

    Workers' loads follow Zipf's law; the busiest gives about a quarter of all answers, most give a few.
    """
    rng = np.random.default_rng(labels)
    items, workers = size // 5, max(20, size // 100)
    truth = rng.integers(labels, size=items, dtype=np.int16)
    item = np.repeat(np.arange(items, dtype=np.int32), 5)[:size]
    worker = (np.minimum(rng.zipf(1.3, len(item)), workers) - 1).astype(np.int32)
    right = rng.random(len(item)) < rng.uniform(0.5, 0.95, workers)[worker]
    said = np.where(right, truth[item], rng.integers(labels, size=len(item), dtype=np.int16)).astype(np.int16)
    pair = item.astype(np.int64) * workers + worker
    pair.sort()
    kept = np.append(True, pair[1:] != pair[:-1])
    # Rows of an item are alike before their labels, so which of a worker's repeats stays makes no difference.
    order = np.argsort(item.astype(np.int64) * workers + worker, kind="stable")[kept]
    return item[order], worker[order], said[order]


def saved_crowd(folder: Path, size: int, labels: int, shards: int = 1) -> list[Path]:
    """Return Parquet files of a drawn crowd, each with all answers of its items; made where they are not there."""
    import polars

    paths = [folder / f"{size}-{labels}-{place}of{shards}.parquet" for place in range(shards)]
    if not all(path.exists() for path in paths):
        item, worker, label = drawn_crowd(size, labels)
        edges = np.searchsorted(item, np.arange(shards + 1) * (int(item[-1]) + 1) // shards)
        for path, first, last in zip(paths, edges, edges[1:], strict=False):
            columns = {"task": item[first:last], "worker": worker[first:last], "label": label[first:last]}
            polars.DataFrame(columns).write_parquet(path)
    return paths
