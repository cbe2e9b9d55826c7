"""Qualifications in words become the wire's QualificationRequirements, or an error that says what to write."""

from __future__ import annotations

from typing import Any

import pytest
from factories import a_project
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crowdbroker.domain.project import Project
from crowdbroker.domain.requirements import Requirement
from crowdbroker.formats.validation import explain

APPROVED, RATE, LOCALE, ADULT = (f"000000000000000000{end}" for end in ("40", "L0", "71", "60"))


def wire(**given: Any) -> dict[str, Any]:
    return Requirement(**given).to_wire()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": "approved", "at_least": 100}, (APPROVED, "GreaterThanOrEqualTo", [100])),
        ({"type": "approval_rate", "at_most": 95}, (RATE, "LessThanOrEqualTo", [95])),
        ({"type": "adult", "equals": 1}, (ADULT, "EqualTo", [1])),
        ({"type": "3ABC", "not_equals": 0}, ("3ABC", "NotEqualTo", [0])),
        ({"type": "3ABC", "one_of": [1, 2]}, ("3ABC", "In", [1, 2])),
        ({"type": "3ABC", "none_of": [3]}, ("3ABC", "NotIn", [3])),
    ],
)
def test_a_comparison_with_numbers(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    type_id, comparator, values = expected
    assert wire(**given) == {
        "QualificationTypeId": type_id,
        "ActionsGuarded": "Accept",
        "Comparator": comparator,
        "IntegerValues": values,
    }


@pytest.mark.parametrize(
    ("given", "comparator", "values"),
    [
        ({"equals": "US"}, "EqualTo", [{"Country": "US"}]),
        ({"not_equals": "US-CA"}, "NotEqualTo", [{"Country": "US", "Subdivision": "CA"}]),
        ({"one_of": ["DE", "US-NY"]}, "In", [{"Country": "DE"}, {"Country": "US", "Subdivision": "NY"}]),
        ({"none_of": ["FR"]}, "NotIn", [{"Country": "FR"}]),
    ],
)
@pytest.mark.parametrize("name", ["locale", LOCALE])
def test_a_comparison_with_places(name: str, given: dict[str, Any], comparator: str, values: list[Any]) -> None:
    assert wire(type=name, **given) == {
        "QualificationTypeId": LOCALE,
        "ActionsGuarded": "Accept",
        "Comparator": comparator,
        "LocaleValues": values,
    }


def test_having_a_qualification_at_all() -> None:
    assert wire(type="3ABC", exists=True)["Comparator"] == "Exists"
    assert wire(type="3ABC", exists=False)["Comparator"] == "DoesNotExist"
    assert "IntegerValues" not in wire(type="3ABC", exists=True)


@pytest.mark.parametrize(
    ("guards", "actions"),
    [("accept", "Accept"), ("preview", "PreviewAndAccept"), ("discover", "DiscoverPreviewAndAccept")],
)
def test_what_it_guards(guards: Any, actions: str) -> None:
    assert wire(type="3ABC", exists=True, guards=guards)["ActionsGuarded"] == actions


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "qualifications.0: give exactly one of at_least, at_most, equals"),
        ({"at_least": 1, "at_most": 5}, "given: 2"),
        ({"exists": True, "equals": 5}, "given: 2"),
        ({"type": "aproved", "exists": True}, "qualifications.0.type: 'aproved' is neither a QualificationTypeId nor"),
        ({"at_least": "95"}, "qualifications.0.at_least: Input should be a valid integer"),
        ({"at_least": True}, "qualifications.0.at_least: Input should be a valid integer"),
        ({"at_least": -1}, "-1 is not a whole number from 0 on"),
        ({"equals": "95"}, "'95' is not a whole number from 0 on"),
        ({"equals": True}, "qualifications.0.equals: True is neither a whole number nor a text"),
        ({"equals": 1.5}, "qualifications.0.equals: 1.5 is neither a whole number nor a text"),
        ({"one_of": [1, "2"]}, "'2' is not a whole number from 0 on"),
        ({"one_of": []}, "one_of takes 1 to 15 values; given: 0"),
        ({"none_of": list(range(16))}, "none_of takes 1 to 15 values; given: 16"),
        ({"exists": "yes"}, "qualifications.0.exists: Input should be a valid boolean"),
        ({"type": "approval_rate", "at_least": 101}, "101 is not a percentage from 0 to 100"),
        ({"type": "adult", "equals": 2}, "2 is not 0 or 1"),
        ({"type": "locale", "equals": "us"}, "'us' is not a country such as \"US\""),
        ({"type": "locale", "equals": "USA"}, "'USA' is not a country"),
        ({"type": "locale", "equals": 49}, "49 is not a country"),
        ({"type": "locale", "one_of": ["US"] * 31}, "one_of takes 1 to 30 values; given: 31"),
        ({"type": "locale", "at_least": 5}, "a locale has no order"),
        ({"type": "locale", "exists": True}, "a locale has no order and is always there"),
        ({"guards": "acept", "exists": True}, "qualifications.0.guards: Input should be 'accept', 'preview' or"),
        ({"exist": True}, "there is no setting 'qualifications.0.exist'"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        a_project(qualifications=[{"type": "3ABC"} | given])
    assert says in explain(caught.value, Project)


def test_ten_qualifications_are_one_too_many_beside_the_exclusion() -> None:
    assert len(a_project(qualifications=[{"type": "3ABC", "exists": True}] * 9).qualifications) == 9
    with pytest.raises(ValidationError):
        a_project(qualifications=[{"type": "3ABC", "exists": True}] * 10)


@given(
    comparison=st.sampled_from(["at_least", "at_most", "equals", "not_equals"]),
    value=st.integers(0, 10**6),
    guards=st.sampled_from(["accept", "preview", "discover"]),
)
def test_a_qualification_survives_the_store(comparison: str, value: int, guards: str) -> None:
    project = a_project(
        qualifications=[
            {"type": "approved", comparison: value, "guards": guards},
            {"type": "locale", "one_of": ["US", "DE-BE"]},
        ]
    )
    assert Project.model_validate_json(project.to_json()) == project
