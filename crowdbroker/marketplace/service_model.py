"""A description of the service that the AWS SDKs for Python read, made from our own inputs and replies.

The SDKs drop the descriptions of services that Amazon has closed. With this one in a folder of `AWS_DATA_PATH`, or in
`~/.aws/models`, boto3 and aws-cli go on speaking to a marketplace of one's own. It has what a client needs to send and
to read: operations, types, required members, errors and pages; limits are the server's to check.
"""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from crowdbroker.marketplace.inputs import INPUTS
from crowdbroker.marketplace.reply_shapes import REPLIES, STRUCTURES
from crowdbroker.marketplace.shapes import Paged, Shape

VERSION = "2017-01-17"
TARGET = "MTurkRequesterServiceV20170117"
_SCALARS = {str: "string", bool: "boolean", int: "long", float: "timestamp"}
_ERRORS = ("ServiceFault", "RequestError")

Model = dict[str, Any]


def service_model() -> Model:
    """Return the content of `service-2.json`."""
    shapes: Model = {kind: {"type": kind} for kind in ("string", "boolean", "integer", "long", "timestamp")}
    for name in _ERRORS:
        shapes[name] = _structure(_members("Message TurkErrorCode", shapes)) | {"exception": True}
    for name, members in STRUCTURES.items():
        shapes[name] = _structure(_members(members, shapes))
    operations: Model = {}
    for name, asked in INPUTS.items():
        shapes[f"{name}Request"] = _asked(asked, shapes)
        shapes[f"{name}Response"] = _structure(_members(REPLIES.get(name, ""), shapes))
        operations[name] = {
            "name": name,
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": f"{name}Request"},
            "output": {"shape": f"{name}Response"},
            "errors": [{"shape": error} for error in _ERRORS],
        }
    return {"version": "2.0", "metadata": _metadata(), "operations": operations, "shapes": shapes}


def paginators() -> Model:
    """Return the content of `paginators-1.json`."""
    pages = {}
    for name, asked in INPUTS.items():
        lists = [member.partition(":")[0] for member in REPLIES.get(name, "").split() if ":[" in member]
        if issubclass(asked, Paged) and lists:
            pages[name] = {
                "input_token": "NextToken",
                "output_token": "NextToken",
                "limit_key": "MaxResults",
                "result_key": lists[0],
            }
    return {"pagination": pages}


def _metadata() -> Model:
    return {
        "apiVersion": VERSION,
        "endpointPrefix": "mturk-requester",
        "jsonVersion": "1.1",
        "protocol": "json",
        "protocols": ["json"],
        "serviceAbbreviation": "Amazon MTurk",
        "serviceFullName": "Amazon Mechanical Turk",
        "serviceId": "MTurk",
        "signatureVersion": "v4",
        "targetPrefix": TARGET,
        "uid": f"mturk-requester-{VERSION}",
    }


def _structure(members: Model) -> Model:
    return {"type": "structure", "members": members}


def _members(line: str, shapes: Model) -> Model:
    pairs = (member.partition(":") for member in line.split())
    return {name: {"shape": _named(kind or "string", shapes)} for name, _, kind in pairs}


def _named(kind: str, shapes: Model) -> str:
    return _list_of(kind[1:-1], shapes) if kind.startswith("[") else kind


def _list_of(name: str, shapes: Model) -> str:
    shapes.setdefault(f"{name}List", {"type": "list", "member": {"shape": name}})
    return f"{name}List"


def _asked(asked: type[Shape], shapes: Model) -> Model:
    fields = asked.model_fields
    members = {name: {"shape": _shape_of(field.annotation, shapes)} for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.is_required()]
    return _structure(members) | ({"required": required} if required else {})


def _shape_of(annotation: Any, shapes: Model) -> str:
    """Return the name of the shape of an input member; structures and lists are added on the way."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape_of(inner[0], shapes)
    if origin in (Union, types.UnionType):
        return _shape_of(next(one for one in inner if one is not type(None)), shapes)
    if origin is Literal:
        return "string"
    if origin is list:
        return _list_of(_shape_of(inner[0], shapes), shapes)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    name = f"{annotation.__name__}Input"
    if name not in shapes:
        shapes[name] = _asked(annotation, shapes)
    return name
