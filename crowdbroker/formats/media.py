"""Pictures as a dataset, from a folder or a ZIP archive, and the files that a CSV names, made ready to be served."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from crowdbroker.domain.model import Item
from crowdbroker.errors import InputError
from crowdbroker.formats.media_store import MB, MEDIA, PICTURES, extension_of, keep, most_bytes, refuse_size
from crowdbroker.formats.picture_sources import PictureSource, open_source

ALL_BYTES = 20_000 * MB
MEDIA_PATH = "/media/"

_ELSEWHERE = re.compile(r"https?://|data:", re.IGNORECASE)
_PUBLISHED = re.compile(r"/media/[0-9a-f]{64}\.[a-z0-9]+")
_NAMED = 5


@dataclass(frozen=True)
class PictureItems:
    """A dataset of pictures.

    Attributes:
        items: in the order of their keys.
        warnings: one sentence each, for the person who loads them.
    """

    items: list[Item]
    warnings: list[str]


def read_picture_items(path: Path, media_dir: Path) -> PictureItems:
    """The Items of a folder or a .zip of pictures, which are copied into `media_dir`.

    An Item's key is the picture's path inside the folder, with `/` and without its extension; its data are `image`, the
    address at the marketplace, and `file`, the picture's own path. Hidden files are passed over.

    Raises:
        InputError: there is no picture, two would have one key, one is not what its extension says, or a limit or a
            safety rule is broken. Some files may have been copied then; that does no harm.
    """
    with open_source(path, without=media_dir) as source:
        pictures = sorted(name for name in source.names if extension_of(name) in PICTURES)
        by_key = _by_key(pictures, path)
        _refuse_sizes(source, pictures, path)
        kept = {name: _keep(source, name, path, media_dir) for name in pictures}
        others = sorted(set(source.names) - set(pictures))
    items = [Item(key, {"image": MEDIA_PATH + kept[name], "file": name}) for key, name in sorted(by_key.items())]
    return PictureItems(items, [*_about_others(others), *_about_duplicates(kept)])


def publish_media(items: Sequence[Item], column: str, base: Path, media_dir: Path) -> list[Item]:
    """The Items with the files that a column names copied into `media_dir` and its cells turned into addresses.

    Cells that are http, https or data addresses, or were published before, stay as they are.

    Args:
        base: the folder from which the names count, usually that of the CSV file. Files outside are not published.

    Raises:
        InputError: an Item lacks the column, or names a file that is missing, outside `base` or not of a served kind.
    """
    published: dict[Path, str] = {}
    return [replace(item, data=_with_address(item, column, base, media_dir, published)) for item in items]


def _with_address(item: Item, column: str, base: Path, media_dir: Path, published: dict[Path, str]) -> dict[str, str]:
    if column not in item.data:
        raise _wrong(item, column, "there is no such column")
    cell = item.data[column].strip()
    if _ELSEWHERE.match(cell) or _PUBLISHED.fullmatch(cell):
        return dict(item.data)
    file = _named_file(item, column, base)
    if file not in published:
        published[file] = MEDIA_PATH + _publish(item, column, file, media_dir)
    return dict(item.data) | {column: published[file]}


def _publish(item: Item, column: str, file: Path, media_dir: Path) -> str:
    try:
        source = file.open("rb")
    except OSError as error:
        raise _wrong(item, column, f"{file} cannot be read: {error.strerror}") from error
    with source:
        return keep(source, str(file), media_dir)


def _named_file(item: Item, column: str, base: Path) -> Path:
    """Return the file that a cell names; a table made on Windows has `\\` between folders."""
    name = item.data[column].strip().replace("\\", "/")
    if extension_of(name) not in MEDIA:
        raise _wrong(item, column, f"{name!r} is no file of a served kind ({', '.join(MEDIA)})")
    try:
        file = base / name
        # A table that somebody sent must not publish what lies elsewhere on this machine.
        if not file.resolve().is_relative_to(base.resolve()):
            raise _wrong(item, column, f"{name!r} lies outside {base}")
        if not file.is_file():
            raise _wrong(item, column, f"there is no file {name!r} in {base}")
    except (OSError, ValueError, RuntimeError):
        raise _wrong(item, column, f"{name!r} cannot be a file's name") from None
    return file


def _wrong(item: Item, column: str, what: str) -> InputError:
    return InputError(
        f"Item {item.key!r}: {what}",
        field=column,
        remedy="Name files by their paths from the table's folder, or give addresses that begin with https://.",
    )


def _by_key(names: Sequence[str], path: Path) -> dict[str, str]:
    """Return names by key. Raises InputError when there is none, or two have one key."""
    if not names:
        raise InputError("no picture in it", file=path, remedy=f"Pictures end in {', '.join(PICTURES)}.")
    by_key: dict[str, str] = {}
    for name in names:
        key = str(PurePosixPath(name).with_suffix(""))
        if key in by_key:
            raise InputError(
                f"{by_key[key]!r} and {name!r} would both be the Item {key!r}", file=path, remedy="Rename one of them."
            )
        by_key[key] = name
    return by_key


def _refuse_sizes(source: PictureSource, names: Sequence[str], path: Path) -> None:
    sizes = {name: source.size_of(name) for name in names}
    for name, size in sizes.items():
        refuse_size(size, most_bytes(extension_of(name)), f"{path}/{name}")
    refuse_size(sum(sizes.values()), ALL_BYTES, str(path))


def _keep(source: PictureSource, name: str, path: Path, media_dir: Path) -> str:
    with source.open(name) as picture:
        return keep(picture, f"{path}/{name}", media_dir)


def _about_others(names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"Passed over, no pictures: {', '.join(names[:_NAMED])}{more}."


def _about_duplicates(kept: Mapping[str, str]) -> Iterator[str]:
    """Tell which pictures have the same content; the extension does not count."""
    by_content: dict[str, list[str]] = {}
    for name, file in kept.items():
        by_content.setdefault(Path(file).stem, []).append(name)
    for same in by_content.values():
        if len(same) > 1:
            yield f"The same picture under {len(same)} names, each an Item of its own: {', '.join(same)}."
