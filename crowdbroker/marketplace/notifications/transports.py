"""How messages leave: settings that only the operator can set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Transports:
    """Where queues and topics are, and how far webhooks may reach; nothing is connected before the first message.

    Attributes:
        sqs_endpoint_url: the endpoint of the queues; None is AWS, in the region that the queue's address names.
        sns_endpoint_url: likewise for topics.
        region: where an address without a region is.
        private_webhooks: lets webhooks go to this machine and to private networks. Requesters choose the addresses,
            so this is for a marketplace whose requesters the operator trusts.
        timeout_s: how long one message may take.
    """

    sqs_endpoint_url: str | None = None
    sns_endpoint_url: str | None = None
    region: str = "us-east-1"
    private_webhooks: bool = False
    timeout_s: float = 5.0
