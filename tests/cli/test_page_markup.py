"""What `check` says about the markup of a template of one's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import GOLD, Command

PROJECT, DATA = Path("projects/reviews.toml"), "data/reviews.csv"


@pytest.fixture
def own(lab: Command) -> Command:
    """A Project whose page is a template of one's own."""
    text = re.sub(r"(?m)^items_per_hit = \d+", "items_per_hit = 1", PROJECT.read_text())
    PROJECT.write_text(re.sub(r'(?m)^file = ".*"', 'file = "mine"', text))
    return lab


def write(inside: str) -> None:
    Path("hit_templates/mine.html").write_text(
        f'<!DOCTYPE html><html><body><form><p>${{text}}</p>{inside}<input name="label"></form></body></html>'
    )


def test_malformed_markup_is_an_error_with_its_place(own: Command) -> None:
    write("<div>")
    result = own("check", str(PROJECT), DATA, *GOLD)
    assert result.exit_code == 2
    assert "mine.html: the first page is not well-formed HTML: [1," in result.stderr


def test_an_unknown_crowd_element_is_a_warning(own: Command) -> None:
    write("<crowd-keypoint></crowd-keypoint><crowd-card></crowd-card>")
    result = own("check", str(PROJECT), DATA, *GOLD)
    assert result.exit_code == 0, result.stderr
    assert "Warning: the template uses <crowd-keypoint>, which the worker site does not have" in result.stderr
    assert "crowd-card" not in result.stderr


def test_a_template_without_either_is_fine(own: Command) -> None:
    write("")
    assert "well-formed" not in own("check", str(PROJECT), DATA, *GOLD).stderr
