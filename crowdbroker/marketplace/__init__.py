"""An MTurk-compatible marketplace: a server core with its own database, workers, money and clock.

It imports nothing else of crowdbroker, so that a wrong rule on one side of the wire cannot cancel out on the other.
"""

from crowdbroker.marketplace.errors import MarketplaceUnusable
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.money import FREE, MTURK_2026, Tariff

__all__ = ["FREE", "MTURK_2026", "Marketplace", "MarketplaceUnusable", "Tariff"]
