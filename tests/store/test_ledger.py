"""Transfers that happen at most once and never below zero."""

from __future__ import annotations

import threading

import pytest
from factories import START
from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.errors import OverBudget, StaleState
from crowdbroker.store.ledger import Account, Transfer, balances, folded, open_accounts, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EntryRow

A, R, O = Account.AVAILABLE, Account.RESERVED, Account.OWED  # noqa: E741


def moved(key: str, source: Account, target: Account, cents: int, batch_id: int = 1) -> Transfer:
    return Transfer(key, batch_id, {source: -cents, target: cents})


def test_a_new_batch_has_its_cap_and_nothing_else(session: Session, batch: BatchView) -> None:
    found = balances(session, batch.id)
    assert found == dict.fromkeys(Account, 0) | {Account.DEPOSITED: 10_000, A: 10_000}
    assert folded(session, batch.id) == found


def test_a_transfer_sums_to_zero() -> None:
    with pytest.raises(ValueError, match="does not sum to zero"):
        Transfer("t", 1, {A: -5, R: 4})


def test_a_transfer_happens_once(session: Session, batch: BatchView) -> None:
    for _ in range(2):
        post(session, [moved("t", A, R, 40)], START)
    post(session, [moved("t", A, R, 40), moved("u", A, R, 2)], START)
    found = balances(session, batch.id)
    assert (found[A], found[R]) == (9_958, 42)
    assert folded(session, batch.id) == found


def test_a_transfer_that_comes_twice_in_one_posting_happens_once(session: Session, batch: BatchView) -> None:
    post(session, [moved("t", A, R, 40), moved("t", A, R, 40)], START)
    assert balances(session, batch.id)[R] == 40
    assert folded(session, batch.id) == balances(session, batch.id)


def test_a_key_that_comes_again_between_other_accounts_is_refused_and_makes_no_money(
    store: Store, batch: BatchView
) -> None:
    with store.write() as session:
        post(session, [moved("t", A, R, 40)], START)
    with pytest.raises(StaleState, match="the transfer t happened already"), store.write() as session:
        post(session, [moved("t", R, O, 40)], START)
    with store.read() as session:
        assert balances(session)[R] == 40 == folded(session)[R]


def test_nothing_moves_for_nothing(session: Session, batch: BatchView) -> None:
    post(session, [], START)
    post(session, [moved("t", A, R, 0)], START)
    assert session.exec(select(func.count()).where(col(EntryRow.transfer) == "t")).one() == 0


def test_a_batch_cannot_spend_more_than_it_has(store: Store, batch: BatchView) -> None:
    with store.write() as session:
        post(session, [moved("all", A, R, 10_000)], START)
    with pytest.raises(OverBudget) as caught, store.write() as session:
        post(session, [moved("more", A, R, 1)], START)
    assert (caught.value.needed_cents, caught.value.available_cents) == (1, 0)
    with store.read() as session:
        assert balances(session, batch.id) == folded(session, batch.id)
        assert balances(session, batch.id)[R] == 10_000


@pytest.mark.parametrize("account", [R, O, Account.REWARDS, Account.FEES, Account.BONUSES])
def test_no_other_account_falls_below_zero(store: Store, batch: BatchView, account: Account) -> None:
    says = f"the account {account} of batch 1 holds 0 cents, 1 were to leave it"
    with pytest.raises(StaleState, match=says), store.write() as session:
        post(session, [moved("t", account, A, 1)], START)
    with store.read() as session:
        assert balances(session)[account] == 0


def test_within_one_posting_money_may_pass_through_an_account(session: Session, batch: BatchView) -> None:
    post(session, [moved("in", A, R, 5), moved("on", R, O, 5)], START)
    assert balances(session, batch.id)[O] == 5


def test_batches_do_not_share_their_money(store: Store, batch: BatchView) -> None:
    with store.write() as session:
        row = session.get_one(BatchRow, batch.id)
        other = BatchRow(**row.model_dump(exclude={"id"}) | {"uid": "other", "name": "second"})
        session.add(other)
        session.flush()
        assert other.id is not None
        open_accounts(session, other.id)
        post(session, [moved("put", Account.DEPOSITED, A, 7, other.id)], START)
    with pytest.raises(OverBudget), store.write() as session:
        post(session, [moved("t", A, R, 8, other.id)], START)
    with store.read() as session:
        assert balances(session, other.id)[A] == 7
        assert balances(session)[A] == 10_007 == folded(session)[A]
        assert balances(session)[Account.DEPOSITED] == 10_007


def test_two_publishers_never_spend_the_last_cents_twice(store: Store, batch: BatchView) -> None:
    """Eight threads try to reserve 3,000 of 10,000 cents: three get it."""
    got: list[int] = []

    def reserve(number: int) -> None:
        try:
            with store.write() as session:
                post(session, [moved(f"t{number}", A, R, 3_000)], START)
        except OverBudget:
            return
        got.append(number)

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        found = balances(session, batch.id)
        assert folded(session, batch.id) == found
    assert len(got) == 3
    assert (found[A], found[R]) == (1_000, 9_000)


def test_the_same_transfer_from_many_threads_happens_once(store: Store, batch: BatchView) -> None:
    def reserve() -> None:
        with store.write() as session:
            post(session, [moved("t", A, R, 10)], START)

    threads = [threading.Thread(target=reserve) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert balances(session, batch.id)[R] == 10 == folded(session, batch.id)[R]


def test_amounts_beyond_32_bits_are_kept(session: Session, batch: BatchView) -> None:
    post(session, [moved("put", Account.DEPOSITED, A, 10**12)], START)
    assert balances(session, batch.id)[A] == 10**12 + 10_000 == folded(session, batch.id)[A]
