"""Kinds of simulated workers: what they say when the truth is this, how fast they are, how often they walk away."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class PersonaKind(StrEnum):
    """Careful; ordinary; leaning to one label; always the same label; whatever comes first."""

    EXPERT = "expert"
    AVERAGE = "average"
    BIASED = "biased"
    SPAMMER = "spammer"
    CLICKER = "clicker"


@dataclass(frozen=True)
class Persona:
    """One simulated worker's habits.

    Attributes:
        confusion: [truth][said] = P(says `said` | the truth is `truth`); rows sum to 1.
        seconds_per_item: the median time for one Item, in seconds.
        spread: standard deviation of the log of that time.
        abandons: P(an accepted HIT is left alone until its deadline).
    """

    kind: PersonaKind
    confusion: tuple[tuple[float, ...], ...]
    seconds_per_item: float
    spread: float = 0.35
    abandons: float = 0.0

    def says(self, truth: int, rng: random.Random) -> int:
        """The label that the worker chooses."""
        return rng.choices(range(len(self.confusion)), self.confusion[truth])[0]

    def seconds(self, items: int, rng: random.Random) -> float:
        """The time for a page."""
        return sum(self.seconds_per_item * rng.lognormvariate(0, self.spread) for _ in range(items))


def make_persona(kind: PersonaKind, classes: int, rng: random.Random) -> Persona:
    """A worker of a kind; two of one kind differ a little."""
    match kind:
        case PersonaKind.EXPERT:
            return Persona(kind, _diagonal(classes, rng.uniform(0.92, 0.98)), rng.uniform(9, 14), abandons=0.01)
        case PersonaKind.AVERAGE:
            return Persona(kind, _diagonal(classes, rng.uniform(0.76, 0.88)), rng.uniform(7, 12), abandons=0.03)
        case PersonaKind.BIASED:
            return Persona(kind, _leaning(classes, rng.randrange(classes)), rng.uniform(7, 12), abandons=0.02)
        case PersonaKind.SPAMMER:
            always = rng.randrange(classes)
            row = tuple(float(said == always) for said in range(classes))
            return Persona(kind, (row,) * classes, rng.uniform(1.2, 2.0), abandons=0.0)
        case PersonaKind.CLICKER:
            return Persona(kind, ((1 / classes,) * classes,) * classes, rng.uniform(1.5, 2.5), abandons=0.02)


def _diagonal(classes: int, accuracy: float) -> tuple[tuple[float, ...], ...]:
    wrong = (1 - accuracy) / (classes - 1)
    return tuple(tuple(accuracy if said == truth else wrong for said in range(classes)) for truth in range(classes))


def _leaning(classes: int, label: int) -> tuple[tuple[float, ...], ...]:
    """Right on one label, and drawn to it in four of ten other cases."""
    rows: Sequence[Sequence[float]] = _diagonal(classes, 0.9)
    leaning = [
        [0.55 if said == truth else 0.4 if said == label else 0.05 / max(classes - 2, 1) for said in range(classes)]
        for truth in range(classes)
    ]
    return tuple(tuple(rows[truth] if truth == label else _normalised(leaning[truth])) for truth in range(classes))


def _normalised(row: Sequence[float]) -> list[float]:
    return [value / sum(row) for value in row]
