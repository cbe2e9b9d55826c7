"""In and out: signing in, once more before money moves, by a link, and out on one device or all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.errors import CrowdbrokerError, InputError
from crowdbroker.review import cookies, links, sessions
from crowdbroker.review.brakes import TooManyTries
from crowdbroker.review.pages import Review, go, is_https, local_address, show, signed_in
from crowdbroker.review.people import checked_hash

SAID: Mapping[str, str] = {
    "signed-out": "You are signed out.",
    "signed-out-everywhere": "You are signed out on all your devices.",
}

Open = tuple[str, str, Callable[[Review, Request], Response]]


def _sign_in_page(review: Review, request: Request) -> Response:
    return _sign_in_form(review, request, back=local_address(request.query_params.get("next", "/")))


def _sign_in(review: Review, request: Request) -> Response:
    form: dict[str, str] = request.state.form
    name, back = form.get("name", ""), local_address(form.get("next", "/"))
    try:
        person = sessions.sign_in(
            review.store, review.brakes, name, form.get("password", ""), peer=_peer(request), now=review.clock()
        )
    except CrowdbrokerError as problem:
        return _sign_in_form(review, request, back=back, name=name, problem=problem)
    return _enter(review, request, person, back)


def _sign_in_form(
    review: Review, request: Request, *, back: str, name: str = "", problem: CrowdbrokerError | None = None
) -> Response:
    status = 200 if problem is None else 429 if isinstance(problem, TooManyTries) else 422
    person = signed_in(review, request)
    again = person is not None and request.url.path == "/again"
    return show(
        review,
        request,
        "again.html" if again else "sign_in.html",
        status=status,
        person=person if again else None,
        back=back,
        name=name,
        problem=problem,
        at_home=review.at_home,
    )


def _again_page(review: Review, request: Request) -> Response:
    if signed_in(review, request) is None:
        return go("/sign-in")
    return _sign_in_page(review, request)


def _again(review: Review, request: Request) -> Response:
    person = signed_in(review, request)
    if person is None:
        return go("/sign-in")
    # The person cannot change by this form: who holds the browser gives the password of who is signed in.
    request.state.form["name"] = person.name
    return _sign_in(review, request)


def _link_page(review: Review, request: Request) -> Response:
    try:
        link = links.look_at(review.store, request.path_params["token"], review.clock())
    except links.LinkOver as problem:
        return _link_is_over(review, request, problem)
    return show(review, request, "enter.html", link=link, problem=None)


def _use_link(review: Review, request: Request) -> Response:
    token, form = request.path_params["token"], request.state.form
    try:
        link = links.look_at(review.store, token, review.clock())
        try:
            password_hash = None
            if link.kind == "password":
                with review.brakes.hashing():
                    password_hash = checked_hash(form.get("password", ""))
        except (InputError, TooManyTries) as problem:
            return show(review, request, "enter.html", status=422, link=link, problem=problem)
        link = links.use(review.store, token, review.clock(), password_hash=password_hash)
    except links.LinkOver as problem:
        return _link_is_over(review, request, problem)
    return _enter(review, request, link.person, "/")


def _link_is_over(review: Review, request: Request, problem: links.LinkOver) -> Response:
    return show(review, request, "refusal.html", status=410, sentence=problem.message, remedy=problem.remedy)


def _sign_out(review: Review, request: Request) -> Response:
    person, everywhere = signed_in(review, request), "everywhere" in request.state.form
    token = request.cookies.get(cookies.SESSION)
    if token:
        sessions.close_session(review.store, token)
    if person and everywhere:
        with review.store.write() as session:
            sessions.close_sessions_of(session, person.row)
    answer = go(f"/sign-in?said=signed-out{'-everywhere' if everywhere else ''}")
    cookies.clear_session(answer)
    return answer


def _enter(review: Review, request: Request, person: int, address: str) -> Response:
    """Send the browser on with a fresh session: a token known before the password was given must not be worth more."""
    token = sessions.open_session(review.store, person, review.clock(), replaces=request.cookies.get(cookies.SESSION))
    answer = go(address)
    cookies.set_session(answer, token, secure=is_https(request))
    return answer


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


OPEN: tuple[Open, ...] = (
    ("/sign-in", "GET", _sign_in_page),
    ("/sign-in", "POST", _sign_in),
    ("/again", "GET", _again_page),
    ("/again", "POST", _again),
    ("/enter/{token}", "GET", _link_page),
    ("/enter/{token}", "POST", _use_link),
    ("/sign-out", "POST", _sign_out),
)
"""Addresses for everybody: path, method, function."""
