"""A worker's own account: name, country, password, sessions, data, consents, and leaving for good."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import accounts, own_account, worker
from crowdbroker.marketplace.accounts import AccountError, Person
from crowdbroker.marketplace.consent_texts import consents
from crowdbroker.marketplace.own_data import own_data
from crowdbroker.marketplace.site import cookies
from crowdbroker.marketplace.site.entrance import enter
from crowdbroker.marketplace.site.pages import Site, go, show


def account(site: Site, request: Request, person: Person) -> Response:
    """Show what can be changed, and what is known."""
    return _page(site, request, person)


def rename(site: Site, request: Request, person: Person) -> Response:
    """Give the account another name."""

    def change() -> Response:
        own_account.rename(site.market, person.worker_id, request.state.form.get("name", ""))
        return go("/account?said=renamed")

    return _or_why(site, request, person, "name", change)


def tell_country(site: Site, request: Request, person: Person) -> Response:
    """Note where the worker lives."""

    def change() -> Response:
        own_account.tell_country(site.market, person.worker_id, request.state.form.get("country", ""))
        return go("/account?said=country-told")

    return _or_why(site, request, person, "country", change)


def change_password(site: Site, request: Request, person: Person) -> Response:
    """Give the account another password; this browser stays signed in, with a session of its own."""

    def change() -> Response:
        form: dict[str, str] = request.state.form
        old, new = form.get("old", ""), form.get("new", "")
        own_account.change_password(site.market, person.worker_id, person.name, old, new)
        return enter(site, request, person.worker_id, "/account?said=password-changed")

    return _or_why(site, request, person, "password", change)


def sign_out_everywhere(site: Site, _: Request, person: Person) -> Response:
    """End the worker's sessions on all browsers, this one too."""
    own_account.sign_out_everywhere(site.market, person.worker_id)
    answer = go("/sign-in?said=signed-out-everywhere")
    cookies.clear_session(answer)
    return answer


def download(site: Site, _: Request, person: Person) -> Response:
    """Hand out everything that is known of the worker, as a file."""
    text = json.dumps(own_data(site.market, person.worker_id), indent=2, ensure_ascii=False)
    name = f'attachment; filename="{person.worker_id}.json"'
    headers = {"content-disposition": name, "cache-control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)


def leave_page(site: Site, request: Request, person: Person) -> Response:
    """Say what leaving means, and ask for the password."""
    return _leave_form(site, request, person)


def leave(site: Site, request: Request, person: Person) -> Response:
    """Delete the account."""
    try:
        own_account.delete_account(site.market, person.worker_id, person.name, request.state.form.get("password", ""))
    except AccountError as refusal:
        return _leave_form(site, request, person, refusal=str(refusal))
    answer = go("/sign-in?said=deleted")
    cookies.clear_session(answer)
    return answer


def _or_why(site: Site, request: Request, person: Person, field: str, change: Callable[[], Response]) -> Response:
    """Return what a change answers, or the page again with the reason beside its form."""
    try:
        return change()
    except AccountError as refusal:
        status = 429 if isinstance(refusal, accounts.TooManyTries) else 422
        return _page(site, request, person, status=status, refused=field, refusal=str(refusal))


def _page(
    site: Site, request: Request, person: Person, *, status: int = 200, refused: str = "", refusal: str = ""
) -> Response:
    return show(
        site,
        request,
        "account.html",
        status=status,
        person=person,
        nav="account",
        record=worker.record(site.market, person.worker_id),
        consents=consents(site.market, worker_id=person.worker_id)[::-1],
        refused=refused,
        refusal=refusal,
    )


def _leave_form(site: Site, request: Request, person: Person, *, refusal: str = "") -> Response:
    return show(
        site,
        request,
        "leave.html",
        status=403 if refusal else 200,
        person=person,
        nav="account",
        refusal=refusal,
        sums=worker.earnings(site.market, person.worker_id),
        held=len(worker.held(site.market, person.worker_id)),
    )
