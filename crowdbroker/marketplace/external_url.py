"""Which addresses an ExternalURL may be: those whose host every browser reads as we do.

A page that lives on the site's own host could act in the worker's name, and the site shows none such. That is worth
only as much as reading the host right: what a browser would read as another host is refused when the HIT is made.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

from crowdbroker.marketplace.faults import BadValue

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
# A browser reads a host whose last label is one of these as an IPv4 address, in whatever base and number of parts.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def checked_url(url: str) -> str:
    """Return an address that may be shown to workers. Raises BadValue."""
    parts = _split(url)
    # Plain HTTP is for a page on the same machine; anywhere else a browser would refuse it inside our frame.
    if parts is None or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise BadValue("ExternalURL must be an https address (http for this machine alone).")
    # A browser takes a backslash for a slash and drops tabs and line ends.
    plain = url.isascii() and url.isprintable() and "\\" not in url and parts.username is None
    if not plain or not _has_one_spelling(parts.hostname or ""):
        raise BadValue(
            "ExternalURL must name its host in plain characters (an international name as xn--…, an IP address in its "
            "usual form), without a user before it and without a backslash anywhere."
        )
    return url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:  # brackets that do not close, or a port that is no number
        return None


def _has_one_spelling(host: str) -> bool:
    try:
        if ":" in host:
            address = IPv6Address(host)
            return str(address) == host and address.ipv4_mapped is None and address.scope_id is None
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return str(IPv4Address(host)) == host
    except AddressValueError:
        return False
    return _NAME.fullmatch(host) is not None
