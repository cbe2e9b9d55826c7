"""Crowds that work at the marketplace as people do: they read its pages and use its worker's side."""
