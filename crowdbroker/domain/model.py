"""The nouns that the rules speak of: Items, planned HITs and Answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Item:
    """One row of the dataset; a gold Item knows its accepted answers.

    Attributes:
        key: the requester's id, or one made from the row's content; unique in a Batch.
        data: the row's cells by column.
        accepted: labels that count as right; empty for an Item that is not gold.
    """

    key: str
    data: Mapping[str, str] = field(hash=False)
    accepted: tuple[str, ...] = ()

    @property
    def is_gold(self) -> bool:
        """Whether the Item's accepted answers are known."""
        return bool(self.accepted)


@dataclass(frozen=True)
class HITPlan:
    """One page to publish: Items in the order in which a Worker sees them, and how many Workers may answer."""

    items: tuple[Item, ...]
    max_assignments: int


@dataclass(frozen=True)
class Answer:
    """One Worker's label for one Item; its key is (Assignment, Item)."""

    assignment: int
    item: int
    worker: int
    label: str
