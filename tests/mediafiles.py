"""Small files of every kind that a marketplace shows, real by their first bytes alone, and archives of them."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crowdbroker.errors import InputError

PNG = b"\x89PNG\r\n\x1a\n" + b"one"
OTHER_PNG = PNG + b" more"
JPEG = b"\xff\xd8\xff\xe0 jpeg"
SVG = b'<?xml version="1.0"?><!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
SAMPLES = {
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "gif": b"GIF89a...",
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "svg": SVG,
    "mp3": b"ID3\x04",
    "mp4": b"\0\0\0\x18ftypisom",
    "ogg": b"OggS\0",
    "wav": b"RIFF\x10\0\0\0WAVEfmt ",
    "pdf": b"%PDF-1.7",
    "txt": "Grüße".encode(),
}


def zipped(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def address(content: bytes, extension: str = "png") -> str:
    return f"/media/{hashlib.sha256(content).hexdigest()}.{extension}"


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    return str(caught.value)
