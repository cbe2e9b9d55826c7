"""Broker, marketplace, crowd, clock and faults in one process: what a simulated Batch lives in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from crowdbroker.broker.collect import collect
from crowdbroker.broker.load import load
from crowdbroker.broker.relay import relay
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import Project
from crowdbroker.errors import CrowdbrokerError, IllegalMove, StaleState
from crowdbroker.marketplace import worker
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.faults import FaultyWire, Killed, Touches, WireFault
from crowdbroker.simulation.reading import read_page
from crowdbroker.simulation.scratch import START, Scratch
from crowdbroker.store.reads import BatchView, find_batch
from crowdbroker.store.store import Store

OWN = "own"
LABELS = ("negative", "neutral", "positive")
TARIFF = Tariff()
_A_LEASE_AND_MORE = timedelta(minutes=15)
_PAGE = """<form>
{% for item in items %}
<fieldset><p data-item-text>{{ item.data.text }}</p>
{% for label in labels %}<input type="radio" name="{{ item.name }}" value="{{ label.value }}">{% endfor %}
</fieldset>
{% endfor %}
</form>"""
TEMPLATE = PageTemplate("page.html", {"page.html": _PAGE})
_BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What an error of the program looks like, in contrast to what an operator is told."""


@dataclass(frozen=True)
class Design:
    """The Batch that is simulated: the settings of its Project, and how many rows and gold rows it has."""

    items: int
    gold: int
    settings: dict[str, Any]

    def project(self, **changes: Any) -> Project:
        """The Project."""
        fixed = {
            "name": "simulated",
            "title": "How does the writer feel?",
            "description": "Read short reviews.",
            "labels": list(LABELS),
            "reward": "0.05",
            "budget": "20.00",
        }
        return Project.model_validate(fixed | self.settings | changes)


def some_items(count: int, prefix: str = "i", *, gold: bool = False) -> list[Item]:
    """Items whose text begins with the label that it deserves."""
    found = []
    for number in range(count):
        key, label = f"{prefix}{number}", LABELS[number % len(LABELS)]
        found.append(Item(key, {"id": key, "text": f"{label} {key}"}, (label,) if gold else ()))
    return found


@dataclass(frozen=True)
class Saved:
    """A world at a moment at which nothing was under way."""

    content: tuple[bytes, bytes]
    at: datetime
    ids: object
    known: Mapping[str, str]
    calls: Counter[str]
    moments: tuple[str, ...]


