"""All that would cost money later is found before anything is stored or sent."""

from __future__ import annotations

from typing import Any

import pytest
from factories import a_project, a_template, some_gold, some_items

from crowdbroker.broker.check import Checked, check, check_wage, resolve_answer
from crowdbroker.domain.answer_kinds import AnswerKind
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.marketplace import worker
from crowdbroker.mturk.page import PageTemplate


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


def own_page(form: str, text: str = "${text}") -> PageTemplate:
    """A requester's own page with `${column}`."""
    return PageTemplate("own.html", {"own.html": f"<p>{text}</p>\n<form>{form}</form>"})


ONE = '<input type="radio" name="mood" value="negative"><input type="radio" name="mood" value="positive">'
TWO = f'{ONE}<textarea name="remarks"></textarea>'


def test_the_field_of_the_answer_is_found_where_the_form_has_but_one() -> None:
    assert resolve_answer(a_project(), own_page(ONE)).answer.field == "mood"
    assert resolve_answer(a_project(answer={"field": "remarks"}), own_page(TWO)).answer.field == "remarks"
    assert resolve_answer(a_project(), a_template()).answer.field is None


def test_the_kind_of_answer_is_the_projects_else_the_templates_else_a_choice() -> None:
    says_text = a_template("{#- kind: text -#}<form>{{ items }}</form>")
    assert resolve_answer(a_project(), a_template()).kind is AnswerKind.CHOICE
    assert resolve_answer(a_project(), says_text).kind is AnswerKind.TEXT
    assert resolve_answer(a_project(answer={"kind": "rating"}), says_text).kind is AnswerKind.RATING


