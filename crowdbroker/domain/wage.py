"""What an hour of a Project's work pays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wage:
    """The pay of an hour, and where the time comes from.

    Attributes:
        seconds_per_item: the time of one Item.
        measured: submissions that the time was measured on; 0: the Project states it.
        hourly_cents: the reward of a HIT over the time of its Items, rounded down.
    """

    seconds_per_item: float
    measured: int
    hourly_cents: int


def wage(reward_cents: int, items: int, seconds_per_item: float, *, measured: int = 0) -> Wage:
    """The wage of a HIT with so many Items, gold included."""
    return Wage(seconds_per_item, measured, int(reward_cents * 3600 / (items * seconds_per_item)))
