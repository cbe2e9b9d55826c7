"""Recorded answers at the marketplace: each recorded worker takes exactly the HITs with answers of theirs."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.errors import InputError
from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.reading import read_page

TASK_COLUMN = "task"
MOST_ITEMS_A_HIT = 20
GOLD_SHARE = 0.1
_SECONDS_AN_ITEM = 8


@dataclass(frozen=True)
class Recording:
    """Recorded answers, each (task, worker) once.

    Attributes:
        answers: task -> worker -> label, in the order of the file.
        repeats: answers left out because the worker had answered the task before.
    """

    answers: Mapping[str, Mapping[str, str]]
    repeats: int

    @classmethod
    def from_rows(cls, rows: Iterator[tuple[str, str, str]]) -> Recording:
        """Keep the first answer of a worker to a task."""
        answers: dict[str, dict[str, str]] = {}
        repeats = 0
        for task, who, label in rows:
            given = answers.setdefault(task, {})
            repeats += who in given
            given.setdefault(who, label)
        return cls(answers, repeats)

    @property
    def workers(self) -> list[str]:
        """The recorded workers, in the order in which they first answer."""
        return list(dict.fromkeys(who for given in self.answers.values() for who in given))

    @property
    def labels(self) -> list[str]:
        """The labels that were given, sorted."""
        return sorted({label for given in self.answers.values() for label in given.values()})


def to_worker_id(name: str) -> str:
    """A legal WorkerId that holds the recorded id: `A` and its base 32 digits.

    Raises:
        InputError: the id is too long to fit.
    """
    worker_id = "A" + base64.b32encode(name.encode()).decode().rstrip("=")
    if len(worker_id) > 64 or not name:
        raise InputError(f"the worker id {name!r} cannot be a WorkerId", field="worker", remedy="Use 1 to 39 bytes.")
    return worker_id


def from_worker_id(worker_id: str) -> str:
    """The recorded id behind `to_worker_id`."""
    digits = worker_id[1:]
    return base64.b32decode(digits + "=" * (-len(digits) % 8)).decode()


def plan_replay(recording: Recording, truth: Mapping[str, str], *, seed: int) -> list[HITPlan]:
    """HITs of up to twenty Items with the same recorded workers; all other Items go alone.

    A tenth of the Items, drawn by seed among those whose truth is known, is gold where it stands.
    """
    known = [task for task in recording.answers if task in truth]
    draw = random.Random(f"replay gold:{seed}")
    gold = set(draw.sample(known, round(len(known) * GOLD_SHARE)))
    together: dict[frozenset[str], list[Item]] = {}
    for task, given in recording.answers.items():
        accepted = (truth[task],) if task in gold else ()
        together.setdefault(frozenset(given), []).append(Item(task, {TASK_COLUMN: task}, accepted))
    return [
        HITPlan(tuple(items[start : start + MOST_ITEMS_A_HIT]), len(who))
        for who, items in together.items()
        for start in range(0, len(items), MOST_ITEMS_A_HIT)
    ]


class ReplayCrowd:
    """The recorded workers at the marketplace; each HIT's page is read to see whose answers it holds."""

    def __init__(self, marketplace: Marketplace, clock: ManualClock, recording: Recording) -> None:
        self._marketplace = marketplace
        self._clock = clock
        self._given = {_shown(task): given for task, given in recording.answers.items()}
        if len(self._given) < len(recording.answers):
            raise InputError("two tasks differ in nothing but spaces", field="task", remedy="Rename one of them.")
        self.names = {to_worker_id(name): name for name in recording.workers}
        for worker_id, name in self.names.items():
            worker.enrol(marketplace, name, worker_id=worker_id)

    def work(self) -> int:
        """Work off every HIT on offer and return how many Assignments were submitted."""
        reader = next(iter(self.names))
        hits = [
            (preview.hit_id, self._who(preview.html or ""))
            for group in worker.groups(self._marketplace, reader)
            for preview in worker.browse(self._marketplace, reader, group.hit_type_id)
        ]
        for hit_id, names in hits:
            for name in names:
                self._answer(hit_id, name)
        return sum(len(names) for _, names in hits)

    def _who(self, html: str) -> Sequence[str]:
        return list(self._given[_shown(read_page(html)[0].text)])

    def _answer(self, hit_id: str, name: str) -> None:
        held = worker.accept(self._marketplace, to_worker_id(name), hit_id)
        asked = read_page(held.html or "")
        fields = [(one.name, self._given[_shown(one.text)][name]) for one in asked]
        self._clock.advance(timedelta(seconds=_SECONDS_AN_ITEM * len(asked)))
        worker.submit(self._marketplace, held.worker_id, held.assignment_id, fields)


def _shown(task: str) -> str:
    """A task as a reader of the page sees it, without regard to spaces."""
    return " ".join(task.split())
