"""All that would cost money later is found before anything is stored or sent."""

from __future__ import annotations

from typing import Any

import pytest
from factories import a_project, a_template, some_gold, some_items

from crowdbroker.broker.check import Checked, check
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff


def checked(items: Any = 8, gold: int = 10, template: Any = None, **settings: Any) -> Checked:
    rows = some_items(items) if isinstance(items, int) else items
    return check(a_project(**settings), template or a_template(), rows, some_gold(gold), tariff=Tariff(), seed=1)


def test_what_is_right_has_plans_a_quote_and_nothing_to_say() -> None:
    found = checked()
    assert (found.errors, found.warnings) == ([], [])
    assert len(found.plans) == 2
    assert found.quote is not None
    assert found.quote.total_cents == 36
    assert 0 < found.largest_page_bytes < 65_535


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"gold": 4}, "gold.per_hit", "there are 4 gold Items, and the policy needs at least 5"),
        ({"gold": 0}, "gold.per_hit", "there are 0 gold Items"),
        ({"budget": "0.35"}, "budget", "$0.35 is below the worst case, $0.36"),
        ({"items": [Item("g0", {"text": "a"})]}, "id", "the id 'g0' stands in the dataset and in the gold file"),
        ({"items": [Item("i0", {"txt": "a"})]}, "text", "the template shows the column 'text'"),
        ({"items": [Item("i0", {"text": "é" * 40_000})]}, "items_per_hit", "and MTurk takes 65,535"),
        ({"examples": [{"text": "t", "label": "bad"}]}, "examples", "'bad' is none of the labels"),
        ({"template": a_template("{% if %}")}, None, "the template cannot be rendered"),
        ({"template": a_template("{{ nothing }}")}, None, "'nothing' is undefined"),
    ],
)
def test_a_mistake_is_named_with_a_remedy(given: dict[str, Any], field: str | None, says: str) -> None:
    [error] = checked(**given).errors
    assert error.field == field
    assert says in error.message
    assert error.remedy


def test_every_page_that_is_too_large_is_named() -> None:
    rows = [Item(f"i{n}", {"text": "x" * (70_000 if n < 2 else 10)}) for n in range(4)]
    errors = checked(items=rows, items_per_hit=1).errors
    assert len(errors) == 2
    assert all(sum(key in error.message for error in errors) == 1 for key in ("i0", "i1"))


def test_a_row_without_a_column_that_others_have_is_found_wherever_it_stands() -> None:
    rows = [*some_items(39), Item("i39", {"text ": "x"})]
    assert [error.field for error in checked(items=rows).errors] == ["text"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reward": "0"}, "the reward is $0.00"),
        ({"overlap": 10}, "HITs with 10 places or more cost 20 % more in fees"),
        ({"gold": 7}, "no pay can be refused: that takes 8 gold Items, and there are 7"),
    ],
)
def test_what_may_be_meant_is_a_warning(given: dict[str, Any], says: str) -> None:
    found = checked(**given)
    assert found.errors == []
    assert any(says in warning for warning in found.warnings)


def test_gold_that_is_not_used_is_a_warning() -> None:
    project = a_project(gold={"per_hit": 0})
    found = check(project, a_template(), some_items(4), some_gold(5), tariff=Tariff(), seed=1)
    assert found.warnings == ["gold.per_hit is 0: the gold file is not used"]


def test_the_same_seed_plans_the_same() -> None:
    assert checked().plans == checked().plans
