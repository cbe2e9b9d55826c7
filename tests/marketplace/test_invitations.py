from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crowdbroker.marketplace import accounts, invitations
from crowdbroker.marketplace.marketplace import Marketplace

PASSWORD = "four easy words here"


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "market.db"


@pytest.fixture
def market(clock: MovableClock, database: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{database}", clock=clock)
    yield market
    market.close()


def test_an_invited_person_gets_an_account_of_their_own(market):
    made = invitations.invite(market, " Noor  Haddad ")
    assert made.name == "Noor Haddad"
    assert made.path == f"/invite/{made.token}"
    assert invitations.invited_name(market, made.token) == "Noor Haddad"
    worker_id = invitations.accept(market, made.token, "Noor", PASSWORD)
    assert worker_id.startswith("A")
    assert accounts.sign_in(market, "noor", PASSWORD) == worker_id


def test_an_invitation_works_once(market):
    made = invitations.invite(market, "Noor")
    invitations.accept(market, made.token, "Noor", PASSWORD)
    for call in (
        lambda: invitations.invited_name(market, made.token),
        lambda: invitations.accept(market, made.token, "Mario", PASSWORD),
    ):
        with pytest.raises(invitations.InvitationOver, match="has been used"):
            call()


def test_of_two_who_open_one_invitation_at_once_one_gets_in(market):
    made = invitations.invite(market, "Noor")
    outcomes: list[str] = []

    def enter(name: str) -> None:
        try:
            outcomes.append(invitations.accept(market, made.token, name, PASSWORD))
        except invitations.InvitationOver:
            outcomes.append("over")

    threads = [threading.Thread(target=enter, args=(f"Person {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("over") == 3
    (entered,) = set(outcomes) - {"over"}
    assert [each.used_by for each in invitations.invitations(market)] == [entered]
    with market.read() as session:
        assert session.connection().exec_driver_sql("SELECT worker_id FROM site_account").scalars().all() == [entered]


def test_a_refused_name_or_password_leaves_the_invitation_open(market):
    made = invitations.invite(market, "Noor")
    accounts.sign_up(market, "Maria", PASSWORD)
    with pytest.raises(accounts.NameRefused):
        invitations.accept(market, made.token, "Maria", PASSWORD)
    with pytest.raises(accounts.PasswordRefused):
        invitations.accept(market, made.token, "Noor", "short")
    assert invitations.accept(market, made.token, "Noor", PASSWORD)


def test_an_invitation_runs_out(market, clock):
    made = invitations.invite(market, "Noor", valid_for=timedelta(days=2))
    assert made.expires_at == clock.now + timedelta(days=2)
    clock.forward(days=2, milliseconds=-1)
    assert invitations.invited_name(market, made.token)
    clock.forward(milliseconds=1)
    with pytest.raises(invitations.InvitationOver, match="has run out"):
        invitations.accept(market, made.token, "Noor", PASSWORD)


def test_it_is_valid_for_two_weeks_when_nothing_else_is_said(market, clock):
    assert invitations.invite(market, "Noor").expires_at == clock.now + timedelta(days=14)


def test_a_withdrawn_invitation_opens_nothing(market):
    made = invitations.invite(market, "Noor")
    assert invitations.revoke(market, "NOOR")
    with pytest.raises(invitations.InvitationOver, match="was withdrawn"):
        invitations.accept(market, made.token, "Noor", PASSWORD)
    assert not invitations.revoke(market, "Noor")
    assert not invitations.revoke(market, "Nobody")


def test_withdrawing_a_used_one_leaves_the_account(market):
    made = invitations.invite(market, "Noor")
    worker_id = invitations.accept(market, made.token, "Noor", PASSWORD)
    assert not invitations.revoke(market, "Noor")
    assert accounts.sign_in(market, "Noor", PASSWORD) == worker_id


def test_a_made_up_token_is_unknown(market):
    invitations.invite(market, "Noor")
    with pytest.raises(invitations.UnknownInvitation):
        invitations.accept(market, "made-up", "Noor", PASSWORD)


def test_a_name_has_one_open_invitation_at_a_time(market, clock):
    invitations.invite(market, "Noor")
    with pytest.raises(invitations.AlreadyInvited, match="noor has an open invitation"):
        invitations.invite(market, "noor")
    invitations.revoke(market, "Noor")
    invitations.invite(market, "Noor")
    clock.forward(days=14)
    assert invitations.invite(market, "Noor")


def test_nobody_is_invited_under_a_name_that_is_taken_or_cannot_be_read(market):
    accounts.create_tables(market)
    accounts.sign_up(market, "Maria", PASSWORD)
    for name in ("maria", "", "a\u202eb", "y" * 41):
        with pytest.raises(accounts.NameRefused):
            invitations.invite(market, name)
    assert not invitations.has_invitations(market)


def test_the_list_says_what_became_of_each(market, clock):
    assert not invitations.has_invitations(market)
    first = invitations.invite(market, "Noor")
    clock.forward(hours=1)
    invitations.invite(market, "Mario")
    clock.forward(hours=1)
    worker_id = invitations.accept(market, first.token, "N.", PASSWORD)
    invitations.revoke(market, "Mario")
    noor, mario = invitations.invitations(market)
    assert (noor.name, noor.used_by, noor.used_at, noor.revoked_at) == ("Noor", worker_id, clock.now, None)
    assert (noor.made_at, noor.expires_at) == (clock.now - timedelta(hours=2), first.expires_at)
    assert (mario.name, mario.used_by, mario.revoked_at) == ("Mario", None, clock.now)
    assert invitations.has_invitations(market)


def test_neither_the_database_nor_a_printed_invitation_shows_the_token(market, database):
    made = invitations.invite(market, "Noor")
    with sqlite3.connect(database) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "Noor" in dump
    assert made.token not in dump
    assert made.token not in repr(made)
