"""Reading request bodies without ever holding more than a limit."""

from __future__ import annotations

from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

FORM_LIMIT = 64 * 1024
SUBMISSION_LIMIT = 1024 * 1024


async def read_capped(request: Request, limit: int) -> bytes | None:
    """Return the body, or None when it is longer than `limit` bytes.

    What comes after the limit is read and dropped, because a client that is still sending may not see our answer.
    """
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= limit:
            body += chunk
    return bytes(body) if len(body) <= limit else None


async def read_fields(request: Request, limit: int) -> list[tuple[str, str]] | None:
    """Return the fields of a form in document order, or None when the body is too long or no form.

    Of a file only its name is kept, as in a form that is not sent as multipart.
    """
    body = await read_capped(request, limit)
    if body is None:
        return None

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(request.scope, replay).form(max_fields=10_000, max_part_size=limit) as form:
            fields = form.multi_items()
    except (MultiPartException, UnicodeDecodeError):
        return None
    return [(name, value if isinstance(value, str) else value.filename or "") for name, value in fields]
