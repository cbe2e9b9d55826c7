"""Charts as files, for slides and papers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crowdbroker.errors import InputError
from crowdbroker.formats.atomic import replace_files
from crowdbroker.reports.plots.rendering import png, svg


def write_plots(charts: Iterable[tuple[str, Any]], folder: Path) -> list[Path]:
    """Write each chart as NAME.svg and NAME.png, light, into a folder that is made where it is missing.

    Args:
        charts: names without their ending, and what is drawn.

    Raises:
        InputError: the extra `report` is not installed, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder {folder} cannot be made: {error.strerror}", remedy="Name one that you may write."
        ) from error
    written = []
    for name, drawn in charts:
        picture = folder / f"{name}.svg"
        _write(picture, svg(drawn))
        (folder / f"{name}.png").write_bytes(png(drawn))
        written += [picture, folder / f"{name}.png"]
    return written


def _write(path: Path, text: str) -> None:
    replace_files([(path, lambda sink: sink.write(text))])
