"""The frame that holds a requester's question, and the address to which its page submits.

MTurk gives a question's page its Assignment as query parameters and a base address, `turkSubmitTo`, to post to. Our
base address carries a signed token, because a page in a sandboxed frame has no cookies to say who submits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request

from crowdbroker.marketplace.site.pages import Site
from crowdbroker.marketplace.site.tokens import Grant
from crowdbroker.marketplace.worker import Held, Preview

NOT_ACCEPTED = "ASSIGNMENT_ID_NOT_AVAILABLE"
SUBMIT_PATH = "/mturk/externalSubmit"

# Twenty years of templates name Amazon's hosts; their forms and their helper script must reach us instead.
_AMAZON_SUBMIT = re.compile(r"https?://(?:www|workersandbox)\.mturk\.com/mturk/externalSubmit", re.IGNORECASE)
_AMAZON_SCRIPT = re.compile(r"(?:https?:)?//s3\.amazonaws\.com/mturk-public/externalHIT_v1\.js", re.IGNORECASE)


@dataclass(frozen=True)
class Frame:
    """An iframe: its address, its height in pixels (0: as tall as fits) and whether the page is the requester's own.

    Attributes:
        is_external: the page lives at another origin, which may therefore be its own origin inside the frame.
    """

    address: str
    height: int
    is_external: bool


def work_address(site: Site, request: Request, held: Held) -> Frame:
    """Return the frame of an accepted Assignment."""
    grant = Grant("assignment", held.assignment_id, held.worker_id)
    return _frame(site, request, grant, held, held.assignment_id)


def preview_address(site: Site, request: Request, hit: Preview, worker_id: str) -> Frame:
    """Return the frame of a HIT that is not accepted; it cannot submit."""
    return _frame(site, request, Grant("preview", hit.hit_id, worker_id), hit, NOT_ACCEPTED)


def submit_base(site: Site, request: Request, grant: Grant) -> str:
    """Return `turkSubmitTo`: absolute, and without a slash at the end."""
    return f"{site.url(request)}/w/{site.tokens.for_submission(grant)}"


def rewrite(html: str, base: str, site_url: str) -> str:
    """Return a question's HTML with Amazon's addresses replaced by ours."""
    # Replacing through a function keeps a backslash in an address from being read as a group reference.
    html = _AMAZON_SUBMIT.sub(lambda _: base + SUBMIT_PATH, html)
    return _AMAZON_SCRIPT.sub(lambda _: site_url + "/static/externalHIT_v1.js", html)


def _frame(site: Site, request: Request, grant: Grant, hit: Held | Preview, assignment_id: str) -> Frame:
    parameters = urlencode(
        {
            "assignmentId": assignment_id,
            "hitId": hit.hit_id,
            "workerId": grant.worker_id,
            "turkSubmitTo": submit_base(site, request, grant),
        }
    )
    if hit.external_url is not None:
        return Frame(_with_parameters(hit.external_url, parameters), hit.frame_height, is_external=True)
    return Frame(f"/frame/{site.tokens.for_frame(grant)}?{parameters}", hit.frame_height, is_external=False)


def _with_parameters(url: str, parameters: str) -> str:
    """Return an address with parameters behind its own and before its fragment (API reference, ExternalQuestion)."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"}:
        return "about:blank"  # an address such as javascript: must never reach a page of ours
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, parameters)))))
