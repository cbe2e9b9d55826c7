"""Files that are replaced whole: a reader, or a crash, finds the old content or the new one."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from crowdbroker.errors import InputError

Writer = Callable[[TextIO], object]


def replace_files(files: Sequence[tuple[Path, Writer]]) -> None:
    """Write several text files, replacing none before all are complete on the disk.

    Args:
        files: each path with what writes its content; UTF-8, line ends as written. Lone surrogates, which UTF-8 cannot
            hold, become `?`. Links are followed, and permissions of a file that is replaced are kept.

    Raises:
        InputError: a path cannot be written; then all files are as they were, unless the disk failed between the
            renames.
    """
    staged: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for path, writer in files:
            target = _writable(path)
            part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
            staged.append((part, target))
            _stage(part, target, writer)
        for part, target in staged:
            part.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            f"cannot be written: {reason}", file=target, remedy="Choose another path, or close the file."
        ) from error
    finally:
        for part, _ in staged:
            part.unlink(missing_ok=True)


def _writable(path: Path) -> Path:
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise InputError("not an ordinary file", file=path, remedy="Name a file, not a folder or a device.")
    if not target.parent.is_dir():
        raise InputError("its folder does not exist", file=path, remedy=f"Create {target.parent} first.")
    return target


def _stage(part: Path, target: Path, writer: Writer) -> None:
    with part.open("x", encoding="utf-8", errors="replace", newline="") as file:
        writer(file)
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        shutil.copymode(target, part)
