"""The service model as the schema of every reply: no missing, extra or mistyped member."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from botocore.model import Shape
from botocore.session import get_session

# The model marks no output member as required. These may be absent by their meaning; every other one must be there.
MAY_BE_ABSENT = {
    "HIT": {"HITLayoutId", "Keywords", "RequesterAnnotation"},
    "Assignment": {"ApprovalTime", "RejectionTime", "RequesterFeedback"},
    "Locale": {"Subdivision"},
    "QualificationRequirement": {"IntegerValues", "LocaleValues", "RequiredToPreview", "ActionsGuarded"},
    "Qualification": {"LocaleValue", "IntegerValue"},
    "QualificationRequest": {"Test", "Answer"},
    "QualificationType": {
        "Keywords",
        "Test",
        "TestDurationInSeconds",
        "AnswerKey",
        "RetryDelayInSeconds",
        "AutoGrantedValue",
    },
    "ReviewPolicy": {"Parameters"},
    "PolicyParameter": {"Key", "Values", "MapEntries"},
    "ReviewActionDetail": {"ErrorCode", "CompleteTime", "Result"},
    "ReviewResultDetail": {"QuestionId", "ActionId"},
    "ReviewReport": {"ReviewResults", "ReviewActions"},
    "WorkerBlock": {"Reason"},
    "ListReviewPolicyResultsForHITResponse": {
        "AssignmentReviewPolicy",
        "HITReviewPolicy",
        "AssignmentReviewReport",
        "HITReviewReport",
    },
}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "timestamp": (int, float),
}


@cache
def service() -> Any:
    return get_session().get_service_model("mturk")


def operations() -> list[str]:
    return list(service().operation_names)


def problems(operation: str, body: bytes) -> list[str]:
    """Return what is wrong with a reply that reports success, a sentence each."""
    output = service().operation_model(operation).output_shape
    return _problems(output, json.loads(body), operation)


def _problems(shape: Shape, value: Any, where: str) -> list[str]:
    if shape.type_name == "structure":
        return _structure(shape, value, where)
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [each for part in value for each in _problems(shape.member, part, f"{where}[]")]
    return _scalar(shape, value, where)


def _structure(shape: Any, value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no structure"]
    absent = shape.members.keys() - value.keys() - MAY_BE_ABSENT.get(shape.name, set()) - {"NextToken"}
    found = [f"{where} has no {name}" for name in sorted(absent)]
    for name, part in value.items():
        if name in shape.members:
            found += _problems(shape.members[name], part, f"{where}.{name}")
        else:
            found.append(f"{where}.{name} is not in the model")
    return found


def _scalar(shape: Shape, value: Any, where: str) -> list[str]:
    known = _TYPES[shape.type_name]
    if not isinstance(value, known) or (isinstance(value, bool) and bool not in known):
        return [f"{where} is a {type(value).__name__} and not a {shape.type_name}"]
    rules = shape.metadata
    if "enum" in rules and value not in rules["enum"]:
        return [f"{where} is {value!r}, which the model does not list"]
    if isinstance(value, str) and "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        return [f"{where} is {value!r}, which does not fit {rules['pattern']}"]
    if isinstance(value, str) and not rules.get("min", 0) <= len(value) <= rules.get("max", len(value)):
        return [f"{where} has {len(value)} characters"]
    return []


@cache
def paginators() -> Any:
    return get_session().get_paginator_model("mturk")


def has_paginator(operation: str) -> bool:
    try:
        return bool(paginators().get_paginator(operation))
    except ValueError:
        return False
