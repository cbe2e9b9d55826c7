"""The benchmark in small: every part of it runs, and what it compares agrees. Times are for people to read."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_every_part_of_the_benchmark_runs() -> None:
    if missing := [name for name in ("numba", "polars", "distributed", "crowdkit") if find_spec(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    command = [sys.executable, "benchmarks/aggregation.py", "--votes", "20000", "--labels", "3", "--iterations", "3"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--rounds", "1"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr
    for part in ("speed", "roofline", "majority", "memory", "scaling", "shards", "incremental", "build"):
        assert f"{part}: " in done.stdout
    assert done.stdout.count("  yes\n") == 3
    assert "NO\n" not in done.stdout
    assert "nan" not in done.stdout
