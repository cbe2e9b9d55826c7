"""Signing up, by oneself or with an invitation, signing in, signing out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import accounts, invitations
from crowdbroker.marketplace.site import cookies
from crowdbroker.marketplace.site.pages import Site, go, show


def sign_in_page(site: Site, request: Request) -> Response:
    """Show the form for name and password."""
    back = local_address(request.query_params.get("next", "/"))
    return _sign_in_form(site, request, name="", back=back)


def sign_in(site: Site, request: Request) -> Response:
    """Open a session, or show the form again with the reason."""
    form: dict[str, str] = request.state.form
    name, back = form.get("name", ""), local_address(form.get("next", "/"))
    try:
        worker_id = accounts.sign_in(site.market, name, form.get("password", ""))
    except accounts.AccountError as refusal:
        status = 429 if isinstance(refusal, accounts.TooManyTries) else 403
        return _sign_in_form(site, request, status=status, refusal=str(refusal), name=name, back=back)
    return enter(site, request, worker_id, back)


def sign_up_page(site: Site, request: Request) -> Response:
    """Show the form for a new account, or say that one needs an invitation."""
    if not site.open_sign_up:
        return show(site, request, "by_invitation.html")
    return show(site, request, "sign_up.html", refusal="", name="")


def sign_up(site: Site, request: Request) -> Response:
    """Make an account and open its first session, or show the form again with the reason."""
    if not site.open_sign_up:
        return show(site, request, "by_invitation.html", status=403)
    form: dict[str, str] = request.state.form
    name = form.get("name", "")
    try:
        worker_id = accounts.sign_up(site.market, name, form.get("password", ""))
    except accounts.AccountError as refusal:
        status = 429 if isinstance(refusal, accounts.ManyAtTheDoor) else 422
        return show(site, request, "sign_up.html", status=status, refusal=str(refusal), name=name)
    return enter(site, request, worker_id, "/?said=welcome")


def invitation_page(site: Site, request: Request) -> Response:
    """Show an invited person the form for an account of their own."""
    return _invited(site, request, lambda invited: _invitation_form(site, request, invited, name=invited))


def accept_invitation(site: Site, request: Request) -> Response:
    """Make the account of an invitation and open its first session, or show the form again with the reason."""

    def admit(invited: str) -> Response:
        form: dict[str, str] = request.state.form
        name, token = form.get("name", ""), request.path_params["token"]
        try:
            worker_id = invitations.accept(site.market, token, name, form.get("password", ""))
        except accounts.ManyAtTheDoor as refusal:
            return _invitation_form(site, request, invited, name=name, refusal=str(refusal), status=429)
        except (accounts.NameRefused, accounts.PasswordRefused) as refusal:
            return _invitation_form(site, request, invited, name=name, refusal=str(refusal), status=422)
        return enter(site, request, worker_id, "/?said=welcome")

    return _invited(site, request, admit)


def sign_out(site: Site, request: Request) -> Response:
    """End the session on this browser and on the server."""
    token = request.cookies.get(cookies.SESSION)
    if token:
        accounts.close_session(site.market, token)
    answer = go("/sign-in?said=signed-out")
    cookies.clear_session(answer)
    return answer


def local_address(address: str) -> str:
    """Return an address of this site, or the list when it leads elsewhere (`//host` and `/\\host` do)."""
    is_local = address.startswith("/") and address[1:2] not in {"/", "\\"} and address.isprintable()
    return address if is_local else "/"


def _sign_in_form(
    site: Site, request: Request, *, name: str, back: str, refusal: str = "", status: int = 200
) -> Response:
    values: dict[str, Any] = {"refusal": refusal, "name": name, "back": back, "open_sign_up": site.open_sign_up}
    return show(site, request, "sign_in.html", status=status, **values)


def _invitation_form(
    site: Site, request: Request, invited: str, *, name: str, refusal: str = "", status: int = 200
) -> Response:
    values: dict[str, Any] = {"refusal": refusal, "invited": invited, "name": name}
    return show(site, request, "invitation.html", status=status, **values)


def _invited(site: Site, request: Request, answer: Callable[[str], Response]) -> Response:
    """Return the answer to the name on an open invitation, or the page that says why there is none."""
    peer, now_ms = request.client.host if request.client else "", site.market.now_ms()
    try:
        return answer(invitations.invited_name(site.market, request.path_params["token"]))
    except invitations.UnknownInvitation as refusal:
        # Counted only now: the wrong addresses of others behind the same router must not keep an invited person out.
        if site.invitation_tries.are_used_up(peer, now_ms):
            return _no_invitation(site, request, "Too many wrong addresses. Wait 15 minutes, then try again.", 429)
        site.invitation_tries.count(peer, now_ms)
        return _no_invitation(site, request, str(refusal), 404)
    except invitations.InvitationOver as refusal:
        return _no_invitation(site, request, str(refusal), 410)


def _no_invitation(site: Site, request: Request, sentence: str, status: int) -> Response:
    return show(site, request, "no_invitation.html", status=status, sentence=sentence)


def enter(site: Site, request: Request, worker_id: str, address: str) -> Response:
    """Send the browser on with a fresh session: a token known before the password was given must not be worth more."""
    token = accounts.open_session(site.market, worker_id, replaces=request.cookies.get(cookies.SESSION))
    answer = go(address)
    cookies.set_session(answer, token, secure=site.is_https(request))
    return answer
