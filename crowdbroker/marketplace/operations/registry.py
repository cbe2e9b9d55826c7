"""How an operation is found under its wire name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.shapes import Shape

Output = dict[str, Any]
Asked = TypeVar("Asked", bound=Shape)


@dataclass(frozen=True)
class Call:
    """What an operation works with beside its input.

    Attributes:
        session: one transaction; for an operation that writes it is committed when the operation returns.
        requester_id: the caller.
        now_ms: the marketplace's moment, the same for the whole call.
        request_id: the id that the reply carries.
    """

    market: Marketplace
    session: Session
    requester_id: str
    now_ms: int
    request_id: str


@dataclass(frozen=True)
class Operation:
    """One operation: whether it writes, and the function that does it."""

    writes: bool
    run: Callable[[Call, Any], Output]


OPERATIONS: dict[str, Operation] = {}


def operation(
    asked: type[Asked], *, writes: bool
) -> Callable[[Callable[[Call, Asked], Output]], Callable[[Call, Asked], Output]]:
    """Register a function as the operation whose input this is; the input's class has the wire name."""

    def register(run: Callable[[Call, Asked], Output]) -> Callable[[Call, Asked], Output]:
        OPERATIONS[asked.__name__] = Operation(writes, run)
        return run

    return register