@pytest.mark.parametrize(
    ("page", "field", "says", "remedy"),
    [
        (own_page(TWO), None, "it is not said which form field holds the answer", "one of: mood, remarks"),
        (own_page(TWO), "modo", "the form has no field 'modo'", "one of: mood, remarks"),
        (own_page(""), None, "it is not said which form field holds the answer", "Give the form a field with a name"),
        (own_page('<input name="mood-${id}">'), None, "'mood-${id}' has another name on each page", "one name"),
        (a_template(), "mood", "the template names the fields of its Items itself", "Leave `field` in [answer] out"),
    ],
)
def test_a_field_that_cannot_be_is_one_error(page: PageTemplate, field: str | None, says: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_answer(a_project(answer={"field": field} if field else {}), page)
    assert caught.value.field == "answer.field"
    assert says in caught.value.message
    assert remedy in caught.value.remedy


def test_a_page_of_ones_own_shows_one_item() -> None:
    [error] = checked(template=own_page(ONE), items_per_hit=5).errors
    assert (error.field, error.remedy) == ("items_per_hit", "Set items_per_hit = 1.")
    assert "shows one Item a page, and items_per_hit is 5" in error.message


def test_a_column_that_a_page_of_ones_own_lacks_is_named_with_its_line() -> None:
    [error] = checked(template=own_page(ONE, "\n${txt}"), items_per_hit=1).errors
    assert (error.file, error.row, error.field) == ("own.html", 2, "txt")
    assert "Did you mean 'text'?" in error.remedy


def test_a_row_of_gold_without_the_column_is_found_too() -> None:
    gold = [Item(f"g{n}", {"text" if n else "other": "x"}, ("positive",)) for n in range(10)]
    project = a_project(items_per_hit=1)
    found = check(project, own_page(ONE), some_items(3), gold, tariff=Tariff(), seed=1)
    assert [error.field for error in found.errors] == ["text"]


def test_gold_of_a_page_of_ones_own_is_hits_among_the_others() -> None:
    found = checked(template=own_page(ONE), items=6, gold=10, items_per_hit=1)
    assert found.errors == []
    assert [len(plan.items) for plan in found.plans] == [1] * 16
    order = [plan.items[0].is_gold for plan in found.plans]
    assert sorted(order) != order != sorted(order)[::-1], "gold is mixed among the others"
    assert found.quote is not None
    assert found.quote.gold_answers == 30
    assert checked(template=own_page(ONE), items=[], gold=10, items_per_hit=1).plans == []
    unused = a_project(items_per_hit=1, gold={"per_hit": 0})
    assert len(check(unused, own_page(ONE), some_items(6), some_gold(5), tariff=Tariff(), seed=1).plans) == 6


@pytest.mark.parametrize(
    ("kind", "settings", "field", "says"),
    [
        ("choice", {"labels": ["yes"]}, "labels", "it needs at least 2"),
        ("choice", {"labels": []}, "labels", "it needs at least 2"),
        ("rating", {"labels": ["1"]}, "labels", "it needs at least 2"),
        ("choices", {"labels": []}, "labels", "it needs at least 1"),
        ("choices", {"labels": ["a|b", "c"]}, "labels", "the label 'a|b' holds a |"),
        ("boxes", {"labels": []}, "labels", "it needs at least 1"),
        ("choices", {"examples": [{"text": "t", "label": "neutral|bad"}]}, "examples", "'bad' is none of the labels"),
        ("boxes", {"examples": [{"text": "t", "label": "[{}]"}]}, "examples", "no list of boxes"),
        ("text", {"examples": [{"text": "t", "label": " "}]}, "examples", "1 to 100000 are an answer"),
    ],
)
def test_labels_and_examples_fit_the_kind(kind: str, settings: dict[str, Any], field: str, says: str) -> None:
    project = a_project(answer={"kind": kind}, gold={"per_hit": 0}, **settings)
    [error] = check(project, a_template(), some_items(4), [], tariff=Tariff(), seed=1).errors
    assert error.field == field
    assert says in error.message


def test_text_needs_no_labels_and_a_box_or_a_set_one() -> None:
    for kind, labels in (("text", []), ("boxes", ["car"]), ("choices", ["car"])):
        project = a_project(answer={"kind": kind}, gold={"per_hit": 0}, labels=labels)
        assert check(project, a_template(), some_items(4), [], tariff=Tariff(), seed=1).errors == []


def with_wage(*, accept_underpay: bool = False, store: Any = None, **settings: Any) -> Checked:
    """A check of HITs of four Items and a gold one, with the wage."""
    found = checked(**settings)
    check_wage(store, a_project(**settings), found, accept_underpay=accept_underpay)
    return found


def test_the_wage_follows_from_the_stated_time() -> None:
    found = with_wage(seconds_per_item=6, reward="0.05")
    assert found.wage is not None
    assert (found.wage.hourly_cents, found.wage.measured) == (600, 0)
    assert found.errors == []


def test_pay_below_the_floor_is_an_error_that_says_what_is_enough() -> None:
    [error] = with_wage(seconds_per_item=6, wage_floor="7.25").errors
    assert error.field == "reward"
    assert "an hour pays $6.00, and wage_floor is $7.25" in error.message
    assert error.remedy == "Pay at least $0.07 for a HIT, or go on with --accept-underpay."
    enough = with_wage(seconds_per_item=6, wage_floor="7.25", reward="0.07")
    assert enough.errors == []


def test_underpay_that_is_accepted_is_a_warning() -> None:
    found = with_wage(seconds_per_item=6, wage_floor="7.25", accept_underpay=True)
    assert found.errors == []
    assert any("an hour pays $6.00" in warning for warning in found.warnings)


def test_a_floor_without_a_time_is_a_warning() -> None:
    found = with_wage(wage_floor="7.25")
    assert (found.errors, found.wage) == ([], None)
    assert any("state seconds_per_item" in warning for warning in found.warnings)
    assert with_wage().warnings == []


def test_a_measured_time_goes_before_the_stated_one(desk: Any) -> None:
    desk.load(items=20, seconds_per_item=1, overlap=2)
    desk.publish()
    for worker_id in desk.workers(2):
        desk.work(worker_id, seconds=100)
    desk.collect()
    found = with_wage(store=desk.store, seconds_per_item=1)
    assert found.wage is not None
    assert (found.wage.seconds_per_item, found.wage.measured, found.wage.hourly_cents) == (20.0, 10, 180)


@pytest.mark.parametrize("floor_cents", [1, 720, 725, 1500, 9999])
@pytest.mark.parametrize("seconds", [0.1, 3.3, 7.0, 10.3, 86400.0])
def test_what_is_said_to_be_enough_is_enough(floor_cents: int, seconds: float) -> None:
    floor = f"{floor_cents // 100}.{floor_cents % 100:02d}"
    settings = {"seconds_per_item": seconds, "wage_floor": floor, "budget": "9999999.00"}
    errors = with_wage(reward="0", **settings).errors
    enough = next(error.remedy for error in errors).split("$")[1].split(" ")[0].replace(",", "")
    assert with_wage(reward=enough, **settings).errors == []
    cheaper = f"{(int(enough.replace('.', '')) - 1) / 100:.2f}"
    assert len(with_wage(reward=cheaper, **settings).errors) == 1


GUARDED = {
    "at_least": ({"type": "approved", "at_least": 1}, False),
    "at_most": ({"type": "approved", "at_most": 0}, True),
    "equals": ({"type": "approved", "equals": 1}, False),
    "not_equals": ({"type": "approved", "not_equals": 0}, False),
    "one_of": ({"type": "approved", "one_of": [0, 5]}, True),
    "none_of": ({"type": "approval_rate", "none_of": [100, 99]}, False),
    "in the US": ({"type": "locale", "equals": "US"}, True),
    "not in the US": ({"type": "locale", "not_equals": "US"}, False),
    "in the US or DE": ({"type": "locale", "one_of": ["US-CA", "DE", "US"]}, True),
    "in neither": ({"type": "locale", "none_of": ["US-CA", "DE"]}, True),
    "no adult": ({"type": "adult", "equals": 0, "guards": "discover"}, False),
    "previewing": ({"type": "approved", "at_least": 1, "guards": "preview"}, False),
}


@pytest.mark.parametrize(("qualification", "lets_in"), GUARDED.values(), ids=GUARDED)
def test_a_qualification_is_taken_by_the_marketplace_and_decides_who_may_accept(
    desk: Any, qualification: dict[str, Any], lets_in: bool
) -> None:
    desk.load(items=4, qualifications=[qualification])
    assert desk.publish().done == 1
    worker.enrol(desk.marketplace, "somebody", worker_id="AUS", country="US")
    [hit] = desk.market.list_hits()
    if lets_in:
        assert worker.accept(desk.marketplace, "AUS", hit.hit_id).hit_id == hit.hit_id
    else:
        with pytest.raises(worker.NotQualified):
            worker.accept(desk.marketplace, "AUS", hit.hit_id)


def test_a_qualification_of_ones_own_lets_in_who_holds_it(desk: Any) -> None:
    type_id = desk.market.create_qualification_type("Reads German", "Can read German.")
    desk.load(items=4, qualifications=[{"type": type_id, "exists": True, "guards": "discover"}])
    desk.publish()
    first, second = desk.workers(2)
    desk.market.grant(type_id, first)
    assert desk.work(first) == 1
    assert worker.groups(desk.marketplace, second) == []
    [hit] = desk.market.list_hits()
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.marketplace, second, hit.hit_id)
