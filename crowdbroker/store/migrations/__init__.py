"""The store's schema, version by version."""

HEAD = "0001"
"""The version that this program works with."""
