"""The endpoint that the conformance tests talk to, and the three clients that talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import wire_model
from drivers import AwsCli, Boto3, Driver, JavaScript
from served import Endpoint, served


@pytest.fixture(scope="session")
def endpoint(request, tmp_path_factory) -> Iterator[Endpoint]:
    """A server of ours; with `--endpoint`, the one at that address, by the keys in the usual variables."""
    address = request.config.getoption("--endpoint")
    if address:
        yield Endpoint(address, None)
        return
    with served(tmp_path_factory.mktemp("conformance")) as own:
        yield own


@pytest.fixture(scope="session")
def replies() -> list[tuple[str, int, bytes]]:
    """Every raw reply that boto3 has received so far: operation, status, body."""
    return []


@pytest.fixture(scope="session", params=["boto3", "aws-cli", "javascript"])
def driver(request, endpoint, replies) -> Iterator[Driver]:
    if request.param == "boto3":
        yield Boto3(endpoint.address, lambda *reply: replies.append(reply))
        return
    if request.param == "aws-cli":
        paged = frozenset(name for name in wire_model.operations() if wire_model.has_paginator(name))
        lines: AwsCli | JavaScript = AwsCli(endpoint.address, paged)
    else:
        lines = JavaScript(endpoint.address)
    yield lines
    lines.close()
