from __future__ import annotations

import pytest
from webclient import Browser

PASSWORD = "four easy words"


def test_a_stranger_is_sent_to_the_sign_in_page_and_back_again(app, maria):
    stranger = Browser(app)
    answer = stranger.get("/earnings")
    assert answer.location == "/sign-in?next=/earnings"
    answer = stranger.send_form(answer.location, "/sign-in", name="Maria", password=PASSWORD, next="/earnings")
    assert answer.location == "/earnings"
    assert "Earnings" in stranger.follow(answer).text


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)"]
)
def test_after_signing_in_nobody_is_led_off_the_site(app, maria, elsewhere):
    answer = Browser(app).send_form("/sign-in", "/sign-in", name="Maria", password=PASSWORD, next=elsewhere)
    assert answer.location == "/"


def test_a_wrong_password_is_told_on_the_form_and_opens_nothing(app, maria):
    stranger = Browser(app)
    answer = stranger.send_form("/sign-in", "/sign-in", name="Maria", password="wrong")
    assert answer.status == 403
    assert "do not belong together" in answer.text
    assert 'value="Maria"' in answer.text
    assert "worker_session" not in stranger.cookies


def test_the_sixth_wrong_password_in_a_row_is_told_to_wait(app, maria):
    stranger = Browser(app)
    for _ in range(5):
        assert stranger.send_form("/sign-in", "/sign-in", name="Maria", password="wrong").status == 403
    answer = stranger.send_form("/sign-in", "/sign-in", name="Maria", password=PASSWORD)
    assert answer.status == 429
    assert "Wait 15 minutes" in answer.text


def test_a_taken_name_is_told_on_the_form_with_its_text_escaped(app, newcomer):
    newcomer("<b>Maria</b>")
    answer = Browser(app).send_form("/sign-up", "/sign-up", name="<b>Maria</b>", password=PASSWORD)
    assert answer.status == 422
    assert "&lt;b&gt;Maria&lt;/b&gt; is taken" in answer.text
    assert "<b>Maria" not in answer.text


def test_signing_out_ends_the_session_on_the_server(app, maria):
    kept = dict(maria.cookies)
    answer = maria.send_form("/", "/sign-out")
    assert "You are signed out." in maria.follow(answer).text
    assert maria.get("/").location.startswith("/sign-in")
    assert Browser(app, cookies=kept).get("/").location.startswith("/sign-in")


def test_signing_in_gives_a_fresh_session_and_ends_the_old_one(app, maria):
    planted = dict(maria.cookies)
    maria.send_form("/sign-in", "/sign-in", name="Maria", password=PASSWORD)
    assert maria.cookies["worker_session"] != planted["worker_session"]
    assert maria.get("/").status == 200
    assert Browser(app, cookies=planted).get("/").status == 303


def test_a_session_that_has_run_out_leads_to_the_sign_in_page(maria, clock):
    assert maria.get("/").status == 200
    clock.forward(days=8)
    assert maria.get("/").location == "/sign-in?next=/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app, newcomer):
    browser = Browser(app)
    answer = browser.send_form("/sign-up", "/sign-up", name="Noor", password=PASSWORD)
    (cookie,) = (line for line in answer.set_cookies if line.startswith("worker_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_session_cookie_stays_on_https(app):
    browser = Browser(app, scheme="https")
    answer = browser.send_form("/sign-up", "/sign-up", name="Noor", password=PASSWORD)
    (cookie,) = (line for line in answer.set_cookies if line.startswith("worker_session="))
    assert "Secure" in cookie


def test_a_name_is_shown_escaped_on_every_page(newcomer):
    page = newcomer("<img src=x>").get("/").text
    assert "&lt;img src=x&gt;" in page
    assert "<img src=x" not in page
