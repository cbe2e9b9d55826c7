from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.marketplace.money import FREE, MTURK_2026, cents_from_wire, wire_from_cents


@pytest.mark.parametrize(
    ("reward", "places", "masters", "fee"),
    [(1, 1, False, 1), (5, 5, False, 1), (5, 10, False, 2), (100, 10, True, 45), (0, 1, False, 1), (100, 9, False, 20)],
)
def test_fees_are_those_that_mturk_published(reward, places, masters, fee):
    assert MTURK_2026.assignment_fee_cents(reward, places=places, masters=masters) == fee


@given(st.integers(0, 10**9), st.integers(1, 1000), st.booleans())
def test_a_fee_is_the_sum_of_the_percentages_rounded_half_up_once(reward, places, masters):
    rate = Decimal("0.20") + (Decimal("0.20") if places >= 10 else 0) + (Decimal("0.05") if masters else 0)
    exact = (reward * rate).quantize(Decimal(1), ROUND_HALF_UP)
    assert MTURK_2026.assignment_fee_cents(reward, places=places, masters=masters) == max(1, int(exact))


def test_the_surcharge_for_many_places_does_not_touch_bonuses():
    assert MTURK_2026.bonus_fee_cents(100) == 20
    assert MTURK_2026.bonus_fee_cents(1) == 1


def test_a_free_tariff_takes_nothing():
    assert FREE.assignment_fee_cents(500, places=20, masters=True) == FREE.bonus_fee_cents(500) == 0


@pytest.mark.parametrize(("text", "cents"), [("5", 500), ("5.", 500), ("0.5", 50), ("0.05", 5), ("007.10", 710)])
def test_every_spelling_of_an_amount_is_read(text, cents):
    assert cents_from_wire(text) == cents


@given(st.integers(0, 10**12))
def test_cents_survive_the_wire(cents):
    assert cents_from_wire(wire_from_cents(cents)) == cents
