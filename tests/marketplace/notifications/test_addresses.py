from __future__ import annotations

import socket

import pytest

from crowdbroker.marketplace.notifications.addresses import is_public, reachable
from crowdbroker.marketplace.notifications.problems import Undeliverable


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_may_be_reached(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "fec0::1",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
    ],
)
def test_the_operators_own_network_may_not(address):
    assert not is_public(address)


def test_a_name_is_judged_by_its_addresses():
    with pytest.raises(Undeliverable, match="private network"):
        reachable("localhost", 80, private=False)
    assert reachable("localhost", 80, private=True) in ("127.0.0.1", "::1")


@pytest.mark.parametrize("written", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_an_address_in_an_odd_spelling_is_still_itself(written):
    with pytest.raises(Undeliverable):
        reachable(written, 80, private=False)


def test_one_private_address_among_public_ones_closes_a_name(monkeypatch):
    def both(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Undeliverable):
        reachable("example.org", 443, private=False)


def test_a_name_without_an_address_is_a_problem_of_its_own():
    with pytest.raises(Undeliverable, match="no address"):
        reachable("nobody.invalid", 443, private=False)
    with pytest.raises(Undeliverable, match="no address"):
        reachable("a" * 70 + ".example", 443, private=False)
