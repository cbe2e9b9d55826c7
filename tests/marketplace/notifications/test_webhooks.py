from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time

import pytest

from crowdbroker.marketplace.notifications.problems import Undeliverable
from crowdbroker.marketplace.notifications.secrets import webhook_secret
from crowdbroker.marketplace.notifications.webhooks import post, signature


def send(url, *, private=True, timeout_s=5.0):
    post(url, '{"a":1}', "d0c", "s3cret", private=private, timeout_s=timeout_s)


def test_a_receiver_can_verify_a_message_from_its_secret_alone(receiver):
    send(f"{receiver.url}/hook?for=me")
    path, headers, body = receiver.received[0]
    assert (path, body, headers["Content-Type"]) == ("/hook?for=me", '{"a":1}', "application/json")
    signed = f"{headers['X-Crowdbroker-Timestamp']}.{body}".encode()
    expected = "v1=" + hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert headers["X-Crowdbroker-Signature"] == expected
    assert headers["X-Crowdbroker-Event"] == "d0c"
    assert abs(int(headers["X-Crowdbroker-Timestamp"]) - time.time()) < 60


def test_another_body_moment_or_secret_signs_differently():
    assert len({signature("s", 1, "a"), signature("s", 1, "b"), signature("s", 2, "a"), signature("t", 1, "a")}) == 4


@pytest.mark.parametrize("status", [301, 302, 400, 404, 500])
def test_only_a_status_of_success_takes_a_message_and_no_redirect_is_followed(receiver, status):
    receiver.statuses = [status]
    with pytest.raises(Undeliverable, match=str(status)):
        send(f"{receiver.url}/hook")
    assert [path for path, _, _ in receiver.received] == ["/hook"]


def test_this_machine_is_out_of_reach_unless_the_operator_allows_it(receiver):
    with pytest.raises(Undeliverable, match="private network"):
        send(receiver.url, private=False)
    assert receiver.received == []


def test_a_closed_port_and_a_plain_answer_to_tls_are_problems(receiver):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Undeliverable):
        send(f"http://127.0.0.1:{port}/")
    with pytest.raises(Undeliverable):
        send(receiver.url.replace("http:", "https:"), timeout_s=0.5)


def test_a_receiver_that_drips_is_cut_off():
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        taken, _ = listener.accept()
        with taken:
            taken.sendall(b"HTTP/1.1 ")
            while not ended.wait(0.05):
                try:
                    taken.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(Undeliverable):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout_s=0.3)
    finally:
        ended.set()
        thread.join()
        listener.close()


def test_each_requester_has_a_secret_that_stays(news, receiver):
    market = news.market
    assert webhook_secret(market, "A1") == webhook_secret(market, "A1") != webhook_secret(market, "A2")
    news.done(news.specify(receiver.url))
    news.deliver()
    _, headers, body = receiver.received[0]
    secret = webhook_secret(market, json.loads(body)["CustomerId"])
    assert headers["X-Crowdbroker-Signature"] == signature(secret, int(headers["X-Crowdbroker-Timestamp"]), body)
