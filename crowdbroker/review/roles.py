"""What a person of the requester's side may do: each role may all that the ones before it may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Viewers look; reviewers decide on Labels; payers decide on pay; admins manage people too."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    PAYER = "payer"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where another one is needed."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
