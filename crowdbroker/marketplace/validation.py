"""What a client is told about an input that breaks the service model."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crowdbroker.marketplace.faults import BadMember, BadValue, Fault

LONGEST_ECHO = 60
_WRONG_TYPES = frozenset({"int_type", "string_type", "bool_type", "float_type", "list_type", "model_type"})


def fault_from(error: ValidationError) -> Fault:
    """Return the answer to an input that failed validation; the first mistake is the one that is told."""
    first = error.errors(include_url=False, include_context=False)[0]
    member = _member(first["loc"])
    if first["type"] == "missing" or (first["input"] is None and first["type"] in _WRONG_TYPES):
        return BadMember(_sentence("null", member, "Member must not be null"))
    if first["type"] == "extra_forbidden":
        return BadMember(_sentence(_echo(first), member, "Member is unknown"))
    if first["type"] in _WRONG_TYPES:
        return BadMember(_sentence(_echo(first), member, first["msg"]))
    return BadValue(_sentence(_echo(first), member, first["msg"]))


def _sentence(value: str, member: str, constraint: str) -> str:
    return f"1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {constraint}"


def _echo(error: ErrorDetails) -> str:
    text = str(error["input"])
    return f"'{text if len(text) <= LONGEST_ECHO else text[:LONGEST_ECHO] + '…'}'"


def _member(path: tuple[int | str, ...]) -> str:
    # AWS names members with a small first letter and counts list members from 1.
    parts = [f"{part + 1}.member" if isinstance(part, int) else part[:1].lower() + part[1:] for part in path]
    return ".".join(parts) or "request"
