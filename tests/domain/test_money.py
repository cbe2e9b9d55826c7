"""Cents, wire amounts and the fee function."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crowdbroker.domain.money import Tariff, dollars, from_wire, to_wire
from crowdbroker.marketplace import MTURK_2026

FREE = Tariff(reward_percent=0, many_places_percent=0, masters_percent=0, bonus_percent=0, minimum_cents=0)
amounts = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("reward_cents", "places", "masters", "fee_cents"),
    [(1, 1, False, 1), (5, 5, False, 1), (5, 9, False, 1), (5, 10, False, 2), (100, 10, True, 45), (0, 1, False, 1)],
)
def test_the_fee_examples_of_the_marketplace(reward_cents: int, places: int, masters: bool, fee_cents: int) -> None:
    assert Tariff().reward_fee(reward_cents, places=places, masters=masters) == fee_cents


@given(amounts, st.integers(1, 1000), st.booleans())
@example(3, 9, False)
@example(2, 9, True)  # exactly half a cent
def test_a_fee_is_rounded_half_up_once_and_never_below_the_minimum(cents: int, places: int, masters: bool) -> None:
    share = Decimal("0.20") + (Decimal("0.20") if places >= 10 else 0) + (Decimal("0.05") if masters else 0)
    exact = (Decimal(cents) * share).quantize(Decimal(1), ROUND_HALF_UP)
    assert Tariff().reward_fee(cents, places=places, masters=masters) == max(1, int(exact))


@given(amounts, st.integers(1, 1000), st.booleans())
def test_broker_and_marketplace_take_the_same_fees(cents: int, places: int, masters: bool) -> None:
    theirs = MTURK_2026.assignment_fee_cents(cents, places=places, masters=masters)
    assert Tariff().reward_fee(cents, places=places, masters=masters) == theirs
    assert Tariff().bonus_fee(cents) == MTURK_2026.bonus_fee_cents(cents)


@given(amounts, st.integers(1, 1000), st.booleans())
def test_a_free_marketplace_takes_nothing(cents: int, places: int, masters: bool) -> None:
    assert FREE.reward_fee(cents, places=places, masters=masters) == 0
    assert FREE.bonus_fee(cents) == 0


def test_without_percentages_no_minimum_is_taken() -> None:
    assert Tariff(reward_percent=0, many_places_percent=20).reward_fee(5, places=9) == 0
    assert Tariff(reward_percent=0, many_places_percent=20).reward_fee(5, places=10) == 1


def test_the_step_at_ten_places_does_not_apply_to_bonuses() -> None:
    assert Tariff().bonus_fee(100) == 20


@given(st.integers(0, 10**40))
@example(123456789012345678901234567890123)
def test_an_amount_survives_the_wire(cents: int) -> None:
    assert from_wire(to_wire(cents)) == cents


@given(amounts)
def test_a_wire_amount_has_two_decimals(cents: int) -> None:
    assert Decimal(to_wire(cents)) * 100 == cents
    assert to_wire(cents)[-3] == "."


@pytest.mark.parametrize(("amount", "cents"), [("5", 500), ("0.5", 50), ("0.05", 5), ("0", 0), ("00.10", 10)])
def test_amounts_that_are_read(amount: str, cents: int) -> None:
    assert from_wire(amount) == cents


@pytest.mark.parametrize(
    "amount",
    [
        "$5",
        "0.055",
        "1e3",
        "-1",
        "+1",
        " 5",
        "5 ",
        "5\n",
        "",
        ".5",
        "5.",
        "1,000.00",
        "\u0665",
        "0x5",
        "nan",
        "inf",
        "1_0",
    ],
)
def test_amounts_that_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"is no amount like 0\.05"):
        from_wire(amount)


def test_amounts_for_people_and_negative_amounts() -> None:
    assert (dollars(123456), dollars(-5), to_wire(-5)) == ("$1,234.56", "-$0.05", "-0.05")
