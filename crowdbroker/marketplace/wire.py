"""The wire: one JSON 1.1 request in, one reply out.

Every reply carries `x-amzn-RequestId`. A refusal has the wire's error body: `__type`, a `Message` that ends with
the moment in brackets, as clients have always seen it, and a `TurkErrorCode`.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from crowdbroker.marketplace.faults import Fault, ServiceFault
from crowdbroker.marketplace.inputs import INPUTS
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.operations import OPERATIONS
from crowdbroker.marketplace.operations.registry import Call
from crowdbroker.marketplace.requesters import caller
from crowdbroker.marketplace.shapes import Shape
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.validation import fault_from

TARGET_PREFIX = "MTurkRequesterServiceV20170117."
LARGEST_BODY = 1_000_000
CONTENT_TYPE = "application/x-amz-json-1.1"

_ACCESS_KEY = re.compile(r"Credential=([^/,\s]+)/")
# What JSON can spell and a database's text cannot hold: NUL, and half of a surrogate pair.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer(market: Marketplace, headers: Mapping[str, str], body: bytes) -> Reply:
    """Return the reply to one request; whatever is wrong with it becomes a modelled error and changes nothing.

    Args:
        market: the marketplace that is asked.
        headers: the HTTP headers; the signature is not checked here.
        body: the JSON document.
    """
    request_id = str(uuid.uuid4())
    by_name = {name.lower(): value for name, value in headers.items()}
    try:
        name, asked = _read(by_name, body)
        reply = _perform(market, name, asked, access_key(by_name), request_id)
    except Fault as fault:
        return _refusal(market, fault, request_id)
    except (OperationalError, IntegrityError, StaleDataError):
        # Another process was faster or holds the database: nothing was changed, and asking again helps.
        return _refusal(market, ServiceFault("ServiceUnavailable", "The marketplace is busy."), request_id)
    return _reply(200, reply, request_id)


def access_key(headers: Mapping[str, str]) -> str | None:
    """Return the access key that a request names, from headers with lower-case names; None when it has none."""
    found = _ACCESS_KEY.search(headers.get("authorization", ""))
    return found.group(1) if found else None


def _read(headers: Mapping[str, str], body: bytes) -> tuple[str, Shape]:
    target = headers.get("x-amz-target", "")
    name = target.removeprefix(TARGET_PREFIX)
    if name == target or name not in INPUTS:
        raise Fault("UnknownOperation", f"There is no operation {target[:100]!r}.")
    if len(body) > LARGEST_BODY:
        raise Fault("RequestTooLarge", f"The request is larger than {LARGEST_BODY} bytes.")
    try:
        document = json.loads(body or b"{}")
        _refuse_unstorable(document)
    except (ValueError, RecursionError):
        raise Fault("MalformedRequest", "The request is not a JSON document that can be read.") from None
    try:
        return name, INPUTS[name].model_validate(document)
    except ValidationError as error:
        raise fault_from(error) from None


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise ValueError("a character that cannot be stored")
    elif isinstance(value, dict):
        for part in value.values():
            _refuse_unstorable(part)
    elif isinstance(value, list):
        for part in value:
            _refuse_unstorable(part)


def _perform(market: Marketplace, name: str, asked: Shape, key: str | None, request_id: str) -> dict[str, Any]:
    operation = OPERATIONS.get(name)
    if operation is None:
        raise Fault("NotImplemented", f"This marketplace does not have the operation {name} yet.")
    now_ms = market.now_ms()
    catch_up(market, now_ms)
    with market.write() if operation.writes else market.read() as session:
        call = Call(market, session, caller(session, key), now_ms, request_id)
        return operation.run(call, asked)


def _refusal(market: Marketplace, fault: Fault, request_id: str) -> Reply:
    document = {
        "__type": fault.kind,
        "Message": f"{fault.text} ({market.now_ms()})",
        "TurkErrorCode": fault.turk_error_code,
    }
    return _reply(fault.status, document, request_id)


def _reply(status: int, document: dict[str, Any], request_id: str) -> Reply:
    headers = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": request_id}
    return Reply(status, headers, json.dumps(document).encode())
