"""Sending one message, by whatever way its destination wants."""

from __future__ import annotations

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.notifications import aws, webhooks
from crowdbroker.marketplace.notifications.destinations import destination
from crowdbroker.marketplace.notifications.documents import doc_id, document
from crowdbroker.marketplace.notifications.problems import Undeliverable
from crowdbroker.marketplace.notifications.secrets import webhook_secret
from crowdbroker.marketplace.sealing import SealUnusable


def send(market: Marketplace, event: EventRow) -> None:
    """Send an event's document. Raises Undeliverable."""
    transports, body = market.transports, document(event)
    try:
        target = destination(event.transport, event.destination, transports)
    except BadValue as error:  # the operator's settings have changed since it was accepted
        raise Undeliverable(error.text) from None
    if target.kind == "queue":
        aws.send_to_queue(transports, target.address, target.region, body)
    elif target.kind == "topic":
        aws.send_to_topic(transports, target.address, target.region, body)
    else:
        private, timeout_s = transports.private_webhooks, transports.timeout_s
        secret = _secret(market, event.requester_id)
        webhooks.post(target.address, body, doc_id(event), secret, private=private, timeout_s=timeout_s)


def _secret(market: Marketplace, requester_id: str) -> str:
    try:
        return webhook_secret(market, requester_id)
    except SealUnusable as error:
        raise Undeliverable(str(error)) from None
