"""Who calls: the requester whose key signed, and the default one while nobody has a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import Row, text

from crowdbroker.marketplace import signatures
from crowdbroker.marketplace.faults import ServiceFault
from crowdbroker.marketplace.front_faults import NotOurs, unknown_key
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER
from crowdbroker.marketplace.sealing import SealUnusable
from crowdbroker.marketplace.sweep import ANYTHING_DUE

_ACCESS_KEY = re.compile(r"Credential=([^/,\s]+)/")
# The owner of the key; failing that any requester with a key, whose being there says that strangers are not served;
# failing that the default requester. Plain SQL: composed anew for each call it would take longer than its answer.
_CALLER = text(
    f"SELECT id, access_key, secret_key, disabled_ms, {ANYTHING_DUE} AS due FROM requester"  # noqa: S608
    " ORDER BY CASE WHEN access_key = CAST(:key AS VARCHAR) THEN 0 WHEN access_key IS NOT NULL THEN 1 ELSE 2 END"
    " LIMIT 1"
)


_Found = Row[str, str | None, str | None, int | None, bool]


class Origin(Enum):
    """Where a call comes from."""

    IN_PROCESS = auto()
    """This very process, which could write into the database as well: its key is believed."""
    THIS_MACHINE = auto()
    """A loopback address."""
    ELSEWHERE = auto()


@dataclass(frozen=True)
class Caller:
    """Who calls, and what was seen beside.

    Attributes:
        anything_due: whether the clock has brought about something that nobody has done yet (see `sweep`).
    """

    requester_id: str
    anything_due: bool


def caller_of(market: Marketplace, headers: Mapping[str, str], body: bytes, origin: Origin, now_ms: int) -> Caller:
    """Return the requester who calls.

    While nobody has a key, every call of this machine is the default requester's. As soon as one has, calls over the
    network are whose key signed them, wherever they come from.

    Args:
        headers: with lower-case names.
        now_ms: the marketplace's moment.

    Raises:
        Fault: nobody may be the caller.
    """
    named = _ACCESS_KEY.search(headers.get("authorization", ""))
    found = _found(market, named.group(1) if named else None, now_ms)
    return Caller(_requester_of(market, headers, body, origin, named, found), bool(found.due))


def _requester_of(
    market: Marketplace,
    headers: Mapping[str, str],
    body: bytes,
    origin: Origin,
    named: re.Match[str] | None,
    found: _Found,
) -> str:
    if origin is Origin.IN_PROCESS:
        owner = named is not None and found.access_key == named.group(1)
        return _unless_disabled(found) if owner else DEFAULT_REQUESTER
    if found.access_key is None:
        if origin is Origin.ELSEWHERE:
            raise NotOurs
        return _unless_disabled(found)
    _verify(market, headers, body, found)
    return str(found.id)


def _found(market: Marketplace, key: str | None, now_ms: int) -> _Found:
    with market.engine.connect() as connection:
        return connection.execute(_CALLER, {"key": key, "now": now_ms}).one()


def _unless_disabled(row: _Found) -> str:
    if row.disabled_ms is not None:
        raise unknown_key()
    return str(row.id)


def _verify(
    market: Marketplace,
    headers: Mapping[str, str],
    body: bytes,
    row: _Found,
) -> None:
    said = signatures.read_authorization(headers.get("authorization", ""))
    if said.access_key != row.access_key or row.secret_key is None or row.disabled_ms is not None:
        raise unknown_key()
    # Clients sign by the world's clock, whatever the marketplace's shows.
    signatures.check_moment(headers, said, market.own_clock())
    try:
        key = market.signing_keys.of(said.access_key, row.secret_key, said.day)
    except SealUnusable as error:
        raise ServiceFault("ServiceUnavailable", str(error)) from error
    signatures.check_signature(headers, body, said, key)
