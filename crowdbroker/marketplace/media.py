"""Files that requesters' pages show: pictures, sound, texts, each named by its SHA-256 and so never changed.

They are served without a session, because a question's frame has none: who knows a file's digest may read it. Nothing
here runs: the answer's policy puts even an SVG that is opened by itself into a sandbox without scripts.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

KINDS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "pdf": "application/pdf",
    "txt": "text/plain",
}

_NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(KINDS)})")
_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    # The sandboxed frame of a question is an origin of its own, to which our files are another origin's.
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "public, max-age=31536000, immutable",
}


def media_route(media_dir: Path | None) -> Route:
    """Return the route of `/media/<sha256>.<extension>`; without a folder it has no file."""
    return Route("/media/{name}", _page(media_dir), methods=["GET"])


def media_file(media_dir: Path, name: str) -> Path | None:
    """Return the file of that name, or None when the name is not exactly of our form or names no ordinary file."""
    if not _NAME.fullmatch(name):
        return None
    path = media_dir / name
    try:
        # Not followed: a link could lead out of the folder.
        return path if stat.S_ISREG(path.lstat().st_mode) else None
    except OSError:
        return None


def _page(media_dir: Path | None) -> Callable[[Request], Response]:
    def send(request: Request) -> Response:
        path = None if media_dir is None else media_file(media_dir, request.path_params["name"])
        if path is None:
            return PlainTextResponse("There is no such file.", 404, {"cache-control": "no-store"})
        return FileResponse(path, headers=_HEADERS, media_type=KINDS[path.suffix[1:]])

    return send
