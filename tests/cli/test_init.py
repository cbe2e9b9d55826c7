"""`init` with what it is told: a Project of one's own for any template, its schema, and questions at a terminal."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from commands import Command, one_error
from jsonschema import Draft202012Validator

from crowdbroker.cli import cli
from crowdbroker.cli import init as init_module
from crowdbroker.formats.project_file import project_schema
from crowdbroker.formats.project_toml import read_project
from crowdbroker.packaged import packaged

TEMPLATES = sorted(path.stem for path in packaged("hit_templates").glob("samples/*.json"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_project_for_each_template_is_right_as_it_is_written(crowdbroker: Command, template: str) -> None:
    assert crowdbroker("init", "lab", "--template", template).exit_code == 0
    file = Path("lab/projects/lab.toml")
    assert read_project(file).template.file == template
    schema = json.loads(Path("lab/projects/project.schema.json").read_text())
    Draft202012Validator(schema).validate(tomllib.loads(file.read_text()))
    assert not Path("lab/data").exists()


def test_what_is_told_stands_in_the_project(crowdbroker: Command) -> None:
    told = ("--labels", 'cat, dog ,"both"', "--reward", "0.25", "--budget", "9.00", "--overlap", "2")
    result = crowdbroker(
        "init", "My Pets!", "--template", "image-classification", *told, "--items-per-hit", "7", "--json"
    )
    assert any(path.endswith("projects/my-pets.toml") for path in result.document["files"])
    project = read_project(Path("My Pets!/projects/my-pets.toml"))
    assert project.label_values == ("cat", "dog", '"both"')
    assert (project.reward_cents, project.budget_cents, project.overlap, project.items_per_hit) == (25, 900, 2, 7)
    assert "cat or dog" in project.instructions


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (("--reward", "$5"), "field '--reward'"),
        (("--budget", "0.055"), "field '--budget'"),
        (("--labels", "a,a"), "field '--labels'"),
        (("--template", "nope"), "there is no template 'nope'"),
        (("--title", "x" * 129), "field '--title'"),
    ],
)
def test_a_wrong_option_writes_nothing(crowdbroker: Command, told: tuple[str, str], says: str) -> None:
    result = crowdbroker("init", "lab", *told)
    assert result.exit_code == 2
    assert says in one_error(result)
    assert not Path("lab").exists()


def test_at_a_terminal_it_asks_and_takes_enter_for_what_it_proposes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        """The part of `sys` that says whether a person sits there."""

        class stdin:  # noqa: N801
            @staticmethod
            def isatty() -> bool:
                return True

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(init_module, "sys", Terminal)
    answers = ["n", "pairwise", "Which is better?", "left,right", "0.15", "", "2", "12.00"]
    result = CliRunner().invoke(cli, ["init", "duel"], input="\n".join(answers) + "\n", obj={})
    assert result.exit_code == 0, result.output
    project = read_project(Path("duel/projects/duel.toml"))
    assert (project.template.file, project.title, project.label_values) == (
        "pairwise",
        "Which is better?",
        ("left", "right"),
    )
    assert (project.reward_cents, project.overlap, project.items_per_hit, project.budget_cents) == (15, 3, 2, 1200)


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({}, True),
        ({"labels": ["a", {"value": "b", "title": "B"}]}, True),
        ({"lifetime": 3600}, True),
        ({"reward": 0.05}, False),
        ({"reward": "$5"}, False),
        ({"rewardd": "0.05"}, False),
        ({"labels": [{"title": "without a value"}]}, False),
    ],
)
def test_the_schema_for_editors_says_what_reading_says(changes: dict[str, Any], right: bool) -> None:
    project = {"name": "p", "title": "t", "description": "d", "labels": ["a", "b"], "reward": "0.05", "budget": "9.00"}
    assert Draft202012Validator(project_schema()).is_valid(project | changes) is right
