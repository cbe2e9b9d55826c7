"""Messages to SQS queues and SNS topics, with the operator's own AWS credentials."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from crowdbroker.marketplace.notifications.problems import Undeliverable
from crowdbroker.marketplace.notifications.transports import Transports


def send_to_queue(transports: Transports, url: str, region: str, body: str) -> None:
    """Put a message into a queue. Raises Undeliverable."""
    with _problems_told():
        client = _client("sqs", region, transports.sqs_endpoint_url, transports.timeout_s)
        client.send_message(QueueUrl=url, MessageBody=body)


def send_to_topic(transports: Transports, arn: str, region: str, body: str) -> None:
    """Publish a message to a topic. Raises Undeliverable."""
    with _problems_told():
        client = _client("sns", region, transports.sns_endpoint_url, transports.timeout_s)
        client.publish(TopicArn=arn, Message=body)


@contextmanager
def _problems_told() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, ValueError) as error:  # boto3 has a ValueError for an endpoint that is none
        raise Undeliverable(f"AWS did not take the message: {error}") from None


@functools.lru_cache(maxsize=32)
def _client(service: str, region: str, endpoint_url: str | None, timeout_s: float) -> Any:
    config = Config(connect_timeout=timeout_s, read_timeout=timeout_s, retries={"total_max_attempts": 1})
    # A session of its own: boto3's default one must not be used by two threads at once.
    session: Any = boto3.session.Session()
    return session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)
