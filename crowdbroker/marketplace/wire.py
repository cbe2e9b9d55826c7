"""The wire: one JSON 1.1 request in, one reply out.

Every reply carries `x-amzn-RequestId`. A refusal has the wire's error body: `__type`, a `Message` that ends with
the moment in brackets, as clients have always seen it, and a `TurkErrorCode`. The fidelity switches act here, so that
a server and a client in the same process meet the same weather.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from crowdbroker.marketplace.callers import Caller, Origin, caller_of
from crowdbroker.marketplace.faults import Fault, ServiceFault
from crowdbroker.marketplace.front_faults import FrontFault, throttled, unknown_operation
from crowdbroker.marketplace.injected_faults import InjectedFault
from crowdbroker.marketplace.inputs import INPUTS
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.performing import Performance
from crowdbroker.marketplace.shapes import Shape
from crowdbroker.marketplace.sweep import do_what_is_due
from crowdbroker.marketplace.validation import fault_from

TARGET_PREFIX = "MTurkRequesterServiceV20170117."
LARGEST_BODY = 1_000_000
CONTENT_TYPE = "application/x-amz-json-1.1"
UNKNOWN = "unknown"
"""The name of an operation that does not exist."""

# What JSON can spell and a database's text cannot hold: NUL, and half of a surrogate pair.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass
class Told:
    """What logs and metrics may know of a call: neither its input nor its answer.

    Attributes:
        outcome: `ok`, or the error's TurkErrorCode without prefix, or its type.
        fault: the injected fault that it met.
    """

    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    operation: str = UNKNOWN
    requester_id: str | None = None
    outcome: str = "ok"
    fault: str | None = None


@dataclass(frozen=True)
class Reply:
    """An HTTP answer.

    Attributes:
        broken: how the answer fails to arrive, by an injected fault; None: it arrives.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    told: Told
    broken: InjectedFault | None = None


def answer(
    market: Marketplace, headers: Mapping[str, str], body: bytes, *, origin: Origin = Origin.THIS_MACHINE
) -> Reply:
    """Return the reply to one request; whatever is wrong with it becomes a modelled error and changes nothing.

    Args:
        market: the marketplace that is asked.
        headers: the HTTP headers.
        body: the JSON document.
        origin: where it comes from, which decides what its signature must prove.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    told = Told(operation=operation_of(by_name))
    fault = None
    now_ms = market.now_ms()
    try:
        caller = caller_of(market, by_name, body, origin, now_ms)
        told.requester_id = caller.requester_id
        if told.operation == UNKNOWN:
            raise unknown_operation(by_name.get("x-amz-target", ""))
        fault = _weather(market, told)
        if fault is not None and not fault.spares_the_effect:
            return _struck(market, fault, told)
        reply = _reply(200, _performed(market, caller, told, body, now_ms), told)
    except Fault as refused:
        reply = refusal(market, refused, told)
    except (OperationalError, IntegrityError, StaleDataError):
        # Another process was faster or holds the database: nothing was changed, and asking again helps.
        reply = refusal(market, ServiceFault("ServiceUnavailable", "The marketplace is busy."), told)
    return reply if fault is None else _struck(market, fault, told, reply)


def refusal(market: Marketplace, fault: Fault, told: Told) -> Reply:
    """Return the reply that refuses a call, and tell why."""
    told.outcome = fault.code
    if isinstance(fault, FrontFault):
        return _reply(fault.status, {"__type": fault.kind, "message": fault.text}, told)
    document = {
        "__type": fault.kind,
        "Message": fault.text + _suffix(market),
        "TurkErrorCode": fault.turk_error_code,
    }
    return _reply(fault.status, document, told)


def _suffix(market: Marketplace) -> str:
    style = market.fidelity.message_suffix
    unit = {"milliseconds": "", "seconds": " s"}.get(style)
    return "" if unit is None else f" ({market.now_ms()}{unit})"


def operation_of(headers: Mapping[str, str]) -> str:
    """Return the name of the operation that a call asks for, `unknown` when there is none of that name."""
    target = headers.get("x-amz-target", "")
    name = target.removeprefix(TARGET_PREFIX)
    return UNKNOWN if name == target or name not in INPUTS else name


def _weather(market: Marketplace, told: Told) -> InjectedFault | None:
    """Return the fault that the call meets. Raises FrontFault when it comes too soon."""
    fidelity = market.fidelity
    if fidelity.throttle_per_s and not market.throttle.admits(
        fidelity.throttle_per_s, str(told.requester_id), told.operation, market.own_clock()
    ):
        raise throttled()
    return market.fault_draws.draw(fidelity)


def _performed(market: Marketplace, caller: Caller, told: Told, body: bytes, now_ms: int) -> dict[str, Any]:
    asked = _read(told.operation, body)
    if caller.anything_due:
        do_what_is_due(market, now_ms)
    return Performance(
        market, told.operation, asked, caller.requester_id, now_ms, told.request_id, market.fidelity
    ).output()


def _read(name: str, body: bytes) -> Shape:
    if len(body) > LARGEST_BODY:
        raise too_large()
    try:
        document = json.loads(body or b"{}")
        _refuse_unstorable(document)
    except (ValueError, RecursionError):
        raise Fault("MalformedRequest", "The request is not a JSON document that can be read.") from None
    try:
        return INPUTS[name].model_validate(document)
    except ValidationError as error:
        raise fault_from(error) from None


def too_large() -> Fault:
    """Return the answer to a body that is not read to its end."""
    return Fault("RequestTooLarge", f"The request is larger than {LARGEST_BODY} bytes.")


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


def _struck(market: Marketplace, fault: InjectedFault, told: Told, reply: Reply | None = None) -> Reply:
    """Return what arrives of a reply that meets a fault; None: the call was not done."""
    told.fault = fault.value
    match fault:
        case InjectedFault.SERVICE_FAULT_BEFORE | InjectedFault.SERVICE_FAULT_AFTER:
            return refusal(market, ServiceFault("ServiceUnavailable", "The service is unavailable."), told)
        case InjectedFault.HTTP_505:
            told.outcome = "HTTP505"
            return Reply(505, {"x-amzn-RequestId": told.request_id}, b"", told)
    if reply is None:
        told.outcome = "ConnectionReset"
        reply = Reply(500, {}, b"", told)
    return replace(reply, broken=fault)


def _reply(status: int, document: dict[str, Any], told: Told) -> Reply:
    headers = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": told.request_id}
    return Reply(status, headers, json.dumps(document).encode(), told)
