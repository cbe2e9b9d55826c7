"""Why a message could not be delivered."""

from __future__ import annotations


class Undeliverable(Exception):
    """A destination did not take a message; one sentence says why. Trying again may help."""
