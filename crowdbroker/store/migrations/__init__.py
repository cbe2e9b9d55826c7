"""The store's schema, version by version."""

HEAD = "0002"
"""The version that this program works with."""
