"""What can be wrong with votes, one class for each decision that a caller can take."""

from __future__ import annotations

from crowdbroker.errors import InputError


class EmptyVotes(InputError):
    """There is no vote at all."""


class MissingValue(InputError):
    """An item, worker or label is None or NaN.

    Attributes:
        position: 0-based place among the votes.
    """

    def __init__(self, message: str, *, position: int, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.position = position


class UnknownLabel(InputError):
    """A label lies outside the label set.

    Attributes:
        label: the label that is not known.
    """

    def __init__(self, message: str, *, label: object, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.label = label


class RepeatedVote(InputError):
    """A worker answered an item more than once, and repeats were declared an error."""
