"""Peak memory of one fit in a process of its own: `python benchmarks/peak.py FILE ENGINE ITERATIONS`."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np

# Fitted first: libraries load and compile what they need only when they are used.
_TINY = [np.array(column) for column in ([0, 0, 1, 2, 3, 4], [0, 1, 0, 1, 1, 1], [0, 1, 2, 3, 4, 0])]


def peak_mb(path: Path, engine: str, iterations: int) -> float:
    """Return the megabytes that reading a file of arrays and fitting took above the process before; NaN on failure."""
    command = [sys.executable, __file__, str(path), engine, str(iterations)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(done.stdout.split()[0]) if done.returncode == 0 else float("nan")


def _columns(path: str) -> list[np.ndarray]:
    with np.load(path) as saved:
        return [saved[name] for name in ("item", "worker", "label")]


def _resident_peak_mb() -> float:
    # getrusage would tell the peak of the process that started this one, if that was higher.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _main() -> None:
    path, engine, iterations = sys.argv[1], sys.argv[2], int(sys.argv[3])
    warnings.simplefilter("ignore")
    if engine == "crowd-kit":
        import pandas
        from crowdkit.aggregation import DawidSkene as CrowdKit

        def fit(columns: list[np.ndarray]) -> None:
            frame = pandas.DataFrame(dict(zip(("task", "worker", "label"), columns, strict=True)))
            CrowdKit(n_iter=iterations, tol=-np.inf).fit(frame)

        fit(list(_TINY))
        before = _resident_peak_mb()
        start = time.perf_counter()
        fit(_columns(path))
    else:
        from crowdbroker.aggregation import fast_kernels  # noqa: F401  (numba is part of the bare process)
        from crowdbroker.aggregation.dawid_skene import DawidSkene
        from crowdbroker.aggregation.votes import Votes

        def fit(columns: list[np.ndarray]) -> None:
            model = DawidSkene(max_iter=iterations, tol=0, engine=engine, start="shares", early=0.0, pool=0.0)
            votes = Votes.from_columns(*columns)
            columns.clear()  # crowd-kit needs its frame to the end, Votes need no columns any more
            model.fit(votes)

        fit(list(_TINY))
        before = _resident_peak_mb()
        start = time.perf_counter()
        fit(_columns(path))
    print(_resident_peak_mb() - before, time.perf_counter() - start)


if __name__ == "__main__":
    _main()
