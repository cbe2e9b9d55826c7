"""Which network addresses a webhook may reach: requesters choose them, so the operator's own network is closed."""

from __future__ import annotations

import ipaddress
import socket

from crowdbroker.marketplace.notifications.problems import Undeliverable

# All of IPv6 that is given out to networks of the internet; the rest holds old and local ways to write other addresses.
_UNICAST = ipaddress.IPv6Network("2000::/3")


def reachable(host: str, port: int, *, private: bool) -> str:
    """Return an IP address of a host; the caller connects to it and never asks the name service again.

    Every address of the name is looked at, and the connection goes to the one that was looked at, so that a name that
    changes its mind between two questions cannot lead inside.

    Raises:
        Undeliverable: the name has no address, or one that is not public while `private` is False.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Undeliverable(f"The host {host} has no address: {error}.") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(is_public(address) for address in addresses):
        raise Undeliverable(f"The host {host} is in a private network, which this marketplace does not send to.")
    return addresses[0]


def is_public(text: str) -> bool:
    """Tell whether an IP address is one of the public internet's, whatever it is wrapped in."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        if inner is None and address not in _UNICAST:
            return False
        address = inner or address
    return address.is_global and not address.is_multicast


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    # RFC 6052: a gateway turns these into the IPv4 address in their last four bytes.
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
