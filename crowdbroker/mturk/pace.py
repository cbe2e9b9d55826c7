"""Who says when a call may go: the marketplace throttles an account, however many processes call it."""

from __future__ import annotations

from typing import Protocol


class CallPace(Protocol):
    """Waits before calls, and hears of those that were throttled."""

    def before(self, operation: str) -> None:
        """Return when a call of the operation may go."""

    def throttled(self, operation: str) -> None:
        """The marketplace refused a call for its rate."""


class Unpaced:
    """Every call goes at once."""

    def before(self, operation: str) -> None:
        """Return at once."""

    def throttled(self, operation: str) -> None:
        """Remember nothing."""
