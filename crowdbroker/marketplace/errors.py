"""Why a marketplace cannot be opened."""

from __future__ import annotations


class MarketplaceUnusable(Exception):
    """The database is missing, unreadable or of another schema version; one sentence says which."""
