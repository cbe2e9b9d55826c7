"""The site's two cookies: the session of a worker who is signed in, and a visitor's mark for the forms before that."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace.accounts import ABSOLUTE_MS

SESSION = "worker_session"
VISITOR = "worker_visitor"


def browser_of(request: Request) -> str:
    """Return what tells this browser from others, or an empty string when it has no cookie of ours."""
    return request.cookies.get(SESSION) or request.cookies.get(VISITOR) or ""


def new_visitor() -> str:
    """Return a fresh visitor's mark."""
    return secrets.token_urlsafe(16)


def set_visitor(response: Response, visitor: str, *, secure: bool) -> None:
    """Mark the browser; the mark goes when the browser closes."""
    response.set_cookie(VISITOR, visitor, httponly=True, samesite="lax", secure=secure)


def set_session(response: Response, token: str, *, secure: bool) -> None:
    """Hand the session token to the browser, out of reach of scripts and of requests from other sites."""
    response.set_cookie(SESSION, token, max_age=ABSOLUTE_MS // 1000, httponly=True, samesite="lax", secure=secure)


def clear_session(response: Response) -> None:
    """Take the session token from the browser."""
    response.delete_cookie(SESSION, httponly=True, samesite="lax")
