"""Pictures, sound and films that a table names: copied to where the marketplace serves them, or put into a page."""

from __future__ import annotations

import mimetypes
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crowdbroker.cli.mistakes import without_place
from crowdbroker.cli.source_files import Files
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.domain.model import Item
    from crowdbroker.domain.project import Project
    from crowdbroker.mturk.page import PageTemplate

_ALWAYS_FILES = ("image", "audio", "video")
_MAYBE_FILES = ("left", "right")
_ADDRESS = re.compile(r"https?:|data:|/media/", re.IGNORECASE)
_SERVED = re.compile(r"/media/([0-9a-f]{64}\.[a-z0-9]+)")


def with_media(
    app: App, project: Project, template: PageTemplate, items: list[Item], source: Path, files: Files
) -> list[Item]:
    """The Items with the files that they name copied to where the marketplace serves them.

    Args:
        source: the table that the Items came from, or a folder or archive of pictures.

    Raises:
        InputError: a file is missing, lies outside the table's folder or is of no served kind, or the profile's
            marketplace cannot show what lies on this machine.
    """
    from crowdbroker.formats.media import MEDIA_PATH

    for column in _columns(project, template, items, source.parent):
        items = _published(items, column, source, files)
    if app.profile.hosted and any(cell.startswith(MEDIA_PATH) for item in items for cell in item.data.values()):
        raise InputError(
            "its pictures lie on this machine, and the profile's marketplace cannot show them",
            file=source,
            remedy="Put them on a web server and give their https addresses.",
        )
    return items


def with_pictures_inside(page: str, media_dir: Path) -> str:
    """A page that shows its pictures wherever it is opened: their content stands in it."""

    def content(found: re.Match[str]) -> str:
        kind = mimetypes.guess_type(found[1])[0] or "application/octet-stream"
        return f"data:{kind};base64,{b64encode((media_dir / found[1]).read_bytes()).decode()}"

    return _SERVED.sub(content, page)


def _columns(project: Project, template: PageTemplate, items: list[Item], folder: Path) -> Iterator[str]:
    """The columns that name files, of those that the template shows."""
    names = [*_ALWAYS_FILES, *_MAYBE_FILES] if template.placeholders is None else template.placeholders.columns
    for name in names:
        column = project.template.columns.get(name, name)
        cells = [item.data.get(column, "").strip() for item in items]
        named = [cell for cell in cells if cell and not _ADDRESS.match(cell)]
        # One's own template may make an address of a file's name, and `left` may be a text: what is there decides.
        if named and ((template.placeholders is None and name in _ALWAYS_FILES) or _any_is_there(named, folder)):
            yield column


def _any_is_there(cells: list[str], folder: Path) -> bool:
    from crowdbroker.formats.media_store import MEDIA, extension_of

    return any((folder / cell.replace("\\", "/")).is_file() for cell in cells if extension_of(cell) in MEDIA)


def _published(items: list[Item], column: str, source: Path, files: Files) -> list[Item]:
    from crowdbroker.formats.media import publish_media

    empty = {item.key for item in items if not item.data.get(column, "").strip()}
    named = [item for item in items if item.key not in empty]
    try:
        made = publish_media(named, column, source.parent, files.media_dir)
    except InputError as error:
        raise _with_row(error, items, column, source, files) from error
    by_key = {item.key: item for item in made}
    return [by_key.get(item.key, item) for item in items]


def _with_row(error: InputError, items: list[Item], column: str, source: Path, files: Files) -> InputError:
    """The error with the table's row as its place; one over a file's content names that file already."""
    from crowdbroker.formats.csv_table import read_table

    if error.file is not None:
        return error
    told = without_place(error)
    place = next((number for number, item in enumerate(items) if told.startswith(f"Item {item.key!r}: ")), None)
    rows = read_table(source, encoding=files.encoding, delimiter=files.delimiter).rows
    row = None if place is None else rows[place].line
    return InputError(told, file=source, row=row, field=column, remedy=error.remedy)
