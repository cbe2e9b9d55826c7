"""Simulated days at the marketplace.

Crowds work as people do: they read its pages and use its worker's side. Batches with faults (`soak`, `workflow`) put
broker, marketplace, crowd and clock into one process, let everything go wrong by seed, and check every cent.
"""
