"""The declared inputs against the service model that clients ship."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader

from crowdbroker.marketplace.inputs import INPUTS

MODEL = Loader().load_service_model("mturk", "service-2")
TYPES = {"string": "string", "integer": "integer", "long": "integer", "boolean": "boolean", "timestamp": "number"}


def ours(name: str) -> dict[str, Any]:
    return INPUTS[name].model_json_schema()


def unwrapped(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Drop the null of an optional member and follow references."""
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    found = options[0]
    return definitions[found["$ref"].rpartition("/")[2]] if "$ref" in found else found


def compare(shape_name: str, schema: dict[str, Any], definitions: dict[str, Any], path: str) -> None:
    shape = MODEL["shapes"][shape_name]
    schema = unwrapped(schema, definitions)
    if shape["type"] == "structure":
        compare_members(shape, schema, definitions, path)
    elif shape["type"] == "list":
        assert schema["type"] == "array", path
        compare(shape["member"]["shape"], schema["items"], definitions, f"{path}[]")
    else:
        compare_scalar(shape, schema, path)


def compare_members(shape: dict[str, Any], schema: dict[str, Any], definitions: dict[str, Any], path: str) -> None:
    assert set(schema.get("properties", {})) == set(shape["members"]), path
    assert set(schema.get("required", [])) == set(shape.get("required", [])), path
    assert schema["additionalProperties"] is False
    for member, target in shape["members"].items():
        compare(target["shape"], schema["properties"][member], definitions, f"{path}.{member}")


def compare_scalar(shape: dict[str, Any], schema: dict[str, Any], path: str) -> None:
    assert schema["type"] == TYPES[shape["type"]], path
    sized = ("minLength", "maxLength") if shape["type"] == "string" else ("minimum", "maximum")
    for bound, ours_bound in zip(("min", "max"), sized, strict=True):
        if bound in shape:
            assert schema[ours_bound] == shape[bound], path
    if "pattern" in shape:
        assert schema["pattern"] == shape["pattern"], path
    if "enum" in shape:
        assert schema["enum"] == shape["enum"], path


def test_there_is_an_input_for_each_of_the_39_operations():
    assert set(INPUTS) == set(MODEL["operations"])
    assert len(INPUTS) == 39


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_an_input_has_the_models_members_types_and_constraints(name):
    schema = ours(name)
    compare(MODEL["operations"][name]["input"]["shape"], schema, schema.get("$defs", {}), name)
