"""The requester API over real connections: signatures of a real client, broken connections, lost replies."""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
import uvicorn
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from crowdbroker.marketplace import wire
from crowdbroker.marketplace.broken_replies import BreakableProtocol
from crowdbroker.marketplace.logs import log_to
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.requesters import add_requester
from crowdbroker.marketplace.server import build_app


@contextmanager
def running(market: Marketplace, log: io.StringIO | None = None, **settings: object) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    app = build_app(market, log=log_to(log or io.StringIO()))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, **settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture
def market(tmp_path):
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


def client_of(address: str, access_key: str = "anyone", secret_key: str = "anything"):
    return boto3.client(
        "mturk",
        region_name="us-east-1",
        endpoint_url=address,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(retries={"max_attempts": 0}, read_timeout=2),
    )


def closing(*clients) -> None:
    for client in clients:
        client.close()


def test_a_real_client_signs_as_soon_as_it_has_to(market):
    with running(market, http=BreakableProtocol) as address:
        anyone = client_of(address)
        assert anyone.get_account_balance()["AvailableBalance"] == "10000.00"
        keys = add_requester(market, "Lab", deposit_cents=42)
        with pytest.raises(ClientError) as caught:
            anyone.get_account_balance()
        assert caught.value.response["Error"]["Code"] == "UnrecognizedClientException"
        lab = client_of(address, keys.access_key, keys.secret_key)
        assert lab.get_account_balance()["AvailableBalance"] == "0.42"
        with pytest.raises(lab.exceptions.RequestError, match="does not exist"):
            lab.get_hit(HITId="3NOSUCH")
        closing(anyone, lab)


@pytest.mark.parametrize(
    ("settings", "error"), [({"http": BreakableProtocol}, ConnectionClosedError), ({}, ClientError)]
)
def test_a_broken_connection_and_a_lost_reply_reach_a_real_client(market, settings, error):
    with running(market, **settings) as address:
        client = client_of(address)
        for name, switches in (
            ("first", {"reset_after": 1}),
            ("second", {"reset_before": 1}),
            ("third", {"reply_lost": 1, "reply_lost_s": 0.1}),
        ):
            market.switches.change(**switches)
            with pytest.raises(error):
                client.create_qualification_type(Name=name, Description="d", QualificationTypeStatus="Active")
            market.switches.reset()
        made = client.list_qualification_types(MustBeRequestable=False, MustBeOwnedByCaller=True)
        assert sorted(kind["Name"] for kind in made["QualificationTypes"]) == ["first", "third"]
        closing(client)


@pytest.mark.slow
def test_who_waits_for_a_lost_reply_times_out(market):
    with running(market, http=BreakableProtocol) as address:
        client = client_of(address)
        market.switches.change(reply_lost=1)
        with pytest.raises(ReadTimeoutError):
            client.get_account_balance()
        closing(client)


def test_a_505_and_a_call_without_target_over_http(market):
    with running(market, http=BreakableProtocol) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
        connection.request("POST", "/", "{}", {"Content-Type": "application/x-amz-json-1.1"})
        reply = connection.getresponse()
        assert (reply.status, b"UnknownOperationException" in reply.read()) == (400, True)
        market.switches.change(http_505=1)
        connection.request("POST", "/", "{}", {"X-Amz-Target": "MTurkRequesterServiceV20170117.ListHITs"})
        reply = connection.getresponse()
        assert (reply.status, reply.read()) == (505, b"")
        connection.close()


def test_a_mistake_of_ours_is_a_modelled_error_and_is_logged_without_what_was_asked(market, monkeypatch):
    def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the answer of a worker")

    monkeypatch.setattr(wire, "answer", stumble)
    said = io.StringIO()
    with running(market, said) as address:
        client = client_of(address)
        with pytest.raises(client.exceptions.ServiceFault, match="made a mistake"):
            client.get_account_balance()
        closing(client)
    assert '"error": "ZeroDivisionError"' in said.getvalue()
    assert "test_requester_api.py" in said.getvalue()
    assert "the answer of a worker" not in said.getvalue()
