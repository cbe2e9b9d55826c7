from __future__ import annotations

import pytest
from webclient import Browser, attribute

from crowdbroker.marketplace import invitations
from crowdbroker.marketplace.server import build_app
from crowdbroker.marketplace.site.tries import MOST_PEERS, MOST_TRIES, WINDOW_MS, Tries

PASSWORD = "four easy words"


@pytest.fixture
def closed(market):
    """The site as it is when one needs an invitation."""
    return build_app(market, open_sign_up=False)


def test_an_invited_person_is_welcomed_chooses_a_password_and_is_in(market, closed):
    made = invitations.invite(market, "Noor")
    guest = Browser(closed)
    page = guest.get(made.path).text
    assert "Welcome, Noor" in page
    assert attribute(page, r'name="name" value="([^"]*)"') == "Noor"
    answer = guest.send_form(made.path, made.path, name="Noor H.", password=PASSWORD)
    assert answer.status == 303
    assert "Welcome. This is the work" in guest.follow(answer).text
    assert invitations.invitations(market)[0].used_by in guest.get("/").text
    again = Browser(closed).send_form("/sign-in", "/sign-in", name="noor h.", password=PASSWORD)
    assert again.location == "/"


def test_a_refused_name_is_told_on_the_form_and_the_invitation_stays(market, app, maria):
    made = invitations.invite(market, "<i>Noor</i>")
    guest = Browser(app)
    answer = guest.send_form(made.path, made.path, name="Maria", password=PASSWORD)
    assert answer.status == 422
    assert "The name Maria is taken" in answer.text
    assert "Welcome, &lt;i&gt;Noor&lt;/i&gt;" in answer.text
    assert guest.send_form(made.path, made.path, name="Noor", password="short").status == 422
    assert guest.send_form(made.path, made.path, name="Noor", password=PASSWORD).status == 303


def test_looking_at_an_invitation_does_not_use_it_up(market, app):
    made = invitations.invite(market, "Noor")
    for _ in range(30):
        assert Browser(app).get(made.path).status == 200
    assert Browser(app).request("HEAD", made.path).status == 200


@pytest.mark.parametrize(
    ("end", "status", "sentence"),
    [("used", 410, "has been used"), ("revoked", 410, "was withdrawn"), ("late", 410, "has run out")],
)
def test_an_invitation_that_is_over_says_why_and_shows_no_form(market, app, clock, end, status, sentence):
    made = invitations.invite(market, "Noor")
    guest = Browser(app)
    token = attribute(guest.get(made.path).text, r'name="form_token" value="([^"]+)"')
    if end == "used":
        invitations.accept(market, made.token, "Noor", PASSWORD)
    elif end == "revoked":
        invitations.revoke(market, "Noor")
    else:
        clock.forward(days=14)
    fields = {"form_token": token, "name": "Other", "password": PASSWORD}
    for answer in (guest.get(made.path), guest.post(made.path, fields)):
        assert answer.status == status
        assert sentence in answer.text
        assert 'name="password"' not in answer.text
        assert "Noor" not in answer.text


def test_an_unknown_invitation_is_not_found(app):
    answer = Browser(app).get("/invite/made-up")
    assert answer.status == 404
    assert "There is no such invitation." in answer.text


def test_an_invitation_cannot_be_used_from_another_site(market, app):
    made = invitations.invite(market, "Noor")
    guest = Browser(app)
    token = attribute(guest.get(made.path).text, r'name="form_token" value="([^"]+)"')
    fields = {"form_token": token, "name": "Noor", "password": PASSWORD}
    assert guest.post(made.path, fields, {"sec-fetch-site": "cross-site"}).status == 403
    assert Browser(app).post(made.path, fields).status == 403
    assert invitations.invited_name(market, made.token) == "Noor"


def test_who_guesses_must_wait_and_nobody_with_an_invitation_does(market, app, clock):
    made = invitations.invite(market, "Noor")
    guesser = Browser(app, peer="10.0.0.9")
    for number in range(MOST_TRIES):
        assert guesser.get(f"/invite/guess{number}").status == 404
    assert guesser.get("/invite/guess").status == 429
    assert guesser.get(made.path).status == 200
    assert Browser(app, peer="10.0.0.8").get(made.path).status == 200
    clock.forward(minutes=15)
    assert guesser.get(made.path).status == 200


def test_tries_are_counted_from_the_first_and_forgotten_when_peers_are_too_many():
    tries = Tries()
    for at_ms in range(MOST_TRIES):
        assert not tries.are_used_up("a", at_ms)
        tries.count("a", at_ms)
    assert tries.are_used_up("a", WINDOW_MS - 1)
    assert not tries.are_used_up("a", WINDOW_MS)
    tries.count("a", WINDOW_MS)
    assert not tries.are_used_up("a", WINDOW_MS + 1)
    for number in range(MOST_PEERS + 5):
        tries.count(str(number), 0)
    assert len(tries._by_peer) <= MOST_PEERS


def test_without_open_sign_up_one_is_told_to_ask_for_an_invitation(closed):
    guest = Browser(closed)
    page = guest.get("/sign-up")
    assert page.status == 200
    assert "You need an invitation" in page.text
    assert 'name="password"' not in page.text
    signing_in = guest.get("/sign-in").text
    assert "Open the invitation" in signing_in
    assert "/sign-up" not in signing_in
    answer = guest.send_form("/sign-in", "/sign-up", name="Noor", password=PASSWORD)
    assert answer.status == 403
    assert "You need an invitation" in answer.text
    assert guest.send_form("/sign-in", "/sign-in", name="Noor", password=PASSWORD).status == 403
