"""Whatever happens to a Batch's work, its report is the ledger's folding, cent by cent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from databases import migrated, new_sqlite, postgres, rewrite, truncate, without_waiting_for_the_disk
from factories import START, a_project, a_submission
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.reports.budget import budget_document
from crowdbroker.reports.scope import read_scope
from crowdbroker.reports.spending import ACCOUNTS
from crowdbroker.store.decisions import book_decision
from crowdbroker.store.ingest import ingest
from crowdbroker.store.ledger import Account, Transfer, folded, open_accounts, post
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EffectRow, HITRow

DAYS = 5
Need = Any


class Page(NamedTuple):
    """One submitted HIT: its price, when it comes and is decided, and what a bonus adds."""

    batch: int
    worker: int
    reward: int
    fee: int
    day: int
    decided: str
    bonus: int


pages = st.lists(
    st.builds(
        Page,
        batch=st.integers(1, 2),
        worker=st.integers(1, 3),
        reward=st.integers(0, 999),
        fee=st.integers(0, 99),
        day=st.integers(0, DAYS - 1),
        decided=st.sampled_from(["approved", "rejected", "submitted"]),
        bonus=st.integers(0, 50),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(new_sqlite(Path(folder)))
        without_waiting_for_the_disk(store.engine)
        yield store
        store.close()


@settings(max_examples=25)
@given(pages, st.integers(0, DAYS))
def test_every_sum_of_the_report_is_the_ledgers(sqlite: Store, work: list[Page], since: int) -> None:
    rewrite(sqlite.engine, migrated())
    happen(sqlite, work)
    check(sqlite, since)


def test_and_so_it_is_on_postgresql(need: Need) -> None:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    store = Store(create_engine(server.url("kept")))
    truncate(store.engine)
    happen(store, [Page(1 + n % 2, 1 + n % 3, 50 + n, 10, n % DAYS, "approved", n) for n in range(9)])
    check(store, 2)
    truncate(store.engine)
    store.close()


def happen(store: Store, work: Sequence[Page]) -> None:
    """Two Batches of a hundred dollars each, and the work."""
    with store.write() as session:
        for number in (1, 2):
            session.add(
                BatchRow(
                    uid=f"u{number}",
                    name=f"b{number}",
                    project="reviews",
                    project_json=a_project().to_json(),
                    page_source="",
                    seed=1,
                    cap_cents=100_00,
                    created_at=START,
                )
            )
            session.flush()
            open_accounts(session, number)
            moves = {Account.DEPOSITED: -100_00, Account.AVAILABLE: 100_00}
            post(session, [Transfer(f"deposit:{number}", number, moves)], START)
    for number, page in enumerate(work, 1):
        _do(store, number, page)


def _do(store: Store, number: int, page: Page) -> None:
    at = START + timedelta(days=page.day)
    price = page.reward + page.fee
    with store.write() as session:
        hit = HITRow(
            batch_id=page.batch,
            position=number,
            max_assignments=1,
            reward_cents=page.reward,
            fee_cents=page.fee,
            state=HITState.OPEN,
        )
        session.add(hit)
        session.flush()
        kept = {Account.AVAILABLE: -price - page.bonus, Account.RESERVED: price + page.bonus}
        post(session, [Transfer(f"reserve:{number}", page.batch, kept)], START)
        one = a_submission(
            number,
            batch_id=page.batch,
            hit_row=hit.id,
            worker_id=f"W{page.worker}",
            place_cents=price,
            accepted_at=at - timedelta(seconds=30),
            submitted_at=at,
        )
        ingest(session, [one], at)
        if page.decided != "submitted":
            book_decision(session, number, AssignmentState(page.decided), at + timedelta(hours=20))
        if page.bonus:
            _bonus(session, number, page, at)


def _bonus(session: Any, number: int, page: Page, at: Any) -> None:
    fee = page.bonus // 5
    session.add(
        EffectRow(
            batch_id=page.batch,
            key=f"bonus:{number}",
            kind="bonus",
            request={"worker_id": f"W{page.worker}", "cents": page.bonus - fee, "fee_cents": fee},
            request_sha256="",
            state=EffectState.DONE,
            next_at=at,
            ended_at=at,
        )
    )
    moves = {Account.RESERVED: -page.bonus, Account.BONUSES: page.bonus - fee, Account.FEES: fee}
    post(session, [Transfer(f"bonus:bonus:{number}", page.batch, moves)], at)


def check(store: Store, since: int) -> None:
    """Every figure against the Entries."""
    now = START + timedelta(days=DAYS + 1)
    first = (START + timedelta(days=since)).date()
    with store.read() as session:
        document = budget_document(session, read_scope(session, batch=None, since=None, at=now))
        later = budget_document(session, read_scope(session, batch=None, since=first.isoformat(), at=now))
        every = {account.value: cents for account, cents in folded(session).items()}
        apart = [{account.value: cents for account, cents in folded(session, number).items()} for number in (1, 2)]
    assert {name: document["totals"][name] for name in ACCOUNTS} == every
    assert [{name: row[name] for name in ACCOUNTS} for row in document["batches"]] == apart
    assert {name: sum(day[name] for day in document["days"]) for name in ACCOUNTS} == every
    rest = [day for day in document["days"] if day["day"] < first.isoformat()]
    assert {name: later["since"][name] + sum(day[name] for day in rest) for name in ACCOUNTS} == every
    paid = {name: sum(row[name] for row in document["workers"]) for name in ("rewards", "bonuses", "fees")}
    assert paid == {name: every[name] for name in paid}
    assert sum(every[name] for name in ACCOUNTS[1:]) == every["deposited"]
    assert document["totals"]["spent"] == sum(row["spent"] for row in document["costs"]) == sum(paid.values())
