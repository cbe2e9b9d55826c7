"""What a plan can cost at most, before anything is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crowdbroker.domain.model import HITPlan
from crowdbroker.domain.money import Tariff


@dataclass(frozen=True)
class Quote:
    """The worst case of a plan: every place is filled and paid.

    Attributes:
        hits, assignments, answers: how many of each, gold Answers among the answers.
        gold_answers: Answers that are spent on gold.
        rewards_cents, fees_cents: their sums.
    """

    hits: int
    assignments: int
    answers: int
    gold_answers: int
    rewards_cents: int
    fees_cents: int

    @property
    def total_cents(self) -> int:
        """Rewards and fees."""
        return self.rewards_cents + self.fees_cents

    @property
    def gold_cents(self) -> int:
        """The part of the total that pays for gold, by its share of the Answers, rounded down."""
        return self.total_cents * self.gold_answers // self.answers if self.answers else 0


def quote(plans: Iterable[HITPlan], *, reward_cents: int, tariff: Tariff, masters: bool = False) -> Quote:
    """The worst case of publishing `plans` at one reward, for everybody or for Masters only."""
    hits = assignments = answers = gold_answers = fees_cents = 0
    for plan in plans:
        places = plan.max_assignments
        hits += 1
        assignments += places
        answers += places * len(plan.items)
        gold_answers += places * sum(item.is_gold for item in plan.items)
        fees_cents += places * tariff.reward_fee(reward_cents, places=places, masters=masters)
    return Quote(hits, assignments, answers, gold_answers, assignments * reward_cents, fees_cents)
