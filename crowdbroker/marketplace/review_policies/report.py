"""What a review policy found and did, written down line by line."""

from __future__ import annotations

from sqlmodel import Session, col, select

from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.review_policies.stored import ASSIGNMENT, HIT
from crowdbroker.marketplace.review_tables import ReviewRow
from crowdbroker.marketplace.tables import AssignmentRow, HitRow

SUCCEEDED = "Succeeded"
FAILED = "Failed"
CANCELLED = "Cancelled"

KNOWN_ANSWER_SCORE = "KnownAnswerScore"


class Report:
    """The report of one policy of a HIT's, while it is carried out; results belong to the latest review.

    Args:
        level: the policy's level, Assignment or HIT.
    """

    def __init__(self, session: Session, hit: HitRow, level: str, at_ms: int) -> None:
        self.session = session
        self.at_ms = at_ms
        self._hit_id = hit.id
        self._level = level
        self._review_seq: int | None = None

    def review(self, subject: HitRow | AssignmentRow, text: str) -> None:
        """Note that the policy has looked at something."""
        self._review_seq = self.action("review", subject, SUCCEEDED, text)

    def action(
        self, name: str, target: HitRow | AssignmentRow, status: str, text: str, error: Fault | None = None
    ) -> int:
        """Note what was done to a HIT or an Assignment, or why not, and return the line's number."""
        row = self._row(target, text)
        row.name, row.status = name, status
        row.error_code = None if error is None else error.turk_error_code
        self.session.add(row)
        self.session.flush()
        assert row.seq is not None, "the flush has numbered it"
        return row.seq

    def result(
        self, subject: HitRow | AssignmentRow, key: str, value: int | str, question_id: str | None = None
    ) -> None:
        """Note what the latest review found."""
        row = self._row(subject, str(value))
        row.key, row.question_id, row.action_seq = key, question_id, self._review_seq
        self.session.add(row)

    def _row(self, about: HitRow | AssignmentRow, text: str) -> ReviewRow:
        kind = HIT if isinstance(about, HitRow) else ASSIGNMENT
        return ReviewRow(
            hit_id=self._hit_id, level=self._level, subject_id=about.id, subject_type=kind, at_ms=self.at_ms, text=text
        )


def known_answer_scores(session: Session, hit: HitRow) -> dict[str, int]:
    """Return the KnownAnswerScore of a HIT's Assignments, in percent, where they have one."""
    rows = select(ReviewRow.subject_id, ReviewRow.text).where(
        ReviewRow.hit_id == hit.id, ReviewRow.key == KNOWN_ANSWER_SCORE
    )
    return {assignment_id: int(text) for assignment_id, text in session.exec(rows.order_by(col(ReviewRow.seq))).all()}
