"""A Project's TOML file, with errors that name file, line and setting."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError

from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.formats.validation import explain


def read_project(path: Path) -> Project:
    """The Project that a TOML file states.

    Raises:
        InputError: the file is missing, no TOML, or has a wrong, missing or unknown setting.
    """
    text = _text(path)
    try:
        return Project.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        row = re.search(r"at line (\d+)", str(error))
        raise InputError(
            f"no TOML: {error}", file=path, row=int(row.group(1)) if row else None, remedy="Correct this line."
        ) from error
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        setting = ".".join(str(part) for part in place if isinstance(part, str))
        raise InputError(
            explain(error, Project).removeprefix(f"{setting}: "),
            file=path,
            row=_line_of(text, place),
            field=setting or None,
            remedy="Correct the setting; `crowdbroker init` writes a Project that runs.",
        ) from error


def line_of_setting(path: Path, setting: str) -> int | None:
    """The line of a Project's file that sets, for instance, `gold.per_hit`; None where the file does not show it."""
    return _line_of(_text(path), tuple(setting.split(".")))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}", file=path, remedy="Save the file as UTF-8.") from error
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", file=path, remedy="Give the path of a Project's TOML file."
        ) from error


def _line_of(text: str, place: tuple[int | str, ...]) -> int | None:
    """The line that sets the last named key of `place`, or None where the file does not show it."""
    names = [part for part in place if isinstance(part, str)]
    if not names:
        return None
    table = ".".join(names[:-1])
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        here = header.group(1) if header else here
        if here == table and re.match(rf"\s*[\"']?{re.escape(names[-1])}[\"']?\s*=", line):
            return number
    return None
