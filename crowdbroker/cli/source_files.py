"""The files that a command line names, and how they are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Files:
    """What the command line names.

    Attributes:
        media_dir: where pictures are copied to.
    """

    project: Path
    data: Path
    gold: Path | None
    encoding: str | None
    delimiter: str | None
    media_dir: Path
