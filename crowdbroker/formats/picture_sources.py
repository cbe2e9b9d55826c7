"""Where pictures come from: a folder or a ZIP archive, as names with `/` and a way to read each of them.

Nothing is ever unpacked by its name: a member's bytes go to whoever reads them. Names are still checked, because they
become keys of Items.
"""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from crowdbroker.errors import InputError

MOST_RATIO = 100
# Below this size no ratio does harm, and a small drawing of few words packs very well.
RATIO_FREE_BYTES = 1_000_000

_UTF8_NAMES = 0x800
# Encrypted, patched or strongly encrypted: what zipfile cannot read without more.
_UNREADABLE = 0x1 | 0x20 | 0x40
_DRIVE = re.compile(r"[A-Za-z]:")


class PictureSource(Protocol):
    """Files by name: paths inside the folder or archive, with `/`, none hidden."""

    @property
    def names(self) -> list[str]: ...

    def size_of(self, name: str) -> int: ...

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]: ...


@dataclass(frozen=True)
class FolderSource:
    """The files of a folder and of the folders in it."""

    files: Mapping[str, Path]

    @property
    def names(self) -> list[str]:
        """Every name, unordered."""
        return list(self.files)

    def size_of(self, name: str) -> int:
        """The size of a file in bytes."""
        return self.files[name].stat().st_size

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The file, open for reading."""
        return self.files[name].open("rb")


@dataclass(frozen=True)
class ZipSource:
    """The members of an archive that is open."""

    archive: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]

    @property
    def names(self) -> list[str]:
        """Every name, unordered."""
        return list(self.members)

    def size_of(self, name: str) -> int:
        """The size that the archive promises; zipfile gives no byte more."""
        return self.members[name].file_size

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The unpacked content, open for reading."""
        return self.archive.open(self.members[name])


@contextmanager
def open_source(path: Path, *, without: Path) -> Iterator[PictureSource]:
    """Give the files of a folder or .zip, open until the block ends.

    Args:
        without: a folder whose files do not count, should it lie inside.

    Raises:
        InputError: there is no such folder or archive, or it breaks a safety rule.
    """
    try:
        if path.is_dir():
            yield FolderSource(_files(path, without.resolve()))
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield ZipSource(archive, _members(archive, path))
        else:
            raise InputError("neither a folder nor a .zip archive", file=path, remedy="Name one that holds pictures.")
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise InputError(f"a damaged archive: {error}", file=path, remedy="Make the archive again.") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=error.filename or path) from error


def _files(folder: Path, without: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for where, folders, names in os.walk(folder, onerror=_raise):
        here = Path(where)
        folders[:] = [name for name in folders if not _is_hidden(name) and (here / name).resolve() != without]
        for name in names:
            if not _is_hidden(name) and (here / name).is_file():
                inside = _checked((here / name).relative_to(folder).as_posix(), folder)
                _refuse_second(inside, found, folder)
                found[inside] = here / name
    return found


def _raise(error: OSError) -> None:
    raise error


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    found: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = _checked(_name_of(member), path)
        if any(map(_is_hidden, PurePosixPath(name).parts)):
            continue
        _refuse_second(name, found, path)
        _refuse_trap(member, name, path)
        found[name] = member
    # Members that share their packed bytes look harmless one by one.
    _refuse_ratio(sum(member.file_size for member in members), path.stat().st_size, "the whole", path)
    return found


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's name; many programs write UTF-8 without saying so, or `\\` between folders."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAMES:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _checked(name: str, path: Path) -> str:
    """Return a name in NFC, as people type it; macOS stores letters and accents apart."""
    parts = [part for part in name.split("/") if part != "."]
    is_unsafe = ".." in parts or "" in parts or _DRIVE.fullmatch(parts[0])
    if is_unsafe or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise InputError(f"the file name {name!r} is not safe", file=path, remedy="Rename the file, or leave it out.")
    return unicodedata.normalize("NFC", "/".join(parts))


def _refuse_second(name: str, found: Mapping[str, object], path: Path) -> None:
    if name in found:
        raise InputError(f"two files in it have the name {name!r}", file=path, remedy="Rename one of them.")


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == "__MACOSX"


def _refuse_trap(member: zipfile.ZipInfo, name: str, path: Path) -> None:
    if member.flag_bits & _UNREADABLE:
        raise InputError(f"{name!r} is encrypted", file=path, remedy="Make the archive without a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"{name!r} is packed in a rare way", file=path, remedy="Make the archive with Deflate.")
    _refuse_ratio(member.file_size, member.compress_size, repr(name), path)


def _refuse_ratio(size: int, packed: int, what: str, path: Path) -> None:
    if size > RATIO_FREE_BYTES and size > MOST_RATIO * packed:
        raise InputError(
            f"{what} would unpack to more than {MOST_RATIO} times its size",
            file=path,
            remedy="No archive of pictures does that; do not use it.",
        )
