from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crowdbroker.marketplace import accounts, hashing
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
    accounts.create_tables(market)
    yield market
    market.close()


def test_who_signed_up_can_sign_in(market):
    worker_id = accounts.sign_up(market, "Maria", PASSWORD)
    assert worker_id.startswith("A")
    assert accounts.sign_in(market, "Maria", PASSWORD) == worker_id


def test_a_name_is_the_same_name_in_other_letters(market):
    worker_id = accounts.sign_up(market, "  \uff2daria   Rossi ", PASSWORD)
    assert accounts.sign_in(market, "maria rossi", PASSWORD) == worker_id
    with pytest.raises(accounts.NameRefused, match="Maria ROSSI is taken"):
        accounts.sign_up(market, "Maria ROSSI", PASSWORD)


@pytest.mark.parametrize("name", ["", "x", "y" * 41, "a\u202eb", "\u200b\u200b\u200b"])
def test_a_name_that_cannot_be_read_is_refused(market, name):
    with pytest.raises(accounts.NameRefused):
        accounts.sign_up(market, name, PASSWORD)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 257])
def test_a_password_of_a_wrong_length_is_refused(market, password):
    with pytest.raises(accounts.PasswordRefused):
        accounts.sign_up(market, "Maria", password)


def test_a_wrong_name_and_a_wrong_password_get_the_same_sentence(market):
    accounts.sign_up(market, "Maria", PASSWORD)
    with pytest.raises(accounts.SignInFailed) as wrong_password:
        accounts.sign_in(market, "Maria", "wrong")
    with pytest.raises(accounts.SignInFailed) as wrong_name:
        accounts.sign_in(market, "Mario", PASSWORD)
    assert str(wrong_password.value) == str(wrong_name.value)


def test_after_five_failed_tries_even_the_right_password_waits(market, clock):
    accounts.sign_up(market, "Maria", PASSWORD)
    accounts.sign_up(market, "Noor", PASSWORD)
    for _ in range(accounts.FREE_TRIES):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(market, "Maria", "wrong")
    with pytest.raises(accounts.TooManyTries):
        accounts.sign_in(market, "Maria", PASSWORD)
    assert accounts.sign_in(market, "Noor", PASSWORD)
    clock.forward(minutes=14, seconds=59)
    with pytest.raises(accounts.TooManyTries):
        accounts.sign_in(market, "Maria", PASSWORD)
    clock.forward(seconds=1)
    assert accounts.sign_in(market, "Maria", PASSWORD)


def test_a_right_password_gives_the_free_tries_back(market):
    accounts.sign_up(market, "Maria", PASSWORD)
    for _ in range(2):
        for _ in range(accounts.FREE_TRIES - 1):
            with pytest.raises(accounts.SignInFailed):
                accounts.sign_in(market, "Maria", "wrong")
        assert accounts.sign_in(market, "Maria", PASSWORD)


def test_tries_sent_side_by_side_do_not_exceed_the_limit(market):
    accounts.sign_up(market, "Maria", PASSWORD)
    outcomes: list[type[Exception]] = []

    def guess() -> None:
        try:
            accounts.sign_in(market, "Maria", "wrong")
        except accounts.AccountError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(accounts.FREE_TRIES + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(accounts.SignInFailed) == accounts.FREE_TRIES
    assert outcomes.count(accounts.TooManyTries) == 3


def test_a_session_names_its_worker_until_it_is_closed(market):
    worker_id = accounts.sign_up(market, "Maria", PASSWORD)
    token = accounts.open_session(market, worker_id)
    assert accounts.person_of(market, token) == accounts.Person(worker_id, "Maria")
    accounts.close_session(market, token)
    assert accounts.person_of(market, token) is None
    assert accounts.person_of(market, "made up") is None


def test_a_session_ends_when_it_is_idle_for_a_week(market, clock):
    token = accounts.open_session(market, accounts.sign_up(market, "Maria", PASSWORD))
    clock.forward(days=6, hours=23)
    assert accounts.person_of(market, token)
    clock.forward(days=6, hours=23)
    assert accounts.person_of(market, token)
    clock.forward(days=7)
    assert accounts.person_of(market, token) is None


def test_a_session_ends_after_thirty_days_however_busy(market, clock):
    token = accounts.open_session(market, accounts.sign_up(market, "Maria", PASSWORD))
    for _ in range(29):
        clock.forward(days=1)
        assert accounts.person_of(market, token)
    clock.forward(days=1)
    assert accounts.person_of(market, token) is None


def test_signing_in_again_ends_the_session_that_the_browser_had(market):
    worker_id = accounts.sign_up(market, "Maria", PASSWORD)
    first = accounts.open_session(market, worker_id)
    second = accounts.open_session(market, worker_id, replaces=first)
    assert accounts.person_of(market, first) is None
    assert accounts.person_of(market, second)


def test_the_database_holds_neither_passwords_nor_session_tokens(market, database):
    worker_id = accounts.sign_up(market, "Maria", PASSWORD)
    token = accounts.open_session(market, worker_id)
    with sqlite3.connect(database) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "Maria" in dump
    assert token not in dump
    assert PASSWORD not in dump


def test_every_process_on_a_database_signs_with_one_key(market, database):
    other = Marketplace.open(f"sqlite:///{database}")
    assert accounts.signing_key(market) == accounts.signing_key(other)
    other.close()


@pytest.mark.slow
def test_a_crowd_at_the_door_is_told_to_come_back_and_counts_against_nobody(market):
    worker_id = accounts.sign_up(market, "Maria", PASSWORD)
    start = threading.Barrier(30)
    outcomes: list[type[Exception]] = []

    def guess() -> None:
        start.wait()
        try:
            accounts.sign_in(market, "Nobody", "wrong")
        except accounts.AccountError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) == {accounts.SignInFailed, accounts.ManyAtTheDoor}
    assert outcomes.count(accounts.SignInFailed) >= hashing.AT_ONCE + hashing.WAITING
    assert accounts.sign_in(market, "Maria", PASSWORD) == worker_id
