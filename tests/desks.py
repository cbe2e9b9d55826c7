"""A broker's store, a marketplace with a clock that stands still, and the wire between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from databases import migrated, new_sqlite, rewrite, without_waiting_for_the_disk
from factories import START, a_project, a_template, right, some_gold, some_items
from faulty import FaultyWire
from sqlalchemy import Engine
from sqlmodel import col, func, select

from crowdbroker.broker.collect import Collected, collect
from crowdbroker.broker.judge import Judged, judge
from crowdbroker.broker.load import load
from crowdbroker.broker.publish import publish
from crowdbroker.broker.relay import RelayReport
from crowdbroker.broker.run import run
from crowdbroker.broker.settle import settle
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import Project
from crowdbroker.marketplace import MTURK_2026, Marketplace, ledger, worker
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.database import DEFAULT_REQUESTER
from crowdbroker.marketplace.ids import Ids
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.marketplace.tables import AccountRow
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.reading import read_page
from crowdbroker.store.ledger import Account, balances, folded
from crowdbroker.store.reads import BatchView, find_batch
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, WorkerRow

OWN = "own"
Answer = Callable[[str], str]


class Switch:
    """One client serves all desks, because making one takes longer than most tests; `answer` answers it now."""

    answer: Any = None

    def __call__(self, request: Any, **extra: Any) -> Any:
        return self.answer(request, **extra)


class Desk:
    """Store, marketplace and wire, with short names for what tests do all the time."""

    def __init__(
        self, store: Store, marketplace: Marketplace, clock: ManualClock, market: MTurk, switch: Switch
    ) -> None:
        self.store = store
        self.marketplace = marketplace
        self.clock = clock
        self.market = market
        self.wire = switch.answer = FaultyWire(answer_in_process(marketplace))

    # The operator's verbs.

    def load(
        self,
        items: int | Sequence[Item] = 8,
        gold: int = 5,
        *,
        name: str = "first",
        seed: int = 1,
        settings: Any = None,
        **changes: Any,
    ) -> BatchView:
        """Load Items and gold under a Project; `settings` are those of its settings that have an argument's name."""
        project: Project = a_project(**changes, **(settings or {}))
        rows = some_items(items) if isinstance(items, int) else items
        plans = plan_hits(
            rows,
            some_gold(gold),
            items_per_hit=project.items_per_hit,
            gold_per_hit=project.gold.per_hit,
            overlap=project.overlap,
            seed=seed,
        )
        mixed_in = frozenset(item.key for item in some_gold(gold))
        load(
            self.store,
            project,
            a_template(),
            plans,
            name=name,
            mixed_in=mixed_in,
            tariff=Tariff(),
            seed=seed,
            now=self.clock(),
        )
        return self.batch(name)

    def batch(self, name: str | None = None) -> BatchView:
        with self.store.read() as session:
            return find_batch(session, name)

    def publish(self, name: str | None = None, *, marketplace: str = OWN) -> RelayReport:
        return publish(self.store, self.market, self.batch(name), self.clock, marketplace=marketplace)

    def collect(self, name: str | None = None, *, marketplace: str = OWN) -> Collected:
        return collect(self.store, self.market, self.batch(name), self.clock, marketplace=marketplace)

    def judge(self, name: str | None = None) -> Judged:
        return judge(self.store, self.batch(name), self.clock())

    def settle(self, name: str | None = None, *, marketplace: str = OWN) -> RelayReport:
        return settle(self.store, self.market, self.batch(name), self.clock, marketplace=marketplace)

    def run(self, wait: Callable[[], None]) -> Any:
        return run(
            self.store,
            self.market,
            self.batch(),
            self.clock,
            marketplace=OWN,
            wait=wait,
            tell=lambda _round: None,
        )

    # The workers.

    def workers(self, count: int) -> list[str]:
        return [worker.enrol(self.marketplace, f"worker {n}", worker_id=f"AW{n}") for n in range(count)]

    def work(self, worker_id: str, answer: Answer = right, *, most: int = 1000, seconds: float = 40) -> int:
        """Take every HIT on offer, up to `most`; return how many."""
        kinds = [group.hit_type_id for group in worker.groups(self.marketplace, worker_id) if group.qualified]
        for done in range(most):
            held = next((taken for kind in kinds if (taken := self.accept(worker_id, kind))), None)
            if held is None:
                return done
            self.clock.advance(timedelta(seconds=seconds))
            self.submit(held, answer)
        return most

    def accept(self, worker_id: str, hit_type_id: str | None = None) -> worker.Held | None:
        kind = hit_type_id or worker.groups(self.marketplace, worker_id)[0].hit_type_id
        try:
            return worker.accept_next(self.marketplace, worker_id, kind)
        except worker.WorkError:
            return None

    def submit(self, held: worker.Held, answer: Answer = right) -> None:
        fields = [(one.name, answer(one.text)) for one in read_page(held.html or "")]
        worker.submit(self.marketplace, held.worker_id, held.assignment_id, fields)

    def pass_time(self, **passed: float) -> None:
        self.clock.advance(timedelta(**passed))

    # What came of it.

    def assignments(self) -> list[AssignmentRow]:
        with self.store.read() as session:
            return list(session.exec(select(AssignmentRow).order_by(col(AssignmentRow.id))))

    def states(self) -> list[str]:
        return [row.state for row in self.assignments()]

    def of(self, worker_id: str) -> list[AssignmentRow]:
        with self.store.read() as session:
            rows = select(AssignmentRow).where(
                AssignmentRow.worker_row == WorkerRow.id, WorkerRow.worker_id == worker_id
            )
            return list(session.exec(rows.order_by(col(AssignmentRow.id))))

    def effects(self, kind: str | None = None) -> list[EffectRow]:
        with self.store.read() as session:
            rows = session.exec(select(EffectRow).order_by(col(EffectRow.id))).all()
        return [row for row in rows if kind is None or row.kind == kind]

    def money(self, name: str | None = None) -> dict[Account, int]:
        with self.store.read() as session:
            return balances(session, find_batch(session, name).id)

    def paid(self) -> dict[str, int]:
        """WorkerId -> cents that the marketplace says were earned."""
        with self.marketplace.read() as session:
            rows = session.exec(select(AccountRow.id, AccountRow.balance_cents)).all()
        return {name.removeprefix("owed:"): cents for name, cents in rows if name.startswith("owed:")}

    def check_books(self) -> None:
        """Both ledgers agree with themselves and with each other, cent by cent."""
        with self.store.read() as session:
            ours = balances(session)
            assert folded(session) == ours
        spread = sum(cents for account, cents in ours.items() if account is not Account.DEPOSITED)
        assert spread == ours[Account.DEPOSITED]
        with self.marketplace.read() as session:
            assert check_books(session) == []
            held = ledger.balance_cents(session, ledger.held(DEFAULT_REQUESTER))
            fees = ledger.balance_cents(session, ledger.FEES)
        assert ours[Account.REWARDS] + ours[Account.BONUSES] == sum(self.paid().values())
        assert ours[Account.FEES] == fees
        assert ours[Account.RESERVED] + ours[Account.OWED] == held

    def count(self, table: Any) -> int:
        with self.store.read() as session:
            return int(session.exec(select(func.count()).select_from(table)).one())


