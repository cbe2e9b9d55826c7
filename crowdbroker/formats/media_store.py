"""A folder of media files, each under the SHA-256 of its content: what the marketplace serves at `/media/`.

Copying is atomic and never replaces a file, so that any number of loads may share one folder. A file that is not what
its extension says is refused before it gets a name.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from crowdbroker.errors import InputError

MB = 1_000_000
PICTURE_BYTES = 50 * MB
OTHER_BYTES = 1_000 * MB

_HEAD_BYTES = 65_536
_CHUNK_BYTES = 1_048_576

Looks = Callable[[bytes], bool]


def _begins(*magic: bytes) -> Looks:
    return lambda head: head.startswith(magic)


def _riff(kind: bytes) -> Looks:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


def _is_svg(head: bytes) -> bool:
    return re.search(rb"<(?:\w+:)?svg[\s>/]", head) is not None


def _is_mp3(head: bytes) -> bool:
    # A tag, or the eleven set bits with which every MPEG audio frame begins.
    return head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


_JPEG = _begins(b"\xff\xd8\xff")

PICTURES: dict[str, Looks] = {
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": _riff(b"WEBP"),
    "svg": _is_svg,
}
"""Extensions of pictures, and how the first bytes of each kind look."""

MEDIA: dict[str, Looks] = PICTURES | {
    "mp3": _is_mp3,
    "mp4": lambda head: head[4:8] == b"ftyp",
    "ogg": _begins(b"OggS"),
    "wav": _riff(b"WAVE"),
    "pdf": lambda head: b"%PDF-" in head[:1024],
    "txt": lambda head: b"\0" not in head,
}
"""Extensions of everything that the marketplace serves."""


def extension_of(name: str) -> str:
    """The extension of a file's name in small letters, without its dot; empty when it has none."""
    return Path(name).suffix[1:].lower()


def most_bytes(extension: str) -> int:
    """The size that a file of this extension may have."""
    return PICTURE_BYTES if extension in PICTURES else OTHER_BYTES


def keep(source: IO[bytes], name: str, media_dir: Path) -> str:
    """Copy a file into the folder and return its new name, `<sha256>.<extension>`.

    Args:
        source: open for reading, at its beginning.
        name: what the person calls the file, for its extension and for errors.
        media_dir: made when it is missing.

    Raises:
        InputError: the content is not what the extension says, is too large, or cannot be read or stored.
    """
    part = media_dir / f".{uuid.uuid4().hex}.part"
    try:
        media_dir.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as sink:
            kept = f"{_copy(source, sink, name)}.{extension_of(name)}"
        if not (media_dir / kept).exists():
            part.replace(media_dir / kept)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"cannot be copied to {media_dir}: {reason}", file=name) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(
            f"cannot be unpacked: {error}", file=name, remedy="Make the archive again; it is damaged."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return kept


def _copy(source: IO[bytes], sink: IO[bytes], name: str) -> str:
    """Copy and return the SHA-256 in hex."""
    limit, digest, size = most_bytes(extension_of(name)), hashlib.sha256(), 0
    chunk = source.read(_HEAD_BYTES)
    _refuse_other_kind(chunk, name)
    while chunk:
        size += len(chunk)
        refuse_size(size, limit, name)
        digest.update(chunk)
        sink.write(chunk)
        chunk = source.read(_CHUNK_BYTES)
    sink.flush()
    # The name promises this content for ever, also after a power cut.
    os.fsync(sink.fileno())
    return digest.hexdigest()


def refuse_size(size: int, limit: int, name: str) -> None:
    """Raise InputError when a file has more bytes than it may."""
    if size > limit:
        raise InputError(f"larger than {limit // MB:,} MB", file=name, remedy="Make it smaller, or leave it out.")


def _refuse_other_kind(head: bytes, name: str) -> None:
    extension = extension_of(name)
    if not MEDIA[extension](head):
        kinds = [kind for kind, looks in MEDIA.items() if kind != "txt" and looks(head)]
        found = f"it looks like {kinds[0]}" if kinds else "its content is something else"
        raise InputError(
            f"not a {extension} file: {found}" if head else f"not a {extension} file: it is empty",
            file=name,
            remedy="Give it the right extension, or leave it out.",
        )
