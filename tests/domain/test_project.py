"""What a Project's settings may say."""

from __future__ import annotations

from typing import Any

import pytest
from factories import a_project
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crowdbroker.domain.project import Project
from crowdbroker.formats.validation import explain


def problem(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        a_project(**changes)
    return explain(caught.value, Project)


def test_amounts_are_cents_and_durations_seconds() -> None:
    project = a_project(reward="0.20", budget="12.5", lifetime="2h", time_allotted="10m", auto_approval=3600)
    assert (project.reward_cents, project.budget_cents) == (20, 1250)
    assert (project.lifetime_s, project.time_allotted_s, project.auto_approval_s) == (7200, 600, 3600)


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("$5", "is no amount like 0.05"),
        ("0.055", "is no amount like 0.05"),
        ("-1", "is no amount like 0.05"),
        (" 5", "is no amount like 0.05"),
        (0.05, 'write the amount as text, such as "0.05"'),
        (5, 'write the amount in dollars as text, such as "5.00"'),
        (True, 'write the amount as text, such as "0.05"'),
        ("99999999999999.00", "more than crowdbroker counts with"),
        (None, "integer"),
        (["0.05"], "integer"),
    ],
)
@pytest.mark.parametrize("setting", ["reward", "budget"])
def test_other_amounts_are_refused_with_what_to_write(setting: str, amount: Any, says: str) -> None:
    said = problem(**{setting: amount})
    assert said.startswith(f"{setting}:")
    assert says in said


def test_a_reward_may_be_nothing_and_a_budget_may_not() -> None:
    assert a_project(reward="0").reward_cents == 0
    assert problem(budget="0").startswith("budget:")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rewrd": "0.05"}, "there is no setting 'rewrd'; did you mean 'reward'?"),
        ({"gold": {"per_hits": 1}}, "there is no setting 'gold.per_hits'; did you mean 'per_hit'?"),
        (
            {"payment": {"decide_wthin": "1d"}},
            "there is no setting 'payment.decide_wthin'; did you mean 'decide_within'?",
        ),
        ({"reward_cents": 5}, "there is no setting 'reward_cents'"),
        ({"labels": ["a", "b", "a"]}, "labels: 'a' stands in the list twice"),
        ({"labels": ["a", {"value": "a", "title": "A"}]}, "labels: 'a' stands in the list twice"),
        ({"labels": ["a", ""]}, "labels"),
        ({"labels": "ab"}, "labels"),
        ({"labels": ["a", {"title": "B"}]}, "the setting 'labels.1.value' is missing"),
        ({"lifetime": "1 hour"}, "lifetime: '1 hour' is no duration"),
        ({"lifetime": "29s"}, "lifetime:"),
        ({"time_allotted": "2w 3w 50w"}, "time_allotted:"),
        ({"auto_approval": "31d"}, "auto_approval:"),
        ({"gold": {"looks": [5, 5]}}, "gold.looks: must be whole numbers that rise"),
        ({"gold": {"looks": []}}, "gold.looks: must be whole numbers that rise"),
        ({"gold": {"looks": [0, 5]}}, "gold.looks: must be whole numbers that rise"),
        ({"gold": {"prior": [0, 1]}}, "gold.prior: must be two whole numbers"),
        ({"gold": {"bar": 1}}, "gold.bar:"),
        ({"gold": {"reject_from": 7}}, "gold.reject_from:"),
        ({"payment": {"rejection": "always"}}, "payment.rejection:"),
        ({"payment": {"reject_cap": 1.1}}, "payment.reject_cap:"),
        ({"overlap": 0}, "overlap:"),
        ({"overlap": 1001}, "overlap:"),
        ({"items_per_hit": 0}, "items_per_hit:"),
        ({"name": "No Spaces"}, "name:"),
        ({"title": "t" * 129}, "title:"),
        ({"aggregation": "vote"}, "aggregation:"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, Any], says: str) -> None:
    assert problem(**changes).startswith(says)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Project.model_validate({})
    assert explain(caught.value, Project) == "the setting 'name' is missing"


def test_labels_are_strings_or_tables_and_their_title_is_their_value_unless_given() -> None:
    project = a_project(labels=["a", {"value": "b", "title": "Bee", "help": "buzz"}])
    assert project.label_values == ("a", "b")
    assert [label.title for label in project.labels] == ["a", "Bee"]


def test_the_defaults_are_the_announced_policy() -> None:
    project = a_project(gold={})
    policy, pay = project.gold, project.payment
    assert (policy.prior, policy.bar, policy.looks) == ((1, 1), 0.7, (5, 10, 20, 40))
    assert (policy.exclude_at, policy.reject_at, policy.reject_from) == (0.95, 0.99, 8)
    assert (pay.rejection, pay.reject_cap) == ("propose", 0.03)


def test_a_project_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        a_project().overlap = 5


@given(
    reward=st.integers(0, 10**9),
    budget=st.integers(1, 10**9),
    within=st.integers(0, 10**6),
    looks=st.sets(st.integers(1, 100), min_size=1, max_size=4),
    labels=st.sets(st.text(min_size=1, max_size=9), min_size=2, max_size=4),
)
def test_a_project_survives_the_store(reward: int, budget: int, within: int, looks: set[int], labels: set[str]) -> None:
    project = a_project(
        reward=f"{reward}.05",
        budget=f"{budget}.99",
        labels=sorted(labels),
        gold={"looks": sorted(looks)},
        payment={"decide_within": within},
    )
    assert Project.model_validate_json(project.to_json()) == project
