"""How long `crowdbroker --help` takes with compiled bytecode, beside a Python that does nothing.

Both are started ten times in turn, after `compileall` of the package, and the medians of their wall time are shown.
Goal: 150 ms.

    python benchmarks/cli.py
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 10
GOAL_MS = 150
COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "crowdbroker --help": ("-m", "crowdbroker", "--help"),
    "crowdbroker publish --help": ("-m", "crowdbroker", "publish", "--help"),
}


def milliseconds(arguments: tuple[str, ...]) -> float:
    """The wall time of one start."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Measure and print the table."""
    compileall.compile_dir(ROOT / "crowdbroker", quiet=1)
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            taken[name].append(milliseconds(arguments))
    print(f"{'median of ' + str(RUNS):<28}{'ms':>8}{'fastest':>10}")
    for name, times in taken.items():
        print(f"{name:<28}{statistics.median(times):>8.0f}{min(times):>10.0f}")
    found = statistics.median(taken["crowdbroker --help"])
    print(f"goal {GOAL_MS} ms: {'met' if found <= GOAL_MS else 'missed'}")


if __name__ == "__main__":
    main()
