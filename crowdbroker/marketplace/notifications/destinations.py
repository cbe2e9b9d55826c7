"""What a specification's Destination is: a queue, a topic or a webhook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from crowdbroker.marketplace.external_url import LOOPBACK
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.notifications.transports import Transports

LONGEST = 2000

_REGION = r"(?P<region>[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2})"
_QUEUE = re.compile(rf"https://(?:sqs\.{_REGION}|queue)\.amazonaws\.com(?:\.cn)?/\d{{12}}/[A-Za-z0-9_-]{{1,80}}")
_TOPIC = re.compile(rf"arn:aws(?:-cn|-us-gov)?:sns:{_REGION}:\d{{12}}:[A-Za-z0-9_-]{{1,256}}")


@dataclass(frozen=True)
class Destination:
    """Where messages go.

    Attributes:
        kind: how they go there.
        address: the queue's URL, the topic's ARN or the webhook's URL.
        region: the AWS region of a queue or a topic.
    """

    kind: Literal["queue", "topic", "webhook"]
    address: str
    region: str = ""


def destination(transport: str, address: str, transports: Transports) -> Destination:
    """Return what a Destination is for its Transport.

    An http(s) address that is no queue of SQS's is a webhook, whichever the transport: the API has no word of its own
    for one, and clients check the enumeration.

    Raises:
        BadValue: nothing can be sent there.
    """
    if transport == "Email":
        raise BadValue("Value 'Email' at 'notification.transport' is no longer supported; use SQS or SNS.")
    if len(address) > LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        raise BadValue(f"The Destination is an address of at most {LONGEST} plain characters.")
    queue, topic = _QUEUE.fullmatch(address), _TOPIC.fullmatch(address)
    if transport == "SQS" and (queue or _is_own_queue(address, transports)):
        return Destination("queue", address, (queue and queue["region"]) or transports.region)
    if transport == "SNS" and topic:
        return Destination("topic", address, topic["region"])
    if address.startswith(("https://", "http://")) and queue is None:
        return Destination("webhook", _checked_webhook(address))
    wanted = "the URL of a queue" if transport == "SQS" else "the ARN of a topic"
    raise BadValue(f"The Destination of Transport {transport} is {wanted} (not a FIFO one), or an https address.")


def _is_own_queue(address: str, transports: Transports) -> bool:
    own = transports.sqs_endpoint_url
    return own is not None and address.startswith(own.rstrip("/") + "/")


def _checked_webhook(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port == 0 or parts.username is not None or parts.fragment:
        raise BadValue("A webhook's Destination has a host, and neither a user nor a fragment.")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadValue("A webhook's Destination is an https address (http for this machine alone).")
    return address
