"""A QuestionForm as the page in a frame: rendered by us, without a word of the requester's script."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace.question_form import Problem, QuestionForm, render
from crowdbroker.marketplace.site import headers
from crowdbroker.marketplace.site.pages import Site, show
from crowdbroker.marketplace.site.question import SUBMIT_PATH

HAS_PROBLEMS = 422


def form_page(
    site: Site,
    request: Request,
    title: str,
    form: QuestionForm,
    base: str,
    *,
    can_submit: bool = True,
    fields: Sequence[tuple[str, str]] = (),
    problems: Sequence[Problem] = (),
) -> Response:
    """Return the page of a form.

    Args:
        title: the HIT's, by which the page is announced.
        base: what `turkSubmitTo` says.
        can_submit: False in a preview.
        fields, problems: what was sent before and what was wrong with it; nothing of it is lost.
    """
    html = render(form, action=base + SUBMIT_PATH, fields=fields, problems=problems, can_submit=can_submit)
    status = HAS_PROBLEMS if problems else 200
    page = show(
        site,
        request,
        "question_form.html",
        status=status,
        marks_visitors=False,
        title=title,
        form=Markup(html),  # noqa: S704 - `render` escapes and cleans
    )
    page.headers["content-security-policy"] = headers.QUESTION_FORM
    page.headers["referrer-policy"] = "no-referrer"
    return page
