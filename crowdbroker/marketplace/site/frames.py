"""What question frames ask of the site: the requester's HTML, and taking a submission.

Neither knows a session: a sandboxed frame sends no cookies, so the signed token in the path is what speaks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.site import headers
from crowdbroker.marketplace.site.bodies import SUBMISSION_LIMIT, read_fields
from crowdbroker.marketplace.site.pages import Site, show
from crowdbroker.marketplace.site.question import NOT_ACCEPTED, submit_base
from crowdbroker.marketplace.site.question_forms import form_page
from crowdbroker.marketplace.site.rewriting import rewrite
from crowdbroker.marketplace.site.tokens import Grant

Fields = list[tuple[str, str]]

ONLY_A_PREVIEW = "This was only a preview. Accept the HIT first, then answer and submit."
NO_SUCH_ADDRESS = "This submit address is not one of ours. Open the HIT again from your queue."
OTHER_ASSIGNMENT = "The page sent its answer for another Assignment than the one that it shows."
ALREADY = "This Assignment is already submitted. Your first answer stands."
BUSY = "The marketplace is busy. Reload this page to send your answer again."
TOO_LONG = "The answer is longer than one megabyte, or it is no form that can be read."


def frame(site: Site, request: Request) -> Response:
    """Show the page of a question, in an origin of its own."""
    grant = site.tokens.read_frame(request.path_params["token"])
    try:
        hit = _hit(site, grant)
    except worker.WorkError as refusal:
        return _reply(site, request, "Not to be seen", str(refusal), status=409)
    if grant is None or hit is None or hit.external_url is not None:
        return _reply(site, request, "Not found", "There is no question at this address.", status=404)
    base = submit_base(site, request, grant)
    if hit.form is not None:
        return form_page(site, request, hit.title, hit.form, base, can_submit=grant.kind != "preview")
    assert hit.html is not None, "a question is a page, an address or a form"
    page = HTMLResponse(rewrite(hit.html, base, site.url(request)))
    page.headers["content-security-policy"] = headers.QUESTION
    # The address holds the token, and a requester's page may load things from anywhere.
    page.headers["referrer-policy"] = "no-referrer"
    page.headers["cache-control"] = "no-store"
    return page


def external_submit(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """Return the page that takes submissions: by POST as documented, by GET as old templates do."""

    async def take(request: Request) -> Response:
        if request.method == "POST":
            fields = await read_fields(request, SUBMISSION_LIMIT)
        else:
            fields = request.query_params.multi_items()
        return await run_in_threadpool(_take, site, request, fields)

    return take


def _take(site: Site, request: Request, fields: Fields | None) -> Response:
    grant = site.tokens.read_submission(request.path_params["token"])
    refusal = _refusal(grant, fields)
    if grant is None or fields is None or refusal:
        return _refuse(site, request, refusal)
    try:
        worker.submit(site.market, grant.worker_id, grant.subject, fields)
    except worker.AlreadyDone:
        return _refuse(site, request, ALREADY)
    except worker.Incomplete as wrong:
        return _form_again(site, request, grant, fields, wrong)
    except worker.WorkError as error:
        return _refuse(site, request, str(error))
    except OperationalError:
        return _reply(site, request, "Nothing was stored", BUSY, status=503)
    return _reply(site, request, "Submitted", "Thank you, your answer is stored.", assignment_id=grant.subject)


def _refusal(grant: Grant | None, fields: Fields | None) -> str:
    """Return why a submission cannot go to the marketplace at all, or an empty string."""
    if grant is None:
        return NO_SUCH_ADDRESS
    if fields is None:
        return TOO_LONG
    named = {value for name, value in fields if name == "assignmentId"} - {""}
    if grant.kind == "preview" or NOT_ACCEPTED in named:
        return ONLY_A_PREVIEW
    # A template without scripts cannot fill the field in, so its absence says nothing; a wrong one does.
    return OTHER_ASSIGNMENT if named - {grant.subject} else ""


def _hit(site: Site, grant: Grant | None) -> worker.Held | worker.Preview | None:
    if grant is None:
        return None
    if grant.kind == "preview":
        return worker.preview(site.market, grant.worker_id, grant.subject)
    return worker.get_held(site.market, grant.worker_id, grant.subject)


def _form_again(site: Site, request: Request, grant: Grant, fields: Fields, wrong: worker.Incomplete) -> Response:
    """Give the form back with everything that was sent, and what is wrong with it."""
    try:
        held = worker.get_held(site.market, grant.worker_id, grant.subject)
    except worker.WorkError as error:
        return _refuse(site, request, str(error))
    assert held.form is not None, "only a form is found incomplete"
    base = submit_base(site, request, grant)
    return form_page(site, request, held.title, held.form, base, fields=fields, problems=wrong.problems)


def _refuse(site: Site, request: Request, sentence: str) -> Response:
    return _reply(site, request, "Nothing was stored", sentence, status=409)


def _reply(
    site: Site, request: Request, heading: str, sentence: str, *, status: int = 200, assignment_id: str = ""
) -> Response:
    """Return a plain page for the frame, which has no cookies: it gets no visitor's mark either."""
    # A sandboxed frame may not lead its window anywhere, so there the link would be dead; the page around it goes on.
    next_address = f"/done/{assignment_id}" if assignment_id and not _is_framed(request) else ""
    values = {"heading": heading, "sentence": sentence, "good": status == 200, "next_address": next_address}
    page = show(site, request, "reply.html", status=status, marks_visitors=False, **values)
    page.headers["content-security-policy"] = headers.REPLY_IN_FRAME
    return page


def _is_framed(request: Request) -> bool:
    return request.headers.get("sec-fetch-dest") in {"iframe", "frame"}
