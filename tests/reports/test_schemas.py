from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from factories import START
from jsonschema import Draft202012Validator

from crowdbroker.reports.budget import budget_document
from crowdbroker.reports.fairness import fairness_document
from crowdbroker.reports.marks import remember
from crowdbroker.reports.quality import marked, quality_document
from crowdbroker.reports.schemas import schema_text
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.workers import workers_document

REPORTS: dict[str, Any] = {
    "budget": budget_document,
    "quality": quality_document,
    "workers": workers_document,
    "fairness": fairness_document,
}


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_text(name))
    return found


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema that describes a property."""
    for value in part.get("properties", {}).values():
        yield value
        yield from nodes(value)
    if "items" in part:
        yield from nodes(part["items"])


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("fixture", ["worked", "settled"])
@pytest.mark.parametrize("since", [None, START.date()])
def test_a_document_is_as_its_schema_says(name: str, fixture: str, since: Any, request: pytest.FixtureRequest) -> None:
    desk = request.getfixturevalue(fixture)
    at = START + timedelta(days=2)
    with desk.store.read() as session:
        document = REPORTS[name](session, Scope("b", [desk.batch], since, at))
    figures = marked(document["batches"]) if name == "quality" else document["totals"]
    with desk.store.write() as session:
        remember(session, name, "b", figures, at)
    with desk.store.read() as session:
        again = REPORTS[name](session, Scope("b", [desk.batch], since, at))
    assert document["delta"] is None
    assert again["delta"]["changes"].keys() == figures.keys()
    for one in (document, again, json.loads(json.dumps(again))):
        Draft202012Validator(schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(one)


@pytest.mark.parametrize("name", REPORTS)
def test_a_schema_is_valid_strict_and_explains_every_field(name: str) -> None:
    found = schema(name)
    Draft202012Validator.check_schema(found)
    assert found["properties"]["schema"]["const"] == f"crowdbroker/{name}/1"
    assert found["additionalProperties"] is False
    for node in nodes(found):
        assert node["description"].strip()
        if "properties" in node:
            assert set(node["required"]) == set(node["properties"])
            assert node["additionalProperties"] is False


@pytest.mark.parametrize("name", REPORTS)
def test_a_document_with_a_field_too_few_or_too_many_is_none(name: str, settled: Any) -> None:
    with settled.store.read() as session:
        document = REPORTS[name](session, Scope(None, [settled.batch], None, START + timedelta(days=2)))
    validator = Draft202012Validator(schema(name))
    assert validator.is_valid(document)
    assert not validator.is_valid(document | {"more": 1})
    assert not validator.is_valid({key: value for key, value in document.items() if key != "totals"})
