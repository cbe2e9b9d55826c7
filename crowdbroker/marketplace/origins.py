"""Where an HTTP request comes from: this machine, or elsewhere."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from crowdbroker.marketplace.callers import Origin


def origin_of(request: Request) -> Origin:
    """Return where a request comes from.

    The Host header is looked at as well as the peer's address, because a web page elsewhere can point a name of its own
    at 127.0.0.1 and so speak to us as its own origin.
    """
    names = (request.client.host if request.client else "", request.url.hostname or "")
    return Origin.THIS_MACHINE if all(map(_is_loopback, names)) else Origin.ELSEWHERE


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