class Desks:
    """Desks that are lent out: a new desk is an old one with new database files.

    An engine compiles each of its statements once, which takes longer than most tests, so engines are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._switch = Switch()
        client = connect(None, access_key="k", secret_key="s", answer=self._switch)
        self._market = MTurk(client, sleep=lambda _: None)
        self._kept: list[tuple[Store, Engine]] = []
        self._lent: dict[int, tuple[Store, Engine]] = {}
        self._empty = self._new_marketplace()

    def take(self) -> Desk:
        """A desk with an empty store and an empty marketplace."""
        store, engine = self._kept.pop() if self._kept else self._made()
        for database, content in ((store.engine, migrated()), (engine, self._empty)):
            rewrite(database, content)
        clock = ManualClock(START)
        marketplace = Marketplace(engine, clock=clock, ids=Ids("7"), tariff=MTURK_2026)
        desk = Desk(store, marketplace, clock, self._market, self._switch)
        self._lent[id(desk)] = (store, engine)
        return desk

    def around(self, store: Store, marketplace: Marketplace, clock: ManualClock) -> Desk:
        """A desk with databases of the test's own."""
        return Desk(store, marketplace, clock, self._market, self._switch)

    def give_back(self, desk: Desk) -> None:
        """The next one gets it."""
        self._kept.append(self._lent.pop(id(desk)))

    def close(self) -> None:
        for store, engine in (*self._kept, *self._lent.values()):
            store.close()
            engine.dispose()

    def _made(self) -> tuple[Store, Engine]:
        folder = self._folder / str(len(self._lent))
        folder.mkdir()
        store = Store.open(new_sqlite(folder))
        engine = Marketplace.open(f"sqlite:///{folder}/marketplace.db", clock=ManualClock(START)).engine
        for database in (store.engine, engine):
            without_waiting_for_the_disk(database)
        return store, engine

    def _new_marketplace(self) -> bytes:
        file = self._folder / "empty.db"
        opened = Marketplace.open(f"sqlite:///{file}", clock=ManualClock(START))
        with opened.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.close()
        return file.read_bytes()
