"""What `init` writes: shared files, the sample, or a Project from what it was told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.formats.project_file import SCHEMA_FILE, NewProject, project_schema, project_toml
from crowdbroker.formats.validation import explain
from crowdbroker.packaged import packaged

Files = dict[Path, str]
"""Where -> what."""


def shared_files(folder: Path) -> Files:
    """Settings, templates with their samples, and the schema of Projects."""
    templates = packaged("hit_templates")
    files = {folder / "crowdbroker.toml": _text(packaged("config") / "crowdbroker.toml")}
    for path in (*sorted(templates.glob("*.html")), *sorted(templates.glob("samples/*.json"))):
        files[folder / "hit_templates" / path.relative_to(templates)] = _text(path)
    files[folder / "projects" / SCHEMA_FILE] = json.dumps(project_schema(), indent=2) + "\n"
    return files


def sample_files(folder: Path) -> Files:
    """The sample Project and its dataset."""
    config = packaged("config")
    files = {folder / "projects" / path.name: _text(path) for path in sorted((config / "projects").glob("*.toml"))}
    return files | {folder / "data" / name: _text(config / "demo" / name) for name in _DATA}


_DATA = ("reviews.csv", "reviews-gold.csv")


def new_project(name: str, told: Mapping[str, Any]) -> str:
    """The TOML of a Project; what was not told comes from the template's sample.

    Raises:
        InputError: there is no such template, or a value is wrong.
    """
    template = told.get("template") or "text-classification"
    sample = _sample(template)
    labels = [part.strip() for part in str(told.get("labels") or "").split(",") if part.strip()]
    title = told.get("title") or ("Which label fits best?" if labels else sample["title"])
    instructions = f"Choose the label that fits best: {' or '.join(labels)}." if labels else sample["instructions"]
    new = NewProject(
        name=name,
        title=title,
        description=title,
        instructions=instructions,
        labels=labels or [one if isinstance(one, str) else one["value"] for one in sample["labels"]],
        template=template,
        reward=told.get("reward") or "0.10",
        budget=told.get("budget") or "50.00",
        overlap=told.get("overlap") or 3,
        items_per_hit=told.get("items_per_hit") or 5,
    )
    try:
        Project.model_validate(
            {"reward": new.reward, "budget": new.budget, "labels": list(new.labels), "title": title, "name": name}
            | {"description": title}
        )
    except ValidationError as error:
        setting = str(error.errors()[0]["loc"][0]).replace("_", "-")
        raise InputError(explain(error, Project), field=f"--{setting}", remedy="Correct the option.") from error
    return project_toml(new)


def ask_for(name: str) -> dict[str, Any]:
    """Ask for what a Project needs, one question each, with an answer to take over."""
    known = sorted(path.stem for path in packaged("hit_templates").glob("samples/*.json"))
    template = click.prompt("Template", type=click.Choice(known), default="text-classification", err=True)
    sample = _sample(template)
    told = {"template": template, "title": click.prompt("Title for workers", default=sample["title"], err=True)}
    values = [one if isinstance(one, str) else one["value"] for one in sample["labels"]]
    if values:
        told["labels"] = click.prompt("Labels, with commas between", default=",".join(values), err=True)
    told["reward"] = click.prompt("Reward for one HIT (USD)", default="0.10", err=True)
    told["overlap"] = click.prompt("Answers for each row", type=click.IntRange(1), default=3, err=True)
    told["items_per_hit"] = click.prompt("Rows on one page", type=click.IntRange(1, 100), default=5, err=True)
    told["budget"] = click.prompt(f"Budget of {name} (USD)", default="50.00", err=True)
    return told


def write_all(files: Files) -> None:
    """Write all files, or none.

    Raises:
        InputError: one exists, or cannot be written.
    """
    there = next((target for target in files if target.exists()), None)
    if there is not None:
        raise InputError("exists already; nothing was written", file=there, remedy="Name another folder.")
    try:
        for target, text in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", file=error.filename, remedy="Name another folder."
        ) from error


def _sample(template: str) -> dict[str, Any]:
    path = packaged("hit_templates") / "samples" / f"{template}.json"
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in path.parent.glob("*.json")))
        raise InputError(f"there is no template {template!r}", field="--template", remedy=f"There are: {known}.")
    sample: dict[str, Any] = json.loads(_text(path))
    return sample


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
