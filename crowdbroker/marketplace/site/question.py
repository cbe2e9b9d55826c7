"""The frame that holds a requester's question, and the address to which its page submits.

MTurk gives a question's page its Assignment as query parameters and a base address, `turkSubmitTo`, to post to. Our
base address carries a signed token, because a page in a sandboxed frame has no cookies to say who submits.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request

from crowdbroker.marketplace.questions import NEW_TAB
from crowdbroker.marketplace.site.pages import Site
from crowdbroker.marketplace.site.tokens import Grant
from crowdbroker.marketplace.worker import Held, Preview

NOT_ACCEPTED = "ASSIGNMENT_ID_NOT_AVAILABLE"
SUBMIT_PATH = "/mturk/externalSubmit"

# A page of the requester's in an origin that cannot be named; a form of ours, whose links may open tabs; a page that
# has an origin of its own already.
SANDBOXED = "allow-scripts allow-forms"
FORM = f"{SANDBOXED} allow-popups allow-popups-to-escape-sandbox"
EXTERNAL = f"{SANDBOXED} allow-same-origin"

ON_OUR_HOST = (
    "This question lives at the address of this site itself, so its page could act in your name. It is not shown; "
    "please return it."
)


@dataclass(frozen=True)
class Frame:
    """Where a question is shown.

    Attributes:
        address: of its page, with MTurk's parameters.
        height: of the frame in pixels; 0 is as tall as fits.
        sandbox: what the page in the frame may do.
        is_external: whether the page lives at a requester's own address, which may also be opened in a tab.
        opens_in_tab: whether the requester wants it in a tab of its own and nowhere else.
        problem: why it is not shown at all, or empty.
    """

    address: str
    height: int
    sandbox: str = SANDBOXED
    is_external: bool = False
    opens_in_tab: bool = False
    problem: str = ""


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
        return _external_frame(site, request, hit.external_url, parameters, hit.frame_height)
    sandbox = SANDBOXED if hit.form is None else FORM
    return Frame(f"/frame/{site.tokens.for_frame(grant)}?{parameters}", hit.frame_height, sandbox)


def _external_frame(site: Site, request: Request, url: str, parameters: str, height: int) -> Frame:
    # Cookies know no ports: a page on our host would be sent the worker's session, in a frame or in a tab.
    if _host(url) == _host(site.url(request)):
        return Frame("about:blank", 0, problem=ON_OUR_HOST)
    in_tab = urlsplit(url).fragment == NEW_TAB
    return Frame(_with_parameters(url, parameters), height, EXTERNAL, is_external=True, opens_in_tab=in_tab)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _with_parameters(url: str, parameters: str) -> str:
    """Return an address with parameters behind its own and before its fragment (API reference, ExternalQuestion)."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"}:
        return "about:blank"  # an address such as javascript: must never reach a page of ours
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, parameters)))))
