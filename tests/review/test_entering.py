"""Signing in: passwords, links, sessions, brakes, roles, and requests that somebody else forged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from factories import START
from reviewing import PASSWORD, Office, act
from sqlmodel import select
from webclient import Browser

from crowdbroker.errors import InputError
from crowdbroker.review import brakes, links, people
from crowdbroker.review.cookies import SESSION
from crowdbroker.review.roles import Role
from crowdbroker.review.routes import MODULES
from crowdbroker.review.sessions import ABSOLUTE, FRESH, IDLE
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.review_tables import ReviewerRow, ReviewLinkRow, ReviewSessionRow


def invited(office: Office, name: str = "Ann", role: Role = Role.REVIEWER) -> str:
    """The path of the link with which somebody new chooses a password."""
    desk = office.desk
    row = people.add_person(desk.store, name, role, desk.clock(), cap_cents=None, actor="test")
    return links.new_link(desk.store, row, "password", desk.clock())


def with_password(office: Office, name: str = "Ann", role: Role = Role.REVIEWER) -> Browser:
    """Somebody who has just chosen a password."""
    browser, path = office.stranger(), invited(office, name, role)
    assert browser.send_form(path, path, password=PASSWORD).status == 303
    return browser


def sign_in(browser: Browser, name: str = "ann", password: str = PASSWORD, **fields: str) -> Any:
    return browser.send_form("/sign-in", "/sign-in", name=name, password=password, **fields)


def test_who_is_not_signed_in_signs_in_first_and_comes_back_to_the_view(office: Office) -> None:
    with_password(office)
    stranger = office.stranger()
    answer = stranger.get("/batches/1/labels?state=all&sort=sure")
    assert (answer.status, answer.location) == (
        303,
        "/sign-in?next=%2Fbatches%2F1%2Flabels%3Fstate%3Dall%26sort%3Dsure",
    )
    there = sign_in(stranger, next="/batches/1/labels?state=all&sort=sure")
    assert there.location == "/batches/1/labels?state=all&sort=sure"


def test_a_link_chooses_a_password_once(office: Office) -> None:
    path = invited(office)
    first, second = office.stranger(), office.stranger()
    assert first.get(path).status == 200
    assert second.get(path).status == 200
    assert first.send_form(path, path, password="short").status == 422
    token = second.get(path).text
    assert first.send_form(path, path, password=PASSWORD).location == "/"
    assert second.get(path).status == 410
    assert "Choose a password" in token
    assert sign_in(second).status == 303


def test_a_link_runs_out_and_a_new_one_takes_its_place(office: Office) -> None:
    desk, old = office.desk, invited(office)
    row = people.find_person(desk.store, "ann")
    new = links.new_link(desk.store, row, "password", desk.clock())
    assert office.stranger().get(old).status == 410
    desk.pass_time(days=3)
    assert office.stranger().get(new).status == 410


def test_a_new_password_ends_the_sessions_of_the_old_one(office: Office) -> None:
    desk, first = office.desk, with_password(office)
    assert first.get("/").status == 200
    again = links.new_link(desk.store, people.find_person(desk.store, "ANN"), "password", desk.clock())
    office.stranger().send_form("/sign-in", "/sign-in", name="x", password="y")
    office.stranger().send_form(again, again, password="other four plain words")
    assert first.get("/").status == 303
    assert sign_in(office.stranger()).status == 422


def test_the_person_alone_at_this_machine_enters_by_a_link_once(office: Office) -> None:
    desk = office.desk
    row = people.owner_row(desk.store, desk.clock())
    assert row is not None
    path = links.new_link(desk.store, row, "sign_in", desk.clock())
    browser = office.stranger()
    assert act(browser, path, path).status == 200
    assert "owner" in browser.get("/").text
    assert office.stranger().get(path).status == 410
    invited(office)
    assert people.owner_row(desk.store, desk.clock()) is None


def test_every_sign_in_opens_a_session_of_its_own_and_ends_the_one_before(office: Office) -> None:
    browser = with_password(office)
    planted = browser.cookies[SESSION]
    sign_in(browser)
    assert browser.cookies[SESSION] != planted
    thief = office.stranger()
    thief.cookies[SESSION] = planted
    assert thief.get("/").status == 303


def test_the_database_knows_no_token_and_no_password(office: Office) -> None:
    browser, path = with_password(office), invited(office, "Bob")
    with office.desk.store.read() as session:
        rows = [*session.exec(select(ReviewSessionRow)), *session.exec(select(ReviewLinkRow))]
        rows += session.exec(select(ReviewerRow)).all()
    kept = " ".join(repr(row) for row in rows)
    assert browser.cookies[SESSION] not in kept
    assert path.rpartition("/")[2] not in kept
    assert PASSWORD not in kept
    assert "argon2id" in kept


@pytest.mark.parametrize("step", [IDLE, ABSOLUTE / 15])
def test_a_session_ends_after_a_time_without_use_and_in_any_case(office: Office, step: timedelta) -> None:
    browser = office.browser()
    lasted = timedelta()
    while browser.get("/").status == 200 and lasted <= ABSOLUTE:
        office.desk.clock.advance(step)
        lasted += step
    assert lasted == (IDLE if step == IDLE else ABSOLUTE)


def test_a_page_that_renews_itself_keeps_no_session_open(office: Office) -> None:
    office.desk.load()
    browser = office.browser()
    while office.desk.clock() - START < IDLE - timedelta(minutes=1):
        office.desk.clock.advance(timedelta(minutes=30))
        assert browser.get("/batches/1/live").status in (200, 401)
    office.desk.clock.advance(timedelta(hours=1))
    answer = browser.get("/batches/1/live")
    assert (answer.status, "Sign in" in answer.text, answer.headers["hx-refresh"]) == (401, False, "true")
    assert browser.get("/batches/1").status == 303


def test_signing_out_ends_the_session_here_or_everywhere(office: Office) -> None:
    here, there = with_password(office), office.stranger()
    sign_in(there)
    token = here.cookies[SESSION]
    assert here.send_form("/", "/sign-out").location == "/sign-in?said=signed-out"
    here.cookies[SESSION] = token
    assert here.get("/").status == 303
    assert there.get("/").status == 200
    sign_in(here)
    here.send_form("/", "/sign-out", everywhere="1")
    assert there.get("/").status == 303


def test_after_five_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(office: Office) -> None:
    with_password(office)
    browser = office.stranger()
    said = [sign_in(browser, password="wrong four plain words").status for _ in range(brakes.TRIES_A_NAME + 1)]
    assert said == [422] * 5 + [429]
    assert sign_in(browser).status == 429
    office.desk.pass_time(minutes=15)
    assert sign_in(browser).status == 303


def test_a_peer_that_tries_many_names_is_stopped_and_others_are_not(office: Office) -> None:
    with_password(office)
    guesser = Browser(office.app, peer="10.0.0.9")
    said = {sign_in(guesser, name=f"name {n}").status for n in range(brakes.TRIES_A_PEER)}
    assert said == {422}
    assert sign_in(guesser).status == 429
    assert sign_in(office.stranger()).status == 303


def test_an_unknown_name_is_told_the_same_as_a_wrong_password(office: Office) -> None:
    with_password(office)
    browser = office.stranger()
    unknown, wrong = sign_in(browser, name="nobody"), sign_in(browser, password="wrong four plain words")
    assert "do not belong together" in unknown.text
    assert unknown.text.replace("nobody", "ann") == wrong.text


def test_somebody_who_was_removed_is_out_at_once(office: Office) -> None:
    desk, browser = office.desk, with_password(office)
    people.disable_person(desk.store, "Ann", desk.clock(), actor="test")
    assert browser.get("/").status == 303
    assert sign_in(office.stranger()).status == 422
    with pytest.raises(InputError, match="no person"):
        people.find_person(desk.store, "ann")


@pytest.mark.parametrize("name", ["", "a", "x" * 41, "two\x07bells", " \u202e "])
def test_a_name_that_cannot_be_read_is_refused(office: Office, name: str) -> None:
    with pytest.raises(InputError, match="2 to 40"):
        people.add_person(office.desk.store, name, Role.VIEWER, office.desk.clock(), cap_cents=None, actor="test")


def test_somebody_who_was_removed_can_be_let_in_again_with_another_role(office: Office) -> None:
    desk = office.desk
    browser = with_password(office)
    people.disable_person(desk.store, "Ann", desk.clock(), actor="test")
    row = people.add_person(desk.store, "ann", Role.PAYER, desk.clock(), cap_cents=500, actor="test")
    [found] = people.all_people(desk.store)
    assert (found.id, found.role, found.cap_cents, found.disabled_at) == (row, "payer", 500, None)
    assert browser.get("/").status == 303
    assert sign_in(office.stranger()).status == 422
    path = links.new_link(desk.store, row, "password", desk.clock())
    assert office.stranger().send_form(path, path, password=PASSWORD).status == 303


def test_a_name_is_one_persons_however_it_is_written(office: Office) -> None:
    invited(office, "Ann  Lee")
    with pytest.raises(InputError, match="already"):
        invited(office, "ANN LEE")


def test_coming_and_going_of_people_is_in_the_audit_trail(office: Office) -> None:
    with_password(office)
    people.disable_person(office.desk.store, "ann", office.desk.clock(), actor="boss")
    with office.desk.store.read() as session:
        acts = [(one.actor, one.action, one.subject) for one in session.exec(select(AuditRow))]
    assert acts == [
        ("test", "add_person", "person:ann"),
        ("ann", "set_password", "person:ann"),
        ("boss", "disable_person", "person:ann"),
    ]


def test_acts_on_people_are_shown_to_admins(office: Office) -> None:
    assert "Nobody was let in" not in office.browser("admin", "boss").get("/audit").text
    with_password(office)
    people.disable_person(office.desk.store, "ann", office.desk.clock(), actor="boss")
    browser = office.browser("admin", "later")
    assert 'href="/audit"' in browser.get("/").text
    assert 'href="/audit"' not in office.browser("payer").get("/").text
    page = browser.get("/audit").text
    for words in ("person:ann", "add person", "set password", "disable person", "reviewer"):
        assert words in page, words
    assert browser.get("/audit?before=1").status == 200
    assert browser.get(f"/audit?before={10**30}").status == 200


# What each role may.

PAGES = [page for module in MODULES for page in module.PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
def test_every_page_is_closed_to_strangers_and_to_smaller_roles(office: Office, page: Any) -> None:
    office.desk.load()
    address = "/".join("1" if part.startswith("{") else part for part in page.path.split("/"))
    address = address.replace("{batch_id:int}", "1")
    for role in Role:
        browser = office.browser(role.value)
        answer = browser.get(address) if page.method == "GET" else browser.send_form("/", address)
        assert (answer.status == 403) == (not role.may(page.role)), role
    stranger = office.stranger()
    answer = stranger.get(address) if page.method == "GET" else stranger.send_form("/sign-in", address)
    if page.unasked:
        assert (answer.status, answer.headers["hx-refresh"]) == (401, "true")
    else:
        assert (answer.status, answer.location[:9]) == (303, "/sign-in?")


def test_whatever_moves_money_needs_a_recent_sign_in() -> None:
    # Each is a POST that commits cents, or the page of its form.
    moving = ("send-back", "bonus", "approve", "refuse", "reverse", "settle")
    for page in PAGES:
        if any(word in page.path for word in moving):
            assert page.fresh, page.path


def test_a_stale_sign_in_is_asked_for_the_password_again(office: Office) -> None:
    desk = office.desk
    desk.load()
    browser = with_password(office)
    address = "/batches/1/labels/send-back"
    assert browser.send_form("/", address).status != 303
    desk.clock.advance(FRESH)
    assert browser.send_form("/", address).location.startswith("/again?next=")
    assert "Password of ann" in browser.get("/again").text
    assert browser.send_form("/again", "/again", password="wrong four plain words").status == 422
    # Whose browser it is cannot be changed by the form.
    assert browser.send_form("/again", "/again", name="somebody", password=PASSWORD).status == 303
    assert browser.send_form("/", address).status != 303


def test_who_came_by_a_link_is_told_how_to_come_again(office: Office) -> None:
    desk = office.desk
    row = people.owner_row(desk.store, desk.clock())
    assert row is not None
    path = links.new_link(desk.store, row, "sign_in", desk.clock())
    browser = office.stranger()
    act(browser, path, path)
    desk.clock.advance(FRESH)
    assert "crowdbroker review link" in browser.get("/again").text


# Forged requests.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "http://127.0.0.1:8900"}, 303),
        ({}, 303),
    ],
)
def test_a_form_from_another_site_is_refused(office: Office, headers: dict[str, str], status: int) -> None:
    browser = office.browser()
    token = browser.get("/").text.partition('name="form_token" value="')[2].partition('"')[0]
    assert browser.post("/sign-out", {"form_token": token}, headers).status == status


def test_a_form_needs_the_token_of_this_browser(office: Office) -> None:
    browser, other = office.browser(), office.browser("viewer")
    token = other.get("/").text.partition('name="form_token" value="')[2].partition('"')[0]
    for wrong in ("", "0" * 64, token):
        assert browser.post("/sign-out", {"form_token": wrong}).status == 403
    assert browser.get("/").status == 200


def test_a_form_that_is_too_long_is_refused(office: Office) -> None:
    assert office.browser().post("/sign-out", {"note": "x" * 600_000}).status == 413


@pytest.mark.parametrize("host", ["", "a b", "evil/../x", "127.0.0.1:8900@evil"])
def test_a_host_that_is_none_is_refused(office: Office, host: str) -> None:
    browser = office.browser()
    browser.host = host
    assert browser.get("/").status == 400


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "http://evil.example", "/x\ny"])
def test_signing_in_leads_to_no_other_site(office: Office, address: str) -> None:
    with_password(office)
    assert sign_in(office.stranger(), next=address).location == "/"


def test_every_answer_has_the_security_headers(office: Office) -> None:
    browser = office.browser()
    for address in ("/", "/nowhere", "/sign-in", "/static/review.css"):
        headers = browser.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == ("no-cache" if "static" in address else "no-store")


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    with_password(office)
    browser = office.stranger()
    browser.scheme = "https"
    (line,) = sign_in(browser).set_cookies
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in line.split(";")}
