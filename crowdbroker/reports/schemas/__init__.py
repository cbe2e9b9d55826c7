"""The JSON Schemas of the reports, a file each; a change that breaks a reader gets a new number."""

from __future__ import annotations

from pathlib import Path


def schema_text(report: str) -> str:
    """The JSON Schema (draft 2020-12) of a report, as text.

    Args:
        report: budget, quality, workers or fairness.
    """
    return (Path(__file__).parent / f"{report}-1.json").read_text(encoding="utf-8")
