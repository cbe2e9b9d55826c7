"""Pictures that tests load, the Project under which colleagues label them, and how a test of commands looks at both."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

from commands import Command, Result, all_rows, one_error

SIDE = 48
STORE, MARKETPLACE = Path("crowdbroker-data/store.db"), Path("crowdbroker-data/marketplace.db")
LOAD_PETS = ("load", "projects/pets.toml", "pictures", "--batch", "pets")

PROJECT = """name = "pets"
title = "Cat or dog?"
description = "Say whether each picture shows a cat or a dog."
instructions = "A **cat** is blue and a **dog** is orange here."
labels = ["cat", "dog"]
reward = "0.10"
budget = "20.00"
overlap = 2
items_per_hit = 5
aggregation = "majority"

[template]
file = "image-classification"

[gold]
per_hit = 0
"""


def png(number: int) -> bytes:
    """A disc that is blue for even numbers and orange for odd ones; every number has its own picture."""
    disc = (214, 120, 40) if number % 2 else (50, 90, 190)
    rows = (b"\0" + b"".join(bytes(_colour(x, y, number, disc)) for x in range(SIDE)) for y in range(SIDE))
    parts = [(b"IHDR", struct.pack(">2I5B", SIDE, SIDE, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"".join(rows)))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in [*parts, (b"IEND", b"")])


def _colour(x: int, y: int, number: int, disc: tuple[int, int, int]) -> tuple[int, int, int]:
    middle = SIDE // 2
    return disc if (x - middle) ** 2 + (y - middle) ** 2 < (6 + number % 16) ** 2 else (244, 244, 240 - number % 40)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def write_pictures(folder: Path, count: int) -> Path:
    """A folder of pictures p00.png, p01.png, …"""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"p{number:02}.png").write_bytes(png(number))
    return folder


def write_project(path: Path, **changes: str) -> Path:
    """The Project, with lines replaced: `overlap="3"` writes `overlap = 3`."""
    lines = PROJECT.splitlines()
    for name, value in changes.items():
        (place,) = [number for number, line in enumerate(lines) if line.startswith(f"{name} = ")]
        lines[place] = f"{name} = {value}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def cat(_text: str) -> str:
    """What everybody answers."""
    return "cat"


def batch(run: Command) -> dict[str, Any]:
    """What `status --json` says of the only Batch."""
    (found,) = run("status", "--json").document["batches"]
    assert isinstance(found, dict)
    return found


def both_sides() -> list[str]:
    """All that the two databases hold, but how often the marketplace was opened."""
    return [row for row in all_rows(STORE) + all_rows(MARKETPLACE) if '"marketplace_meta"' not in row]


def refused_without_a_trace(run: Command, *arguments: str) -> str:
    """The one error of a command that is wrong input and changes nothing on either side."""
    before = both_sides()
    result: Result = run(*arguments)
    assert result.exit_code == 2
    assert both_sides() == before
    return one_error(result)
