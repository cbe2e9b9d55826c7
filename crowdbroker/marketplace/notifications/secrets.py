"""The secret that signs a requester's webhooks."""

from __future__ import annotations

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import RequesterRow


def webhook_secret(market: Marketplace, requester_id: str) -> str:
    """Return a requester's webhook secret, 64 hex digits; it follows from the master key and is stored nowhere.

    Raises:
        SealUnusable: the marketplace has no master key.
    """
    with market.read() as session:
        row = session.get(RequesterRow, requester_id)
    rotations = 0 if row is None else row.webhook_rotations
    return market.seal.derive(f"webhook of {requester_id}" + (f", {rotations}" if rotations else ""))


def rotate_webhook_secret(market: Marketplace, requester_id: str) -> str:
    """Return another webhook secret of a requester; the old one signs nothing any more.

    Raises:
        SealUnusable: the marketplace has no master key.
    """
    with market.write() as session:
        session.get_one(RequesterRow, requester_id, with_for_update=True).webhook_rotations += 1
    return webhook_secret(market, requester_id)
