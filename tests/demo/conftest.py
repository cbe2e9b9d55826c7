from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crowdbroker.demo.simulated import simulated_demo


class Told(NamedTuple):
    """A demo that was run: its document, its story and its folder."""

    document: dict[str, Any]
    story: list[str]
    folder: Path


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The demo as `crowdbroker demo` runs it."""
    folder = tmp_path_factory.mktemp("demo") / "whole"
    story: list[str] = []
    return Told(simulated_demo(folder, seed=0, items=None, tell=story.append), story, folder)
