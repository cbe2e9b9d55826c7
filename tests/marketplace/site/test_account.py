"""The page of one's own account."""

from __future__ import annotations

import json

from webclient import Browser, attribute

PASSWORD = "four easy words"


def test_the_name_is_changed_and_a_taken_one_is_told_beside_its_form(maria, newcomer):
    newcomer("Noor")
    taken = maria.send_form("/account", "/account/name", name="noor")
    assert taken.status == 422
    assert "The name noor is taken" in taken.text
    assert 'aria-describedby="name-problem"' in taken.text
    changed = maria.follow(maria.send_form("/account", "/account/name", name="<b>Maria</b>"))
    assert "Your name is changed." in changed.text
    assert "&lt;b&gt;Maria&lt;/b&gt;" in changed.text
    assert "<b>Maria" not in changed.text


def test_the_country_is_told_once(maria):
    assert maria.send_form("/account", "/account/country", country="Portugal").status == 422
    page = maria.follow(maria.send_form("/account", "/account/country", country="pt")).text
    assert "Your country is noted." in page
    assert 'name="country"' not in page


def test_a_new_password_keeps_this_browser_and_signs_the_others_out(maria, app):
    other = Browser(app)
    other.send_form("/sign-in", "/sign-in", name="Maria", password=PASSWORD)
    before = maria.cookies["worker_session"]
    wrong = maria.send_form("/account", "/account/password", old="nonsense", new="five more easy words")
    assert wrong.status == 422
    assert "do not belong together" in wrong.text
    answer = maria.send_form("/account", "/account/password", old=PASSWORD, new="five more easy words")
    assert "every other browser is signed out" in maria.follow(answer).text
    assert maria.cookies["worker_session"] != before
    assert other.get("/").location.startswith("/sign-in")
    again = other.send_form("/sign-in", "/sign-in", name="Maria", password="five more easy words")
    assert again.location == "/"


def test_guessing_the_old_password_is_braked_as_at_the_door(maria):
    for _ in range(5):
        maria.send_form("/account", "/account/password", old="nonsense", new="five more easy words")
    assert maria.send_form("/account", "/account/password", old=PASSWORD, new="five more easy words").status == 429


def test_signing_out_everywhere_means_here_too(maria):
    token = maria.cookies["worker_session"]
    answer = maria.send_form("/account", "/account/sessions")
    assert answer.location == "/sign-in?said=signed-out-everywhere"
    thief = Browser(maria.app, cookies={"worker_session": token})
    assert thief.get("/account").location == "/sign-in?next=/account"


def test_the_data_come_as_a_file(maria):
    worker_id = attribute(maria.get("/").text, r"Your WorkerId is (\w+)")
    answer = maria.get("/account/data")
    assert answer.headers["content-disposition"] == f'attachment; filename="{worker_id}.json"'
    assert answer.headers["content-type"].startswith("application/json")
    assert json.loads(answer.body)["worker"]["id"] == worker_id


def test_leaving_says_what_it_means_and_needs_the_password(maria, app, publish, accept):
    work = accept(publish())
    page = maria.get("/account/leave").text
    assert "The 1 Assignment that you hold is returned." in page
    assert maria.send_form("/account/leave", "/account/leave", password="wrong").status == 403
    assert maria.get(work).status == 200
    left = maria.send_form("/account/leave", "/account/leave", password=PASSWORD)
    assert "Your account is deleted." in maria.follow(left).text
    assert Browser(app).send_form("/sign-in", "/sign-in", name="Maria", password=PASSWORD).status == 403


def test_money_that_is_owed_is_named_before_leaving(maria, publish, accept, requester):
    assert "You are owed" not in maria.get("/account/leave").text
    assignment_id = accept(publish(AutoApprovalDelayInSeconds=3600)).removeprefix("/assignments/")
    base = attribute(maria.get(f"/assignments/{assignment_id}").text, r"turkSubmitTo=[^\"]*%2Fw%2F([^&\"]+)")
    assert maria.post(f"/w/{base}/mturk/externalSubmit", {"tone": "friendly"}).status == 200
    assert "$0.05 of yours wait for a decision." in maria.get("/account/leave").text
    requester("ApproveAssignment", AssignmentId=assignment_id)
    assert "You are owed $0.05." in maria.get("/account/leave").text
