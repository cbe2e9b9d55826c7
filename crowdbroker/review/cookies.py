"""The two cookies: the session of somebody who is signed in, and a visitor's mark for the forms before that."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.review.sessions import ABSOLUTE

SESSION = "review_session"
VISITOR = "review_visitor"


def browser_of(request: Request) -> str:
    """What tells this browser from others, or an empty text where it has no cookie of ours."""
    return request.cookies.get(SESSION) or request.cookies.get(VISITOR) or ""


def form_token(browser: str) -> str:
    """The token of this browser's forms: who does not know the cookie cannot make it, and it tells nothing of it."""
    return hmac.new(browser.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(browser: str, token: str) -> bool:
    """Whether a form came from a page that this browser was given."""
    return bool(browser) and hmac.compare_digest(form_token(browser).encode(), token.encode())


def new_visitor() -> str:
    """A fresh visitor's mark."""
    return secrets.token_urlsafe(32)


def set_visitor(response: Response, visitor: str, *, secure: bool) -> None:
    """Mark the browser; the mark goes when the browser closes."""
    response.set_cookie(VISITOR, visitor, httponly=True, samesite="lax", secure=secure)


def set_session(response: Response, token: str, *, secure: bool) -> None:
    """Hand the session's token to the browser, out of reach of scripts and of requests from other sites."""
    age = int(ABSOLUTE.total_seconds())
    response.set_cookie(SESSION, token, max_age=age, httponly=True, samesite="lax", secure=secure)


def clear_session(response: Response) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(SESSION, httponly=True, samesite="lax")
