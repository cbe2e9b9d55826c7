"""Project, template, dataset and gold, as `check`, `quote` and `load` take them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crowdbroker.cli.input_media import with_media
from crowdbroker.cli.mistakes import placed
from crowdbroker.cli.output import note
from crowdbroker.cli.source_files import Files
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.domain.model import Item
    from crowdbroker.domain.project import Project
    from crowdbroker.mturk.page import PageTemplate


@dataclass(frozen=True)
class Inputs:
    """What was read from the files, and their paths."""

    project: Project
    template: PageTemplate
    items: list[Item]
    gold: list[Item]
    project_file: Path
    data_file: Path
    gold_file: Path | None


def read_inputs(app: App, files: Files) -> Inputs:
    """Read all files.

    Raises:
        InputError: the first mistake in any of them.
    """
    from crowdbroker.broker.check import resolve_answer
    from crowdbroker.formats.dataset import read_gold
    from crowdbroker.formats.project_toml import read_project
    from crowdbroker.mturk.page import read_template

    project = read_project(files.project)
    if files.gold is None and "gold" not in project.model_fields_set:
        # Nobody spoke of gold, so the policy's default asks for none.
        project = project.model_copy(update={"gold": project.gold.model_copy(update={"per_hit": 0})})
    try:
        template = read_template(project.template.file, [files.project.parent, *app.settings.template_folders])
        project = resolve_answer(project, template)
    except InputError as error:
        raise placed(error, files.project) from error
    items = with_media(app, project, template, _read_items(files), files.data, files)
    gold: list[Item] = []
    if files.gold is not None:
        known = read_gold(files.gold, project.label_values, project.kind, **_how_to_read(files.gold, files))
        gold = with_media(app, project, template, known, files.gold, files)
    return Inputs(project, template, items, gold, files.project, files.data, files.gold)


def _read_items(files: Files) -> list[Item]:
    from crowdbroker.formats.dataset import read_items

    if not (files.data.is_dir() or files.data.suffix.lower() == ".zip"):
        return read_items(files.data, **_how_to_read(files.data, files))
    from crowdbroker.formats.media import read_picture_items

    _refuse_table_options(files)
    found = read_picture_items(files.data, files.media_dir)
    for warning in found.warnings:
        note(f"Warning: {warning.rstrip('.')}.")
    return found.items


def _how_to_read(path: Path, files: Files) -> dict[str, str | None]:
    """The options where a file needs them: data and gold may be written in two ways."""
    from crowdbroker.formats.encoding import is_plain_utf8

    if files.gold is None or not path.is_file():
        return {"encoding": files.encoding, "delimiter": files.delimiter}
    encoding = None if is_plain_utf8(path) else files.encoding
    sign = {"tab": "\t", "\\t": "\t"}.get(files.delimiter or "", files.delimiter or "")
    with path.open("rb") as file:
        header = file.readline().decode(encoding or "utf-8", "replace")
    return {"encoding": encoding, "delimiter": files.delimiter if sign and sign in header else None}


def _refuse_table_options(files: Files) -> None:
    """The gold may still be a table that needs them."""
    given = "--encoding" if files.encoding else "--delimiter" if files.delimiter else None
    if given and files.gold is None:
        raise InputError("pictures are no table", file=files.data, field=given, remedy="Leave it out.")
