from __future__ import annotations

import random

import pytest

from crowdbroker.simulation.personas import Persona, PersonaKind, make_persona

CLASSES = [2, 3, 5, 20]


@pytest.mark.parametrize("kind", PersonaKind)
@pytest.mark.parametrize("classes", CLASSES)
def test_every_row_of_a_confusion_matrix_sums_to_one(kind: PersonaKind, classes: int) -> None:
    for seed in range(20):
        persona = make_persona(kind, classes, random.Random(seed))
        assert len(persona.confusion) == classes
        for row in persona.confusion:
            assert len(row) == classes
            assert min(row) >= 0
            assert sum(row) == pytest.approx(1, abs=1e-12)


def share_right(persona: Persona, classes: int, draws: int = 4000) -> float:
    rng = random.Random(1)
    return sum(persona.says(n % classes, rng) == n % classes for n in range(draws)) / draws


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (PersonaKind.EXPERT, 0.9, 1.0),
        (PersonaKind.AVERAGE, 0.72, 0.92),
        (PersonaKind.BIASED, 0.5, 0.8),
        (PersonaKind.SPAMMER, 0.3, 0.37),
        (PersonaKind.CLICKER, 0.28, 0.39),
    ],
)
def test_a_kind_is_as_accurate_as_it_says(kind: PersonaKind, low: float, high: float) -> None:
    for seed in range(5):
        assert low <= share_right(make_persona(kind, 3, random.Random(seed)), 3) <= high


def test_a_spammer_always_says_the_same_and_takes_no_time() -> None:
    rng = random.Random(0)
    spammer = make_persona(PersonaKind.SPAMMER, 3, rng)
    assert len({spammer.says(n % 3, rng) for n in range(100)}) == 1
    expert = make_persona(PersonaKind.EXPERT, 3, rng)
    assert spammer.seconds(50, rng) < expert.seconds(50, rng) / 3


def test_time_grows_with_the_items_of_a_page() -> None:
    average = make_persona(PersonaKind.AVERAGE, 3, random.Random(0))
    assert average.seconds(100, random.Random(0)) > 8 * average.seconds(10, random.Random(0))
    assert average.seconds(0, random.Random(0)) == 0
