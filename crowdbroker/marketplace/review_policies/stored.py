"""A HIT's review policies in the database."""

from __future__ import annotations

import json

from sqlmodel import Session, select

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.review_policies.kinds import KnownAnswers, Plurality, known_answers, plurality
from crowdbroker.marketplace.review_tables import ReviewPolicyRow
from crowdbroker.marketplace.shapes import ReviewPolicy
from crowdbroker.marketplace.tables import HitRow

ASSIGNMENT = "Assignment"
HIT = "HIT"


def store(session: Session, hit: HitRow, asked: inputs.CreateHIT | inputs.CreateHITWithHITType) -> None:
    """Keep the review policies that a new HIT asks for, if any.

    Raises:
        BadValue: a policy is unknown or not one of its level, or its parameters are wrong.
    """
    if asked.AssignmentReviewPolicy is not None:
        known_answers(asked.AssignmentReviewPolicy)
        session.add(_row(hit, ASSIGNMENT, asked.AssignmentReviewPolicy))
    if asked.HITReviewPolicy is not None:
        plurality(asked.HITReviewPolicy)
        session.add(_row(hit, HIT, asked.HITReviewPolicy))


def known_answers_of(session: Session, hit: HitRow) -> KnownAnswers | None:
    """Return the policy that scores a HIT's submissions, or None."""
    row = session.get(ReviewPolicyRow, (hit.id, ASSIGNMENT))
    return None if row is None else known_answers(_policy(row))


def plurality_of(session: Session, hit: HitRow) -> Plurality | None:
    """Return the policy that compares a HIT's workers, or None."""
    row = session.get(ReviewPolicyRow, (hit.id, HIT))
    return None if row is None else plurality(_policy(row))


def policy_names(session: Session, hit: HitRow) -> dict[str, str]:
    """Return the names of a HIT's policies by level."""
    rows = select(ReviewPolicyRow.level, ReviewPolicyRow.name).where(ReviewPolicyRow.hit_id == hit.id)
    return dict(session.exec(rows).all())


def _row(hit: HitRow, level: str, policy: ReviewPolicy) -> ReviewPolicyRow:
    parameters = [parameter.model_dump() for parameter in policy.Parameters or []]
    return ReviewPolicyRow(hit_id=hit.id, level=level, name=policy.PolicyName, parameters=json.dumps(parameters))


def _policy(row: ReviewPolicyRow) -> ReviewPolicy:
    return ReviewPolicy.model_validate({"PolicyName": row.name, "Parameters": json.loads(row.parameters)})
