"""Amounts in integer cents, decimal strings at the edges, and the one fee function of the broker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

_WIRE_AMOUNT = re.compile(r"[0-9]+(\.[0-9]{1,2})?")


def to_wire(cents: int) -> str:
    """The decimal string of the wire: 5 becomes "0.05"; a negative amount keeps its sign."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def from_wire(amount: str) -> int:
    """Cents of a decimal string such as "0.05".

    Raises:
        ValueError: a sign, a currency symbol, a thousands separator or more than two decimals.
    """
    if not _WIRE_AMOUNT.fullmatch(amount):
        raise ValueError(f"{amount!r} is no amount like 0.05: digits, a dot and at most two decimals, without a symbol")
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def dollars(cents: int) -> str:
    """An amount for people: 123456 becomes "$1,234.56"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


@dataclass(frozen=True)
class Tariff:
    """What the marketplace takes on top of rewards and bonuses, in whole percent and cents.

    The defaults are those of hosted MTurk in 2026: 20 % of the reward, 20 % more where a HIT has ten places or more,
    5 % more for Masters, 20 % of a bonus, at least one cent each time.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}  # a settings file may state a tariff

    reward_percent: int = 20
    many_places_percent: int = 20
    many_places_from: int = 10
    masters_percent: int = 5
    bonus_percent: int = 20
    minimum_cents: int = 1

    def reward_fee(self, reward_cents: int, *, places: int, masters: bool = False) -> int:
        """Fee in cents for one approved Assignment.

        The percentages are summed, then rounded half up to the cent, then lifted to the minimum. The step at ten
        places follows MaxAssignments, not the number of submissions.
        """
        percent = self.reward_percent
        percent += self.many_places_percent if places >= self.many_places_from else 0
        percent += self.masters_percent if masters else 0
        return self._rounded(reward_cents, percent)

    def bonus_fee(self, bonus_cents: int) -> int:
        """Fee in cents for one bonus; the step at ten places does not apply to it."""
        return self._rounded(bonus_cents, self.bonus_percent)

    def _rounded(self, amount_cents: int, percent: int) -> int:
        if percent == 0:
            return 0
        return max(self.minimum_cents, (amount_cents * percent + 50) // 100)
