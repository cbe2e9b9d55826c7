"""Project, template, dataset and gold, as `check`, `quote` and `load` take them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crowdbroker.cli.output import note
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.check import Checked
    from crowdbroker.domain.model import Item
    from crowdbroker.domain.project import Project
    from crowdbroker.mturk.page import PageTemplate


_MEDIA_NAMES = ("image", "left", "right", "audio", "video")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".mp3", ".mp4", ".ogg", ".wav", ".pdf")


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


@dataclass(frozen=True)
class Files:
    """What the command line names.

    Attributes:
        media_dir: where pictures are copied to.
    """

    project: Path
    data: Path
    gold: Path | None
    encoding: str | None
    delimiter: str | None
    media_dir: Path


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
    try:
        template = read_template(project.template.file, [files.project.parent, *app.settings.template_folders])
        project = resolve_answer(project, template)
    except InputError as error:
        raise placed(error, files.project) from error
    items = _with_media(app, project, _read_items(files), files.data, files.media_dir)
    gold: list[Item] = []
    if files.gold is not None:
        known = read_gold(
            files.gold, project.label_values, project.kind, encoding=files.encoding, delimiter=files.delimiter
        )
        gold = _with_media(app, project, known, files.gold, files.media_dir)
    return Inputs(project, template, items, gold, files.project, files.data, files.gold)


def _read_items(files: Files) -> list[Item]:
    from crowdbroker.formats.dataset import read_items

    if files.data.is_dir() or files.data.suffix.lower() == ".zip":
        from crowdbroker.formats.media import read_picture_items

        found = read_picture_items(files.data, files.media_dir)
        for warning in found.warnings:
            note(f"Warning: {warning.rstrip('.')}.")
        return found.items
    return read_items(files.data, encoding=files.encoding, delimiter=files.delimiter)


def _with_media(app: App, project: Project, items: list[Item], source: Path, media_dir: Path) -> list[Item]:
    """The Items with the files that they name copied to where the marketplace serves them."""
    from crowdbroker.formats.media import MEDIA_PATH, publish_media

    shown = {name: project.template.columns.get(name, name) for name in _MEDIA_NAMES}
    for column in shown.values():
        if items and column in items[0].data and any(_is_file(item.data[column]) for item in items):
            items = publish_media(items, column, source.parent, media_dir)
    if app.profile.hosted and any(cell.startswith(MEDIA_PATH) for item in items for cell in item.data.values()):
        raise InputError(
            "its pictures lie on this machine, and the profile's marketplace cannot show them",
            file=source,
            remedy="Put them on a web server and give their https addresses.",
        )
    return items


def _is_file(cell: str) -> bool:
    return cell.lower().endswith(_PICTURES) and "://" not in cell and not cell.startswith(("data:", "/media/"))


def checked(app: App, inputs: Inputs, seed: int, *, accept_underpay: bool = False) -> Checked:
    """All that is wrong or doubtful about the inputs, each with its place, said on stderr."""
    from crowdbroker.broker.check import check, check_wage

    found = check(inputs.project, inputs.template, inputs.items, inputs.gold, tariff=app.tariff, seed=seed)
    check_wage(app.existing_store, inputs.project, found, accept_underpay=accept_underpay)
    found.errors = [_placed(error, inputs) for error in found.errors]
    for warning in found.warnings:
        note(f"Warning: {warning}.")
    for error in found.errors:
        note(f"Error: {error}")
    return found


def placed(error: InputError, project_file: Path) -> InputError:
    """The error with the Project's file and line as its place, where it names a setting and no file."""
    from crowdbroker.formats.project_toml import line_of_setting

    if error.file is not None or error.field is None:
        return error
    row = line_of_setting(project_file, error.field)
    return InputError(_words(error), file=project_file, row=row, field=error.field, remedy=error.remedy)


def _placed(error: InputError, inputs: Inputs) -> InputError:
    if error.field == "id" and error.file is None:
        return InputError(_words(error), file=inputs.gold_file, field="id", remedy=error.remedy)
    return placed(_missing_column(error, inputs), inputs.project_file)


def _words(error: InputError) -> str:
    """The message without the place that it begins with."""
    return error.message.partition(": ")[2]


def _missing_column(error: InputError, inputs: Inputs) -> InputError:
    """A template's error over a column that a file lacks, with that file as its place."""
    files = ((inputs.data_file, inputs.items), (inputs.gold_file, inputs.gold))
    lacking = next((path for path, rows in files if rows and error.field not in rows[0].data), None)
    if error.file != inputs.template.entry or error.field is None or lacking is None:
        return error
    shown = f"no such column, and the template shows it ({error.file}, row {error.row})"
    return InputError(shown, file=lacking, row=1, field=error.field, remedy=error.remedy)
