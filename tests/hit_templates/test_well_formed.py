"""Our own templates pass the marketplace's check of HTML5, whatever the Items hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crowdbroker.marketplace import html5

FOLDER = Path(__file__).parents[2] / "hit_templates"
NAMES = sorted(path.stem for path in (FOLDER / "samples").glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_well_formed_html(name: str, render_sample: Callable[[str], str]) -> None:
    assert html5.mistakes(render_sample(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_hostile_cells_leave_it_well_formed(name: str, render: Callable[..., str]) -> None:
    columns = json.loads((FOLDER / "samples" / f"{name}.json").read_text(encoding="utf-8"))["items"][0]
    hostile = dict.fromkeys(columns, 'It\'s <b> & "so" ]]> --> </script> &nosuch; \x0b')
    assert html5.mistakes(render([hostile], template=name)) == []
