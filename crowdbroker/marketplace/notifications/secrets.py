"""The secret that signs a requester's webhooks."""

from __future__ import annotations

from crowdbroker.marketplace.marketplace import Marketplace


def webhook_secret(market: Marketplace, requester_id: str) -> str:
    """Return a requester's webhook secret, 64 hex digits; it follows from the master key and is stored nowhere.

    Raises:
        SealUnusable: the marketplace has no master key.
    """
    return market.seal.derive(f"webhook of {requester_id}")
