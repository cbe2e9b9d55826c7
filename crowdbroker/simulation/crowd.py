"""A simulated crowd on a manual clock: its workers come, read, answer, submit or walk away, one event at a time."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.personas import Persona, PersonaKind, make_persona
from crowdbroker.simulation.reading import Asked, read_page

_LOOKS_AGAIN_AFTER = timedelta(minutes=4)


@dataclass(frozen=True)
class Member:
    """One worker of the crowd."""

    worker_id: str
    name: str
    persona: Persona


class Crowd:
    """Workers who do whatever the marketplace offers them.

    Args:
        truth: the text that a page shows -> the label that it deserves; what the simulation knows and a requester
            does not. A text that is not in it is answered as if every label were as likely.
        labels: the label set, in the order of the personas' confusion matrices.
        doubt: texts on which even careful workers differ: P(the answer is any label at random).
    """

    def __init__(
        self,
        marketplace: Marketplace,
        clock: ManualClock,
        members: Sequence[Member],
        *,
        truth: Mapping[str, str],
        labels: Sequence[str],
        seed: int,
        doubt: Mapping[str, float] | None = None,
    ) -> None:
        self._marketplace = marketplace
        self._clock = clock
        self._truth = truth
        self._labels = list(labels)
        self._doubt = doubt or {}
        self._rng = random.Random(f"crowd:{seed}")
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        for member in members:
            self._at(clock() + timedelta(seconds=self._rng.uniform(0, 600)), partial(self._look, member))

    def work_until(self, until: datetime) -> None:
        """Let everything happen that happens before `until`, and leave the clock there."""
        while self._events and self._events[0][0] <= until:
            at, _, act = heapq.heappop(self._events)
            self._clock.move_to(at)
            act()
        self._clock.move_to(until)

    def _at(self, when: datetime, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, act))

    def _look(self, member: Member) -> None:
        """Take the first HIT on offer, or come back later."""
        for group in worker.groups(self._marketplace, member.worker_id):
            if not group.qualified:
                continue
            try:
                held = worker.accept_next(self._marketplace, member.worker_id, group.hit_type_id)
            except worker.WorkError:
                continue
            self._begin(member, held)
            return
        self._at(self._clock() + _LOOKS_AGAIN_AFTER, partial(self._look, member))

    def _begin(self, member: Member, held: worker.Held) -> None:
        asked = read_page(held.html or "")
        seconds = member.persona.seconds(len(asked), self._rng)
        if self._rng.random() < member.persona.abandons:
            self._at(held.deadline + timedelta(seconds=1), partial(self._look, member))
            return
        answers = [(one.name, self._answer(member.persona, one)) for one in asked]
        answers.append(("seconds", str(round(seconds))))
        self._at(self._clock() + timedelta(seconds=seconds), partial(self._submit, member, held, answers))

    def _answer(self, persona: Persona, asked: Asked) -> str:
        text = asked.text.strip()
        truth = self._truth.get(text)
        careful = persona.kind in (PersonaKind.EXPERT, PersonaKind.AVERAGE, PersonaKind.BIASED)
        if truth is None or (careful and self._rng.random() < self._doubt.get(text, 0.0)):
            return self._rng.choice(asked.choices)
        said = self._labels[persona.says(self._labels.index(truth), self._rng)]
        return said if said in asked.choices else self._rng.choice(asked.choices)

    def _submit(self, member: Member, held: worker.Held, answers: Sequence[tuple[str, str]]) -> None:
        worker.submit(self._marketplace, member.worker_id, held.assignment_id, answers)
        self._at(self._clock() + timedelta(seconds=self._rng.uniform(2, 20)), partial(self._look, member))


def enrol_crowd(marketplace: Marketplace, kinds: Mapping[PersonaKind, int], *, classes: int, seed: int) -> list[Member]:
    """Sign up so many workers of each kind, named after their kind."""
    rng = random.Random(f"personas:{seed}")
    members = []
    for kind, count in kinds.items():
        for number in range(1, count + 1):
            name = f"{kind.value}-{number}"
            members.append(Member(worker.enrol(marketplace, name), name, make_persona(kind, classes, rng)))
    return members
