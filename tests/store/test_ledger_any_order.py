"""The ledger against a model of a few lines: money moves in any order, some of it twice, some of it too much."""

from __future__ import annotations

import tempfile

from databases import new_sqlite, without_waiting_for_the_disk
from factories import START, a_project
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crowdbroker.errors import OverBudget, StaleState
from crowdbroker.store.ledger import Account, Transfer, balances, folded, open_accounts, post
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

cents = st.integers(0, 60)
keys = st.integers(0, 12)


class AnyOrder(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.url = new_sqlite(self.folder.name)
        self.store = Store.open(self.url)
        without_waiting_for_the_disk(self.store.engine)
        self.store.engine.dispose()
        with self.store.write() as session:
            session.add(
                BatchRow(
                    uid="u",
                    name="b",
                    project="reviews",
                    project_json=a_project().to_json(),
                    page_source="",
                    seed=1,
                    cap_cents=0,
                    created_at=START,
                )
            )
            session.flush()
            open_accounts(session, 1)
        self.holds = dict.fromkeys(Account, 0)
        self.happened: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def move(self, key: str, moves: dict[Account, int]) -> None:
        """Post, and expect what a dictionary of numbers would do."""
        wanted = {account: self.holds[account] + change for account, change in moves.items()}
        known = key in self.happened
        covered = all(cents >= 0 for account, cents in wanted.items() if account is not Account.DEPOSITED)
        try:
            with self.store.write() as session:
                post(session, [Transfer(key, 1, moves)], START)
        except (OverBudget, StaleState):
            assert not covered
            assert not known
            return
        assert covered or known
        if not known and any(moves.values()):
            self.happened.add(key)
            self.holds |= wanted

    @rule(key=keys, cents=cents)
    def deposit(self, key: int, cents: int) -> None:
        self.move(f"deposit:{key}", {Account.DEPOSITED: -cents, Account.AVAILABLE: cents})

    @rule(key=keys, cents=cents)
    def reserve(self, key: int, cents: int) -> None:
        self.move(f"reserve:{key}", {Account.AVAILABLE: -cents, Account.RESERVED: cents})

    @rule(key=keys, cents=cents)
    def owe(self, key: int, cents: int) -> None:
        self.move(f"owe:{key}", {Account.RESERVED: -cents, Account.OWED: cents})

    @rule(key=keys, reward=cents, fee=st.integers(0, 9))
    def pay(self, key: int, reward: int, fee: int) -> None:
        moves = {Account.OWED: -reward - fee, Account.REWARDS: reward, Account.FEES: fee}
        # A key always moves money between the same accounts.
        self.move(f"pay:{key}:{bool(reward)}:{bool(fee)}", moves)

    @rule(key=keys, cents=cents, source=st.sampled_from([Account.RESERVED, Account.OWED]))
    def release(self, key: int, cents: int, source: Account) -> None:
        self.move(f"release:{key}:{source}", {source: -cents, Account.AVAILABLE: cents})

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = Store(self.store.engine)

    @invariant()
    def the_books_are_the_models(self) -> None:
        with self.store.read() as session:
            found = balances(session, 1)
            assert folded(session, 1) == found
        assert found == self.holds | {Account.DEPOSITED: -self.holds[Account.DEPOSITED]}
        assert found[Account.DEPOSITED] == sum(cents for account, cents in found.items() if account != "deposited")


class TestAnyOrder(AnyOrder.TestCase):
    settings = settings(max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
