"""The HIT templates that there are, and a page of each with its sample Items."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from crowdbroker.broker.check import resolve_answer
from crowdbroker.cli.mistakes import without_place
from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.mturk.page import read_template
from crowdbroker.packaged import packaged

_BASE = "base"


class Shown(NamedTuple):
    """One template of the gallery."""

    template: str
    kind: str
    about: str


def gallery(folders: Sequence[Path]) -> list[Shown]:
    """All templates, one's own first where the names are the same."""
    names = sorted({path.stem for folder in folders for path in folder.glob("*.html")} - {_BASE})
    found = []
    for name in names:
        template = read_template(name, folders)
        found.append(Shown(name, template.kind or "own", template.about))
    return found


def preview(name: str, folders: Sequence[Path]) -> str:
    """The page of a template with its sample Items, as a worker sees it before accepting.

    Raises:
        InputError: there is no such template, or no sample for it.
    """
    try:
        template = read_template(name, folders)
    except InputError as error:
        # Here the name is an argument and no setting of a Project.
        if error.file is None:
            raise InputError(without_place(error), field="NAME", remedy=error.remedy) from error
        raise
    stem = Path(template.entry).stem
    homes = [folder / "samples" / f"{stem}.json" for folder in (*folders, packaged("hit_templates"))]
    sample = next((path for path in homes if path.is_file()), None)
    if sample is None:
        raise InputError(
            f"the template {stem!r} has no sample Items",
            field="NAME",
            remedy=f"Write {homes[0]}, or see it with your own rows: crowdbroker check PROJECT DATA --page FILE.",
        )
    given: dict[str, Any] = json.loads(sample.read_text(encoding="utf-8"))
    items = given.pop("items")
    project = Project.model_validate(
        {"name": "sample", "description": "A sample.", "reward": "0.10", "budget": "1.00", **given}
    )
    return template.render(resolve_answer(project, template), items)
