"""What people decided about the Labels of a Batch, as aggregation needs it: what holds, and each person as a source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.review import DecisionKind
from crowdbroker.domain.answer_kinds import AnswerKind
from crowdbroker.store.reads import BatchView, Vote
from crowdbroker.store.review_writes import Held, all_decisions
from crowdbroker.store.tables import AnswerRow, AssignmentRow


@dataclass
class Reviewed:
    """The decisions of a Batch.

    Attributes:
        held: Item row -> the decision that holds; Items whose decision was undone, and those that came back with new
            Answers, have none.
        votes: what each person says is right, as votes of sources with negative rows: a source has a matrix of its own
            like a Worker, and none of a Worker's number.
    """

    held: dict[int, Held] = field(default_factory=dict)
    votes: list[Vote] = field(default_factory=list)

    def gives_label(self, item: int) -> bool:
        """Whether a person said what the Item's Label is."""
        return item in self.held and bool(self.held[item].label)


def reviewed(session: Session, batch: BatchView) -> Reviewed:
    """Read the decisions of a Batch; kinds of Answers that no model of sources aggregates have no votes."""
    said: dict[int, dict[str, str]] = defaultdict(dict)
    found = Reviewed()
    for row in all_decisions(session, batch.id):
        found.held[row.item_id] = Held(row.version, row.kind, row.label, row.reviewer, row.at)
        if row.kind == DecisionKind.UNDO:
            # Undoing says that what was decided so far does not count, whoever decided it.
            del found.held[row.item_id]
            said.pop(row.item_id, None)
        elif row.label:
            said[row.item_id][row.reviewer] = row.label
        else:
            said[row.item_id].pop(row.reviewer, None)
    for item in _back_with_answers(session, found.held):
        del found.held[item]
    if batch.project.kind.categorical or batch.project.kind is AnswerKind.CHOICES:
        sources = {name: -number for number, name in enumerate(sorted({n for one in said.values() for n in one}), 1)}
        found.votes = [Vote(item, sources[name], label) for item, one in said.items() for name, label in one.items()]
    return found


def _back_with_answers(session: Session, held: dict[int, Held]) -> list[int]:
    """Items that were sent back and have Answers that came after it: they wait for review again."""
    sent: dict[int, datetime] = {
        item: one.at for item, one in held.items() if one.kind == DecisionKind.MORE and one.at is not None
    }
    newest = (
        select(AnswerRow.item_id, func.max(AssignmentRow.submitted_at))
        .where(col(AnswerRow.assignment_row) == col(AssignmentRow.id), col(AnswerRow.item_id).in_(sent))
        .group_by(col(AnswerRow.item_id))
    )
    return [item for item, at in session.exec(newest) if at > sent[item]] if sent else []
