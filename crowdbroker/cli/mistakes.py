"""What is wrong with inputs, each mistake with its place, said on stderr before anything is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crowdbroker.cli.output import note
from crowdbroker.cli.page_markup import check_markup
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.check import Checked
    from crowdbroker.cli.inputs import Inputs


def checked(
    app: App, inputs: Inputs, seed: int, *, accept_underpay: bool = False, left_cents: int | None = None
) -> Checked:
    """All that is wrong or doubtful about the inputs, each with its place, said on stderr."""
    from crowdbroker.broker.check import check, check_wage

    found = check(
        inputs.project, inputs.template, inputs.items, inputs.gold, tariff=app.tariff, seed=seed, left_cents=left_cents
    )
    check_wage(app.existing_store, inputs.project, found, accept_underpay=accept_underpay)
    check_markup(inputs, found)
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
    return InputError(without_place(error), file=project_file, row=row, field=error.field, remedy=error.remedy)


def without_place(error: InputError) -> str:
    """The message without the place that it begins with."""
    return error.message.partition(": ")[2]


def _placed(error: InputError, inputs: Inputs) -> InputError:
    if error.field == "id" and error.file is None:
        return InputError(without_place(error), file=inputs.gold_file, field="id", remedy=error.remedy)
    return placed(_missing_column(error, inputs), inputs.project_file)


def _missing_column(error: InputError, inputs: Inputs) -> InputError:
    """A template's error over a column that a file lacks, with that file as its place."""
    files = ((inputs.data_file, inputs.items), (inputs.gold_file, inputs.gold))
    lacking = next((path for path, rows in files if rows and error.field not in rows[0].data), None)
    if error.file != inputs.template.entry or error.field is None or lacking is None:
        return error
    shown = f"no such column, and the template shows it ({error.file}, row {error.row})"
    # A folder or an archive of pictures has no header.
    row = None if lacking.is_dir() or lacking.suffix.lower() == ".zip" else 1
    return InputError(shown, file=lacking, row=row, field=error.field, remedy=error.remedy)