class World:
    """One Batch, and everything that touches it.

    Attributes:
        store: the broker's; another object after every restart.
        wrong: what the broker was seen to do and must not.
    """

    def __init__(
        self, scratch: Scratch, design: Design, *, careful: int = 5, careless: int = 2, saved: Saved | None = None
    ) -> None:
        self.design = design
        self.clock = ManualClock(saved.at if saved else START)
        self._scratch = scratch
        self.store = scratch.store()
        self.marketplace = scratch.marketplace(self.clock)
        self.market = scratch.market
        self.touches = Touches()
        answer = answer_in_process(self.marketplace)
        self.wire = FaultyWire(answer, self.touches, may_call=self._open_transaction, meanwhile=self._meanwhile)
        scratch.answer = self.wire
        self.wrong: list[str] = []
        self.kills = 0
        self.told: list[str] = []
        self._open = ExitStack()
        self.careful = [f"ACAREFUL{n}" for n in range(careful)]
        self.careless = [f"ACARELESS{n}" for n in range(careless)]
        if saved:
            self._go_on_from(saved)
            return
        for name in (*self.careful, *self.careless):
            worker.enrol(self.marketplace, name, worker_id=name)
        self._load()

    def __enter__(self) -> Self:
        self._open.enter_context(self.touches.of(self.store.engine, "commit of the store"))
        self._open.enter_context(self.touches.of(self.marketplace.engine, "commit of the marketplace"))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # The operator.

    def batch(self) -> BatchView:
        """The Batch as it is stored now."""
        with self.store.read() as session:
            return find_batch(session)

    def operate(self, verb: Callable[[], Any]) -> bool:
        """Let the operator run a command once; whether it came to its end, well or with a sentence.

        A process that is killed is started anew by whoever gives the next command.
        """
        try:
            with self._counting():
                verb()
        except Killed as where:
            self.told.append(f"killed: {where}")
            self.restart()
            return False
        except CrowdbrokerError as error:
            self._tell(error)
        except _BUGS as error:
            self.wrong.append(f"The broker ended with {type(error).__name__}: {error}")
        return True

    def run(self, verb: Callable[..., Any], **more: Any) -> bool:
        """The same for a verb that works on the Batch at the marketplace."""
        return self.operate(lambda: verb(self.store, self.market, self.batch(), self.clock, marketplace=OWN, **more))

    def restart(self) -> None:
        """Another process takes over: what the first had in memory is gone, its open transaction too."""
        self.kills += 1
        self.marketplace.close()
        self.store.close()
        self.store = Store(self.store.engine)

    def pass_time(self, **passed: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**passed))

    @contextmanager
    def _counting(self) -> Iterator[None]:
        self.touches.counting = True
        try:
            yield
        finally:
            self.touches.counting = False

    def _open_transaction(self) -> str:
        return "a transaction was open" if self.store.engine.pool.checkedout() else ""  # type: ignore[attr-defined]

    def _meanwhile(self, fault: WireFault) -> None:
        """What happens while a reply is on its way."""
        if fault in (WireFault.SLOW, WireFault.SLOW_AND_OVERTAKEN):
            self.clock.advance(_A_LEASE_AND_MORE)
        if fault in (WireFault.OVERTAKEN, WireFault.SLOW_AND_OVERTAKEN):
            batch = self.batch()
            try:
                relay(self.store, self.market, self.clock, batch_id=batch.id, owner="another broker")
                collect(self.store, self.market, batch, self.clock, marketplace=OWN)
            except CrowdbrokerError as error:
                self._tell(error)
            except Killed:
                # The one that waits for its reply goes on.
                self.restart()

    def _tell(self, error: CrowdbrokerError) -> None:
        self.told.append(error.message)
        if isinstance(error, StaleState | IllegalMove):
            self.wrong.append(f"The broker ran into its own guard: {error.message}")

    def _load(self) -> None:
        project = self.design.project()
        gold = some_items(self.design.gold, "g", gold=True)
        plans = plan_hits(
            some_items(self.design.items),
            gold,
            items_per_hit=project.items_per_hit,
            gold_per_hit=project.gold.per_hit,
            overlap=project.overlap,
            seed=1,
        )
        load(
            self.store,
            project,
            TEMPLATE,
            plans,
            name="simulated",
            mixed_in=frozenset(item.key for item in gold),
            tariff=TARIFF,
            seed=1,
            now=self.clock(),
            uid="simulated",
        )

    def save(self) -> Saved:
        """This world as it is; both databases must be files, and no process may have been killed."""
        return Saved(
            self._scratch.content(),
            self.clock(),
            self.marketplace.ids.mark(),
            self.wire.known(),
            Counter(self.wire.calls),
            tuple(self.touches.moments),
        )

    def _go_on_from(self, saved: Saved) -> None:
        self._scratch.put_back(saved.content)
        self.marketplace.ids.go_on_from(saved.ids)
        self.wire.go_on_from(saved.known, saved.calls)
        self.touches.moments.extend(saved.moments)

    # The crowd.

    def accept(self, worker_id: str) -> worker.Held | None:
        """Take the oldest HIT that is on offer for a worker."""
        for group in worker.groups(self.marketplace, worker_id):
            with suppress(worker.WorkError):
                return worker.accept_next(self.marketplace, worker_id, group.hit_type_id)
        return None

    def submit(self, held: worker.Held) -> None:
        """Hand in what a worker holds; it is too late where it is too late."""
        wrongly = held.worker_id in self.careless
        fields = [(one.name, _answer(one.text, wrongly=wrongly)) for one in read_page(held.html or "")]
        with suppress(worker.WorkError):
            worker.submit(self.marketplace, held.worker_id, held.assignment_id, fields)

    def work(self, worker_id: str, *, most: int = 100) -> int:
        """Do what is on offer; return how many HITs."""
        for done in range(most):
            held = self.accept(worker_id)
            if held is None:
                return done
            self.pass_time(seconds=40)
            self.submit(held)
        return most


def _answer(text: str, *, wrongly: bool) -> str:
    label = text.split()[0]
    return LABELS[(LABELS.index(label) + 1) % len(LABELS)] if wrongly else label
