"""The two moments at which review policies act: a submission, and a HIT that becomes Reviewable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from crowdbroker.marketplace import events, lifecycle
from crowdbroker.marketplace.review_policies.enacting import compare_workers, score_known_answers
from crowdbroker.marketplace.review_policies.stored import known_answers_of, plurality_of
from crowdbroker.marketplace.tables import AssignmentRow, HitRow


def submitted(session: Session, hit: HitRow, place: AssignmentRow, now_ms: int) -> None:
    """Do what follows from a submission by itself: score it, and approve it at once where that was promised."""
    policy = known_answers_of(session, hit)
    if policy is not None:
        score_known_answers(session, hit, place, policy, now_ms)
    if place.auto_approval_s == 0 and place.status == lifecycle.SUBMITTED:
        lifecycle.approve(session, hit, place, now_ms)


@contextmanager
def when_reviewable(session: Session, hit: HitRow, now_ms: int) -> Iterator[None]:
    """Tell of it, and compare the workers, when the moves inside leave a live HIT Reviewable.

    What is inside may move the HIT there and back again, when the last submission's score extends it; then nothing
    is told.
    """
    was = hit.status
    yield
    if was not in lifecycle.LIVE or hit.status != lifecycle.REVIEWABLE:
        return
    events.record(session, events.REVIEWABLE, hit, now_ms)
    policy = plurality_of(session, hit)
    if policy is not None:
        compare_workers(session, hit, policy, now_ms)
