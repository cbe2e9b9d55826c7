"""What went in and how it went, on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crowdbroker.cli.output import counted, note

if TYPE_CHECKING:
    from crowdbroker.reports.aggregated.document import Summary


def say(found: Summary, warnings: Sequence[str] = ()) -> None:
    """Say what a person should know of labels before using them."""
    skipped = f", {counted(found.skipped, 'skipped answer')}" if found.skipped else ""
    note(
        f"{counted(found.items, 'task')}, {counted(found.workers, 'worker')}, {counted(found.answers, 'answer')}, "
        f"{counted(found.repeats, 'repeat')} left out{skipped}, {counted(found.ties, 'tie')}"
    )
    if found.why:
        note(f"{found.method}: {found.why}")
    if found.iterations is not None:
        note(f"{counted(found.iterations, 'iteration')}, {'converged' if found.converged else 'not converged'}")
    if found.gold or found.gold_unanswered:
        right = "kept" if found.gold_right is None else f"seen, {found.gold_right:,} labelled right"
        note(f"{counted(found.gold, 'gold task')} {right}; {found.gold_unanswered:,} more had no answers")
    if found.mean_confidence is not None:
        wrong = counted(round(found.expected_wrong), "label")
        note(
            f"confidence {found.mean_confidence:.1%} on average ({found.confidence_basis}): about {wrong} may be wrong"
        )
    for warning in warnings:
        note(f"Warning: {warning}")
