"""Each foreign error becomes the one of ours that says what may be done next."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crowdbroker.errors import (
    EndpointUnreachable,
    InsufficientFunds,
    MarketError,
    OutcomeUnknown,
    Refused,
    Throttled,
    WrongKeys,
)
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect
from crowdbroker.mturk.translate import translated


def approving(market: MTurk, kind: type[MarketError]) -> MarketError:
    with pytest.raises(kind) as caught:
        market.approve("A1")
    assert type(caught.value) is kind
    return caught.value


@pytest.mark.parametrize(
    "code",
    [
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "InvalidClientTokenId",
        "com.amazon.coral.service#UnrecognizedClientException",
    ],
)
def test_wrong_keys_name_the_settings(refusing: Callable[..., MTurk], code: str) -> None:
    error = approving(refusing(code), WrongKeys)
    assert "access_key and secret_key" in error.remedy


def test_a_signature_that_expired_names_the_clock(refusing: Callable[..., MTurk]) -> None:
    error = approving(refusing("RequestExpired"), WrongKeys)
    assert "does not accept the time" in error.message
    assert "clock" in error.remedy


def test_a_key_that_belongs_to_no_requester_is_a_wrong_key(refusing: Callable[..., MTurk]) -> None:
    market = refusing("RequestError", turk="AWS.MechanicalTurk.PermissionDeniedException")
    assert "access_key" in approving(market, WrongKeys).remedy


@pytest.mark.parametrize("code", ["ThrottlingException", "Throttling", "TooManyRequestsException"])
@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_refusal_for_its_rate_had_no_effect(refusing: Callable[..., MTurk], code: str, status: int) -> None:
    approving(refusing(code, status=status), Throttled)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_failed_may_have_done_it(refusing: Callable[..., MTurk], status: int) -> None:
    assert str(status) in approving(refusing("ServiceFault", status=status), OutcomeUnknown).message


def test_an_account_without_money_names_it(refusing: Callable[..., MTurk]) -> None:
    error = approving(refusing("RequestError", turk="AWS.MechanicalTurk.InsufficientFunds"), InsufficientFunds)
    assert "Add money" in error.remedy


def test_any_other_refusal_keeps_its_code_without_prefix_and_stamp(refusing: Callable[..., MTurk]) -> None:
    market = refusing(
        "RequestError", turk="AWS.MechanicalTurk.InvalidAssignmentState", message="Why. (1772442000000 s)"
    )
    error = approving(market, Refused)
    assert isinstance(error, Refused)
    assert (error.code, error.message) == ("InvalidAssignmentState", "approve_assignment: Why.")


def test_a_refusal_without_a_code_of_the_marketplace_keeps_the_wires(refusing: Callable[..., MTurk]) -> None:
    error = approving(refusing("ValidationException", message="short (12)"), Refused)
    assert isinstance(error, Refused)
    assert (error.code, error.message) == ("ValidationException", "approve_assignment: short (12)")


@pytest.mark.parametrize(
    ("foreign", "kind"),
    [
        (EndpointConnectionError(endpoint_url="u"), EndpointUnreachable),
        (ConnectTimeoutError(endpoint_url="u"), EndpointUnreachable),
        (ProxyConnectionError(proxy_url="u"), EndpointUnreachable),
        (SSLError(endpoint_url="u", error=OSError()), OutcomeUnknown),
        (ConnectionClosedError(endpoint_url="u"), OutcomeUnknown),
        (ReadTimeoutError(endpoint_url="u"), OutcomeUnknown),
        (HTTPClientError(error="e"), OutcomeUnknown),
        (NoCredentialsError(), WrongKeys),
        (BotoCoreError(), Refused),
    ],
)
def test_errors_of_the_sdk(foreign: Exception, kind: type[MarketError]) -> None:
    with pytest.raises(kind) as caught, translated("approve_assignment", "http://x"):
        raise foreign
    assert type(caught.value) is kind
    assert caught.value.__cause__ is foreign


def test_errors_of_ours_pass() -> None:
    with pytest.raises(ZeroDivisionError), translated("approve_assignment", "http://x"):
        _ = 1 / 0


def test_without_keys_the_settings_are_named() -> None:
    market = MTurk(connect("http://127.0.0.1:9"))
    with pytest.raises(WrongKeys, match="there are no access keys for http://127"):
        market.balance_cents()


def test_what_the_sdk_itself_refuses_was_never_sent(refusing: Callable[..., MTurk]) -> None:
    with pytest.raises(Refused) as caught:
        refusing("Unused").create_hit({"MaxAssignments": "three"}, token="t")
    assert caught.value.code == "NotSent"


def test_nobody_at_a_closed_port(waits: Callable[[float], None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=waits)
    with pytest.raises(EndpointUnreachable, match=f"nobody answers at {url}") as caught:
        market.balance_cents()
    assert "endpoint_url" in caught.value.remedy


@contextmanager
def server(reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads what comes, sends these bytes and hangs up."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    got.append(connection.recv(65536))
                    connection.sendall(reply)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", got
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of localhost that nobody has signed, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.public_bytes(pem))
    return file


@contextmanager
def tls_server(certificate: Path, reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads what comes through TLS and answers with these bytes outside of it."""
    got: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("localhost", 0)) as listener:

        def work() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    tls = context.wrap_socket(connection, server_side=True)
                    got.append(tls.recv(65536))
                    while not got[-1].endswith(b"}"):
                        got[-1] += tls.recv(65536)
                    with socket.socket(fileno=tls.detach()) as bare:
                        bare.sendall(reply)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}", got
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize("reply", [b"\x17\x03\x03\x00\x20" + b"x" * 32, b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_tls_that_breaks_off_after_the_request_leaves_the_outcome_unknown(
    certificate: Path, reply: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with tls_server(certificate, reply) as (url, got):
        market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(OutcomeUnknown):
            market.approve("A1")
        assert len(got) == 1


def test_a_certificate_that_is_not_accepted_means_that_nothing_was_sent(certificate: Path) -> None:
    with tls_server(certificate, b"") as (url, got):
        market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(EndpointUnreachable):
            market.approve("A1")
        assert got == []


def test_a_server_without_tls_has_read_no_request() -> None:
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (url, _):
        secure = url.replace("http:", "https:")
        market = MTurk(connect(secure, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(EndpointUnreachable):
            market.approve("A1")


HEAD = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"no http\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        HEAD % (b"502 Bad Gateway", 13, b"<html></html>"),
        HEAD % (b"200 OK", 13, b"<html></html>"),
    ],
    ids=["hang up", "no HTTP", "cut off", "a gateway's page", "a page instead of a reply"],
)
def test_a_reply_that_is_none_leaves_the_outcome_unknown_and_is_asked_for_once(reply: bytes) -> None:
    with server(reply) as (url, got):
        market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(OutcomeUnknown):
            market.create_qualification_type("n", "d")
        assert len(got) == 1


def test_a_page_instead_of_a_reply_is_no_payment() -> None:
    with server(HEAD % (b"200 OK", 13, b"<html></html>")) as (url, _):
        market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(OutcomeUnknown):
            market.approve("A1")


def test_an_address_that_is_no_marketplace_is_told_in_one_sentence() -> None:
    with server(HEAD % (b"200 OK", 13, b"<html></html>")) as (url, _):
        market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(MarketError, match=url):
            market.balance_cents()
    with server(HEAD % (b"404 Not Found", 13, b"<html></html>")) as (url, _):
        market = MTurk(connect(url, access_key="k", secret_key="s"), sleep=lambda _: None)
        with pytest.raises(MarketError):
            market.balance_cents()
