"""The gallery: what templates there are, and a page of each with sample Items."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from commands import Command, one_error

TEMPLATES = sorted({path.stem for path in (Path(__file__).parents[2] / "hit_templates").glob("*.html")} - {"base"})


def test_the_gallery_is_the_same_list_in_all_formats(lab: Command) -> None:
    document = lab("templates", "--json").document
    assert document["schema"] == "crowdbroker/templates/1"
    assert [one["template"] for one in document["templates"]] == TEMPLATES
    assert all(one["about"] and one["kind"] for one in document["templates"])
    assert list(csv.DictReader(lab("templates", "--format", "csv").stdout.splitlines())) == document["templates"]
    assert [line.split()[0] for line in lab("templates").stdout.splitlines()[1:]] == TEMPLATES
    lab("templates", "--json", "--out", "list.json")
    assert '"crowdbroker/templates/1"' in Path("list.json").read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_has_a_preview(lab: Command, name: str) -> None:
    shown = lab("templates", name, "--out", "page.html")
    assert (shown.exit_code, shown.stdout, shown.stderr) == (0, "page.html\n", "")
    page = Path("page.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "<form" in page


def test_the_place_of_a_preview_is_said_in_json_too(lab: Command) -> None:
    document = lab("templates", "pairwise", "--json", "--out", "page.html").document
    assert document == {
        "schema": "crowdbroker/template/1",
        "template": "pairwise",
        "page": str(Path("page.html").resolve()),
    }


def test_ones_own_template_is_listed_and_goes_first(lab: Command) -> None:
    own = Path("hit_templates/mine.html")
    own.write_text('<form><p>${text}</p><input name="answer" /></form>')
    (one,) = [one for one in lab("templates", "--json").document["templates"] if one["template"] == "mine"]
    assert one["kind"] == "own"
    error = one_error(lab("templates", "mine"))
    assert error.startswith("Error: field 'NAME': the template 'mine' has no sample Items\nWrite ")
    assert "crowdbroker check PROJECT DATA --page FILE" in error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pairwis"], "field 'NAME': there is no HIT template 'pairwis.html'"),
        (["pairwise", "--out", "nowhere/page.html"], "nowhere/page.html: its folder does not exist"),
        (["pairwise", "--format", "csv"], "field '--format': a preview is a page and no table"),
        (["--open"], "field 'NAME': say which template"),
    ],
)
def test_a_wrong_request_is_one_message(lab: Command, arguments: list[str], says: str) -> None:
    result = lab("templates", *arguments)
    assert result.exit_code == 2
    assert says in one_error(result)
