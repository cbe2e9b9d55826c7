"""The floors of the house: a file imports only from floors below its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "crowdbroker"

FLOORS = [
    {"errors", "packaged", "marketplace"},
    {"domain", "aggregation"},
    {"store", "mturk", "formats"},
    {"broker"},
    {"settings"},
    {"app", "simulation"},
    {"reports"},
    {"demo", "review"},
    {"cli"},
    {"__main__"},
]
"""From the ground up; rooms of one floor do not know each other."""

ISLAND = "marketplace"
MAY_START_THE_ISLAND = {"app", "simulation", "demo", "cli"}
"""`app` opens the embedded marketplace; the crowds work on it; `demo` and `marketplace serve` start one."""


def floor_of(room: str) -> int:
    """The number of the floor that a room is on."""
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def room_of(path: Path) -> str:
    """The room that a file is in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    """The rooms of ours that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            names = [
                f"{node.module}.{alias.name}" if node.module == "crowdbroker" else str(node.module)
                for alias in node.names
            ]
        rooms = {name.split(".")[1] for name in names if name.startswith("crowdbroker.")}
        yield from (room for room in rooms if not room.startswith("__version"))


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")


def test_every_file_has_a_floor() -> None:
    rooms = {room_of(path) for path in FILES}
    assert rooms == set().union(*FLOORS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_from_floors_below(path: Path) -> None:
    room = room_of(path)
    for other in set(imported_rooms(path)) - {room}:
        assert floor_of(other) < floor_of(room), f"{room} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_marketplace_is_an_island(path: Path) -> None:
    room, others = room_of(path), set(imported_rooms(path))
    if room == ISLAND:
        assert others <= {ISLAND}
    elif room not in MAY_START_THE_ISLAND:
        assert ISLAND not in others


def test_only_the_relay_calls_for_effects() -> None:
    """The client's effecting methods are called from nowhere else."""
    effects = {"create_hit", "approve", "reject", "create_qualification_type", "grant"}
    for path in FILES:
        if room_of(path) in ("marketplace", "simulation") or "relay" in path.parts:
            continue
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & effects, path


def test_boto3_is_imported_in_one_place() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if room_of(path) != ISLAND and path.parent.name != "mturk":
            assert "import boto3" not in text, path


def test_files_hold_one_idea() -> None:
    for path in FILES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path
