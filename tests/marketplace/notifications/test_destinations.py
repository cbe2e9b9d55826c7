from __future__ import annotations

import pytest

from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.notifications.destinations import destination
from crowdbroker.marketplace.notifications.transports import Transports

AWS, LOCAL = Transports(), Transports(sqs_endpoint_url="http://127.0.0.1:4566", region="eu-west-1")


@pytest.mark.parametrize(
    ("transport", "address", "transports", "kind", "region"),
    [
        ("SQS", "https://sqs.eu-central-1.amazonaws.com/123456789012/q_1", AWS, "queue", "eu-central-1"),
        ("SQS", "https://queue.amazonaws.com/123456789012/q", AWS, "queue", "us-east-1"),
        ("SQS", "http://127.0.0.1:4566/000000000000/q", LOCAL, "queue", "eu-west-1"),
        ("SQS", "http://127.0.0.1:4566/000000000000/q", AWS, "webhook", ""),
        ("SQS", "http://127.0.0.1:45660/q", LOCAL, "webhook", ""),
        ("SNS", "arn:aws:sns:us-west-2:123456789012:topic", AWS, "topic", "us-west-2"),
        ("SQS", "https://example.org/hook?x=1", AWS, "webhook", ""),
        ("SNS", "https://example.org:8443/hook", AWS, "webhook", ""),
        ("SQS", "https://sqs.eu-central-1.amazonaws.com.example.org/123456789012/q", AWS, "webhook", ""),
        ("SQS", "http://localhost:8000/", AWS, "webhook", ""),
    ],
)
def test_an_address_says_what_it_is(transport, address, transports, kind, region):
    found = destination(transport, address, transports)
    assert (found.kind, found.address, found.region) == (kind, address, region)


@pytest.mark.parametrize(
    ("transport", "address"),
    [
        ("Email", "someone@example.org"),
        ("SQS", ""),
        ("SQS", "my-queue"),
        ("SQS", "arn:aws:sns:us-east-1:123456789012:topic"),
        ("SNS", "https://sqs.eu-central-1.amazonaws.com/123456789012/q"),
        ("SNS", "arn:aws:sns:us-east-1:12:topic"),
        ("SNS", "arn:aws:sqs:us-east-1:123456789012:q"),
        ("SQS", "http://example.org/hook"),
        ("SQS", "https://user:pass@example.org/hook"),
        ("SQS", "https://example.org/hook#part"),
        ("SQS", "https://"),
        ("SQS", "https://example.org:0/"),
        ("SQS", "https://example.org:99999/"),
        ("SQS", "https://[::1/"),
        ("SQS", "https://example.org/a b"),
        ("SQS", "https://example.org/\r\nHost: inside"),
        ("SQS", "https://exämple.org/"),
        ("SQS", "https://example.org/" + "a" * 2000),
        ("SQS", "ftp://example.org/"),
        ("SQS", "file:///etc/passwd"),
    ],
)
def test_an_address_that_nothing_can_be_sent_to_is_refused(transport, address):
    with pytest.raises(BadValue):
        destination(transport, address, AWS)
