"""The legal moves of the three things that have a lifecycle; everything else is derived."""

from __future__ import annotations

from enum import StrEnum

from crowdbroker.errors import IllegalMove


class HITState(StrEnum):
    """planned: only here; open: at the marketplace; closed: no place can be submitted any more."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class AssignmentState(StrEnum):
    """submitted: waits for a verdict or its payment; held: waits for a person; approved and rejected: carried out."""

    SUBMITTED = "submitted"
    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"


class EffectState(StrEnum):
    """ready: intent only; sent: perhaps carried out; done, failed, in_doubt: how it ended."""

    READY = "ready"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


Lifecycle = type[HITState] | type[AssignmentState] | type[EffectState]

MOVES: dict[Lifecycle, frozenset[tuple[str, str]]] = {
    HITState: frozenset(
        {
            ("planned", "open"),
            ("open", "closed"),
            ("closed", "open"),  # by a top-up, which adds places to the same HIT, so that nobody answers it twice
        }
    ),
    AssignmentState: frozenset(
        {
            ("submitted", "held"),
            ("submitted", "approved"),
            ("submitted", "rejected"),
            ("held", "approved"),
            ("held", "rejected"),
            ("rejected", "approved"),  # by appeal, within thirty days of submission
        }
    ),
    EffectState: frozenset(
        {
            ("ready", "sent"),
            ("ready", "failed"),  # taken back before anything was sent
            ("sent", "ready"),  # refused for its rate or never sent: certain to have had no effect
            ("sent", "done"),
            ("sent", "failed"),
            ("sent", "in_doubt"),
            ("in_doubt", "done"),  # settled by a person or a later look-up
            ("in_doubt", "failed"),
        }
    ),
}


def check_move(was: HITState | AssignmentState | EffectState, now: HITState | AssignmentState | EffectState) -> None:
    """Raise IllegalMove where the lifecycle has no move from `was` to `now`."""
    if type(was) is not type(now) or (was.value, now.value) not in MOVES[type(was)]:
        raise IllegalMove(f"no {type(was).__name__} moves from {was.value!r} to {now.value!r}")
