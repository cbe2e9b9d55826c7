"""What a worker changes, takes along and leaves behind."""

from __future__ import annotations

import json

import pytest

from crowdbroker.marketplace import accounts, consent, own_account, worker
from crowdbroker.marketplace.appeals import appeal, appeals
from crowdbroker.marketplace.consent_texts import consents, set_text
from crowdbroker.marketplace.inbox import read_inbox
from crowdbroker.marketplace.own_data import own_data
from crowdbroker.marketplace.payouts import pay_out
from crowdbroker.marketplace.tables import WorkerRow

PASSWORD = "four easy words"


@pytest.fixture
def ann(desk):
    accounts.create_tables(desk.market)
    return accounts.sign_up(desk.market, "Ann", PASSWORD)


def row(desk, worker_id) -> WorkerRow:
    with desk.market.read() as session:
        return session.get_one(WorkerRow, worker_id)


def test_a_new_name_is_the_one_to_sign_in_with(desk, ann):
    assert own_account.rename(desk.market, ann, "  Ann   Ash ") == "Ann Ash"
    assert accounts.sign_in(desk.market, "ann ash", PASSWORD) == ann
    assert row(desk, ann).name == "Ann Ash"
    accounts.sign_up(desk.market, "Bob", PASSWORD)
    with pytest.raises(accounts.NameRefused, match="is taken"):
        own_account.rename(desk.market, ann, "BOB")
    with pytest.raises(accounts.NameRefused):
        own_account.rename(desk.market, ann, "A")
    assert row(desk, ann).name == "Ann Ash"


def test_a_country_is_told_once(desk, ann):
    with pytest.raises(own_account.CountryRefused, match="two letters"):
        own_account.tell_country(desk.market, ann, "Germany")
    own_account.tell_country(desk.market, ann, " de ")
    own_account.tell_country(desk.market, ann, "DE")
    with pytest.raises(own_account.CountryRefused, match="Ask whoever runs this site"):
        own_account.tell_country(desk.market, ann, "US")
    assert worker.record(desk.market, ann).place == "DE"


def test_a_new_password_ends_every_session(desk, ann):
    token = accounts.open_session(desk.market, ann)
    with pytest.raises(accounts.SignInFailed):
        own_account.change_password(desk.market, ann, "Ann", "wrong", "five more easy words")
    with pytest.raises(accounts.PasswordRefused):
        own_account.change_password(desk.market, ann, "Ann", PASSWORD, "short")
    assert accounts.person_of(desk.market, token) is not None
    own_account.change_password(desk.market, ann, "Ann", PASSWORD, "five more easy words")
    assert accounts.person_of(desk.market, token) is None
    assert accounts.sign_in(desk.market, "Ann", "five more easy words") == ann
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(desk.market, "Ann", PASSWORD)


def test_signing_out_everywhere_ends_ones_own_sessions_alone(desk, ann):
    bob = accounts.sign_up(desk.market, "Bob", PASSWORD)
    mine = [accounts.open_session(desk.market, ann) for _ in range(2)]
    his = accounts.open_session(desk.market, bob)
    own_account.sign_out_everywhere(desk.market, ann)
    assert [accounts.person_of(desk.market, token) for token in mine] == [None, None]
    assert accounts.person_of(desk.market, his) is not None


def a_life(desk, ann) -> str:
    """Consent, a refusal with an appeal, a reward, a bonus, a payout and a held HIT; returns the refused Assignment."""
    consent.give(desk.market, ann, set_text(desk.market, None, "Your answers are published.").id)
    refused, approved = desk.done(desk.hit(), ann, "a dog"), desk.done(desk.hit(), ann)
    desk.client.reject_assignment(AssignmentId=refused, RequesterFeedback="It is a cat.")
    appeal(desk.market, ann, refused, "Look again.")
    desk.client.approve_assignment(AssignmentId=approved)
    desk.client.send_bonus(WorkerId=ann, AssignmentId=approved, BonusAmount="1.00", Reason="fast")
    pay_out(desk.market, "may")
    worker.accept(desk.market, ann, desk.hit()["HITId"])
    return refused


def test_the_data_tell_everything_and_no_secret(desk, ann):
    a_life(desk, ann)
    bob = accounts.sign_up(desk.market, "Bob", PASSWORD)
    desk.done(desk.hit(MaxAssignments=2), ann)
    document = own_data(desk.market, ann)
    text = json.dumps(document)
    assert document["worker"]["name"] == "Ann"
    assert [one["status"] for one in document["assignments"]].count("Held") == 1
    assert {one["title"] for one in document["assignments"]} == {"Name the animal"}
    assert document["bonuses"][0]["reason"] == "fast"
    assert document["payouts"][0]["cents"] == 105
    assert document["appeals"][0]["text"] == "Look again."
    assert document["consents"][0]["text"] == "Your answers are published."
    assert sum(one["cents"] for one in document["ledger"] if one["reason"] == "reward") == 5
    assert document["messages"] == []
    assert "Refused: Name the animal" in {one["subject"] for one in document["notices"]}
    for secret in ("argon2", "hash", bob, "Bob", "fee_cents", "held_cents"):
        assert secret not in text, secret


def test_who_leaves_is_forgotten_and_the_books_stay(desk, ann):
    refused = a_life(desk, ann)
    own_account.rename(desk.market, ann, "Annabel")
    with pytest.raises(accounts.SignInFailed):
        own_account.delete_account(desk.market, ann, "Annabel", "wrong")
    assert len(worker.held(desk.market, ann)) == 1
    own_account.delete_account(desk.market, ann, "Annabel", PASSWORD)
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(desk.market, "Annabel", PASSWORD)
    left = row(desk, ann)
    assert (left.name, left.country) == ("Former worker", None)
    assert worker.held(desk.market, ann) == []
    assert read_inbox(desk.market, ann).total == 0
    assert appeals(desk.market) == []
    assert desk.status(refused) == "Rejected"
    assert worker.earnings(desk.market, ann).approved_cents == 5
    assert len(consents(desk.market, worker_id=ann)) == 1
    assert desk.problems() == []
    assert "Annabel" not in json.dumps(own_data(desk.market, ann) | {"payouts": []})
    assert accounts.sign_up(desk.market, "Annabel", PASSWORD) != ann
