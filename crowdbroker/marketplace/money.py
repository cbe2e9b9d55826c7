"""What a marketplace charges, in whole cents.

MTurk's fees: 20 % of the reward, another 20 % when a HIT has ten places or more, another 5 % when it asks for
Masters, at least 0.01 USD an Assignment; 20 % of a bonus, at least 0.01 USD a payment. The percentages are added
first and the sum is rounded once, half up. Where the percentages come to nothing there is no fee, not even the least.
"""

from __future__ import annotations

from dataclasses import dataclass

# Ten million dollars: far above any real reward, far below what a 64-bit column holds after multiplication.
LARGEST_AMOUNT_CENTS = 1_000_000_000
LARGE_HIT = 10


@dataclass(frozen=True)
class Tariff:
    """Percentages of the reward or the bonus, and the least fee in cents.

    Attributes:
        reward_percent: fee on every reward.
        large_hit_percent: added for HITs with `large_hit_from` places or more.
        masters_percent: added for HITs that ask for Masters.
        reward_minimum_cents: the least fee on one Assignment.
        bonus_percent: fee on a bonus.
        bonus_minimum_cents: the least fee on one bonus.
    """

    reward_percent: int = 0
    large_hit_percent: int = 0
    large_hit_from: int = LARGE_HIT
    masters_percent: int = 0
    reward_minimum_cents: int = 0
    bonus_percent: int = 0
    bonus_minimum_cents: int = 0

    def assignment_fee_cents(self, reward_cents: int, *, places: int, masters: bool = False) -> int:
        """Return the fee on one Assignment of a HIT with this many places."""
        percent = self.reward_percent
        percent += self.large_hit_percent if places >= self.large_hit_from else 0
        percent += self.masters_percent if masters else 0
        return _fee(reward_cents, percent, self.reward_minimum_cents)

    def bonus_fee_cents(self, bonus_cents: int) -> int:
        """Return the fee on one bonus payment."""
        return _fee(bonus_cents, self.bonus_percent, self.bonus_minimum_cents)


MTURK_2026 = Tariff(
    reward_percent=20,
    large_hit_percent=20,
    masters_percent=5,
    reward_minimum_cents=1,
    bonus_percent=20,
    bonus_minimum_cents=1,
)
FREE = Tariff()


def cents_from_wire(amount: str) -> int:
    """Return the cents of a CurrencyAmount such as `5`, `0.5` or `0.05`, which the wire has already checked."""
    dollars, _, fraction = amount.partition(".")
    return int(dollars) * 100 + int(fraction.ljust(2, "0"))


def wire_from_cents(cents: int) -> str:
    """Return a CurrencyAmount with two decimals."""
    return f"{cents // 100}.{cents % 100:02d}"


def _fee(cents: int, percent: int, minimum_cents: int) -> int:
    return max(minimum_cents, (cents * percent + 50) // 100) if percent else 0
