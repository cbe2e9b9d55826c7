"""What a check found, in words that need no manual."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from crowdbroker.store.reads import BatchView


class Repair(StrEnum):
    """What `--repair` may do by itself: nothing of it pays, refuses or asks for work."""

    REBALANCE = "set the balance to the sum of its Entries"
    COLLECT = "collect the Batch again"
    LOOK_AGAIN = "look the Effect up at the marketplace again"
    FORGET_HIT = "close the HIT here and free what its empty places reserved"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        check: the invariant, by its name.
        batch: the Batch's name; empty where it is about none.
        subject: what it is about, by its id or key.
        what: one sentence: what is wrong.
        remedy: one sentence: what to do.
        evidence: the numbers and ids that show it.
        repair: what `--repair` does about it; None: a person must.
        note: worth knowing and not wrong, so that it alone fails no run.
    """

    check: str
    batch: str
    subject: str
    what: str
    remedy: str
    evidence: dict[str, Any] = field(default_factory=dict)
    repair: Repair | None = None
    note: bool = False


StoreCheck = Callable[[Session, BatchView, datetime], Iterator[Finding]]
"""A check that needs the store alone."""
