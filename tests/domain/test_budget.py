"""The worst case of a plan."""

from __future__ import annotations

from factories import a_project

from crowdbroker.domain.budget import quote
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff

MASTERS = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"


def test_a_quote_counts_every_place_and_what_is_spent_on_gold() -> None:
    page = (Item("a", {}), Item("b", {}), Item("c", {}), Item("g", {}, ("x",)))
    found = quote([HITPlan(page, 3), HITPlan(page[:2], 1)], reward_cents=20, tariff=Tariff())
    assert (found.hits, found.assignments, found.answers, found.gold_answers) == (2, 4, 14, 3)
    assert (found.rewards_cents, found.fees_cents, found.total_cents) == (80, 16, 96)
    assert found.gold_cents == 96 * 3 // 14


def test_masters_cost_their_higher_fee() -> None:
    project = a_project(qualifications=[{"type": MASTERS, "exists": True}])
    assert project.masters
    assert not a_project(qualifications=[{"type": MASTERS, "exists": False}]).masters
    plans = [HITPlan((Item("a", {}),), 10)]
    assert quote(plans, reward_cents=100, tariff=Tariff(), masters=project.masters).fees_cents == 10 * 45
