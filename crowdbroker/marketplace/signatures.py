"""Signature Version 4 as clients send it, verified (AWS General Reference, Signing AWS API requests).

Each client signs other headers, so SignedHeaders says which; the body is hashed here and never believed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crowdbroker.marketplace.front_faults import expired, incomplete_signature, invalid_signature, unsigned
from crowdbroker.marketplace.signing_keys import REGION, SERVICE, TERMINATOR

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=15)
# Without these in the signature, a call could be turned into another one on its way.
_MUST_BE_SIGNED = ("host", "x-amz-date", "x-amz-target")
_STAMP = "%Y%m%dT%H%M%SZ"
_SPACES = re.compile(r" +")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")


@dataclass(frozen=True)
class Authorization:
    """What an Authorization header says.

    Attributes:
        day: the date of the credential scope, `20260301`.
        scope: day, region, service and terminator, as written.
        signed_headers: the names of the signed headers, in order.
    """

    access_key: str
    day: str
    scope: str
    signed_headers: tuple[str, ...]
    signature: str


def read_authorization(header: str) -> Authorization:
    """Return what an Authorization header says.

    Raises:
        FrontFault: there is none, it lacks a part, or its scope is another region's or service's.
    """
    if not header:
        raise unsigned()
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise incomplete_signature(f"The Authorization header must begin with {ALGORITHM}.")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not parts.get(name):
            raise incomplete_signature(f"Authorization header requires '{name}' parameter.")
    access_key, _, scope = parts["Credential"].partition("/")
    day = scope.partition("/")[0]
    if scope != f"{day}/{REGION}/{SERVICE}/{TERMINATOR}":
        raise invalid_signature(f"Credential should be scoped to {REGION}/{SERVICE}/{TERMINATOR}.")
    signed = tuple(parts["SignedHeaders"].split(";"))
    if not all(map(_HEADER_NAME.fullmatch, signed)) or not _SIGNATURE.fullmatch(parts["Signature"]):
        raise incomplete_signature("SignedHeaders or Signature is malformed.")
    return Authorization(access_key, day, scope, signed, parts["Signature"])


def check_moment(headers: Mapping[str, str], said: Authorization, now: datetime) -> None:
    """Refuse a call that was signed more than fifteen minutes away from `now`, or for another day.

    Raises:
        FrontFault: so it is, or X-Amz-Date cannot be read.
    """
    stamp = headers.get("x-amz-date", "")
    try:
        signed_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise incomplete_signature("Authorization header requires existence of an 'X-Amz-Date' header.") from None
    if stamp[:8] != said.day:
        raise invalid_signature(f"Date in Credential scope does not match YYYYMMDD from X-Amz-Date: {stamp[:8]}.")
    if signed_at < now - SKEW:
        earliest = f"{(now - SKEW).strftime(_STAMP)} ({now.strftime(_STAMP)} - 15 min.)"
        raise expired(f"Signature expired: {stamp} is now earlier than {earliest}")
    if signed_at > now + SKEW:
        latest = f"{(now + SKEW).strftime(_STAMP)} ({now.strftime(_STAMP)} + 15 min.)"
        raise expired(f"Signature not yet current: {stamp} is still later than {latest}")


def check_signature(headers: Mapping[str, str], body: bytes, said: Authorization, signing_key: bytes) -> None:
    """Refuse a call whose signature is not the one that the key makes of it.

    Args:
        headers: with lower-case names.
        signing_key: the derived key of the day, region and service.

    Raises:
        FrontFault: so it is, or a header is not signed that must be.
    """
    for name in _MUST_BE_SIGNED:
        if name in headers and name not in said.signed_headers:
            raise incomplete_signature(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    digest = hashlib.sha256(body).hexdigest()
    if headers.get("x-amz-content-sha256", digest) != digest:
        raise invalid_signature("The value of X-Amz-Content-Sha256 is not the hash of the request's body.")
    expected = hmac.new(signing_key, _to_sign(headers, said, digest), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, said.signature):
        raise invalid_signature()


def _to_sign(headers: Mapping[str, str], said: Authorization, body_digest: str) -> bytes:
    lines = [f"{name}:{_SPACES.sub(' ', headers.get(name, '').strip())}\n" for name in said.signed_headers]
    canonical = "\n".join(("POST", "/", "", "".join(lines), ";".join(said.signed_headers), body_digest))
    # Header values are bytes that were read as Latin-1; what is none cannot have been sent.
    digest = hashlib.sha256(canonical.encode("latin-1", "replace")).hexdigest()
    return "\n".join((ALGORITHM, headers["x-amz-date"], said.scope, digest)).encode("latin-1", "replace")
