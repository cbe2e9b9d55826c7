"""The command line in the test's own process, and the folder of an operator."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

GOLD = ("--gold", "data/reviews-gold.csv")
LOAD = ("load", "projects/reviews.toml", "data/reviews.csv", *GOLD, "--batch", "first")


class Result(NamedTuple):
    """What a command left: its exit code and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as one JSON document."""
        found: dict[str, Any] = json.loads(self.stdout)
        return found


Command = Callable[..., Result]


def one_error(result: Result) -> str:
    """The error that is all that was written: three lines at the most, and no traceback."""
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("Error") == 1
    lines = result.stderr.splitlines()
    assert 2 <= len(lines) <= 3, result.stderr
    return result.stderr


def all_rows(database: Path) -> list[str]:
    """Everything that a SQLite file holds, as statements."""
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
