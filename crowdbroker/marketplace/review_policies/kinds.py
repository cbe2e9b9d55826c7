"""The two review policies as their parameters describe them (API reference, Assignment and HIT Review Policies)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.review_policies.parameters import LONGEST_EXTENSION_S, SHORTEST_EXTENSION_S, Parameters
from crowdbroker.marketplace.review_policies.sheets import AnswerSet, answer_set
from crowdbroker.marketplace.shapes import MOST_PLACES, ReviewPolicy

KNOWN_ANSWERS = "ScoreMyKnownAnswers/2011-09-01"
PLURALITY = "SimplePlurality/2011-09-01"

# One more than a full score, so that "at least" can mean never and "less than" always.
BEYOND = 101
MOST_QUESTIONS = 15
_EXTENSION = frozenset({"ExtendMaximumAssignments", "ExtendMinimumTimeInSeconds"})


@dataclass(frozen=True)
class Thresholds:
    """When a score approves, rejects or extends, in percent; None is never.

    Attributes:
        extend_to: the most places that an extension may reach.
        extend_s: how long from then the HIT stays open at the least; 0 leaves its end alone.
    """

    approve_at_least: int | None
    approve_reason: str | None
    reject_below: int | None
    reject_reason: str
    extend_below: int | None
    extend_to: int
    extend_s: int


@dataclass(frozen=True)
class KnownAnswers:
    """ScoreMyKnownAnswers: the right answers by question, and what follows from a score."""

    key: Mapping[str, AnswerSet]
    thresholds: Thresholds


@dataclass(frozen=True)
class Plurality:
    """SimplePlurality: which questions are compared, what counts as agreed, whose answers do not count."""

    question_ids: tuple[str, ...]
    agreed_above: int
    without_rejected: bool
    without_known_below: int | None
    thresholds: Thresholds


def known_answers(policy: ReviewPolicy) -> KnownAnswers:
    """Return an AssignmentReviewPolicy. Raises BadValue when it is another policy or its parameters are wrong."""
    found = _parameters(
        policy,
        "assignmentReviewPolicy",
        KNOWN_ANSWERS,
        _EXTENSION | {"AnswerKey", "ApproveReason", "RejectReason"},
        (
            "ApproveIfKnownAnswerScoreIsAtLeast",
            "RejectIfKnownAnswerScoreIsLessThan",
            "ExtendIfKnownAnswerScoreIsLessThan",
        ),
    )
    thresholds = Thresholds(
        approve_at_least=found.integer("ApproveIfKnownAnswerScoreIsAtLeast", 0, BEYOND),
        approve_reason=found.text("ApproveReason"),
        reject_below=found.integer("RejectIfKnownAnswerScoreIsLessThan", 0, BEYOND),
        reject_reason=found.text("RejectReason") or "",
        extend_below=found.integer("ExtendIfKnownAnswerScoreIsLessThan", 0, BEYOND),
        extend_to=found.integer("ExtendMaximumAssignments", 2, 25) or 5,
        extend_s=_extend_s(found),
    )
    key = {question: answer_set(values) for question, values in found.entries("AnswerKey").items()}
    return KnownAnswers(key, thresholds)


def plurality(policy: ReviewPolicy) -> Plurality:
    """Return a HITReviewPolicy. Raises BadValue when it is another policy or its parameters are wrong."""
    extends = "ExtendIfHITAgreementScoreIsLessThan"
    own = {"QuestionIds", "QuestionAgreementThreshold", "DisregardAssignmentIfRejected", "RejectReason"}
    scores = "ApproveIfWorkerAgreementScoreIsAtLeast", "RejectIfWorkerAgreementScoreIsLessThan", extends
    disregard = "DisregardAssignmentIfKnownAnswerScoreIsLessThan"
    found = _parameters(policy, "hitReviewPolicy", PLURALITY, _EXTENSION | own | {disregard}, scores)
    found.require("QuestionIds", "QuestionAgreementThreshold")
    if extends in found:
        found.require(*sorted(_EXTENSION))
    thresholds = Thresholds(
        approve_at_least=found.integer(scores[0], 0, BEYOND),
        approve_reason=None,
        reject_below=found.integer(scores[1], 0, BEYOND),
        reject_reason=found.text("RejectReason") or "",
        extend_below=found.integer(extends, 1, 100),
        extend_to=found.integer("ExtendMaximumAssignments", 1, MOST_PLACES) or 0,
        extend_s=_extend_s(found),
    )
    return Plurality(
        question_ids=_question_ids(found),
        agreed_above=found.integer("QuestionAgreementThreshold", 0, 100) or 0,
        without_rejected=found.flag("DisregardAssignmentIfRejected"),
        without_known_below=found.integer(disregard, 0, BEYOND),
        thresholds=thresholds,
    )


def _parameters(
    policy: ReviewPolicy, member: str, name: str, known: frozenset[str], scores: tuple[str, ...]
) -> Parameters:
    if policy.PolicyName != name:
        raise BadValue(
            f"Value {policy.PolicyName[:60]!r} at '{member}.policyName' is not the policy of this level, {name}"
        )
    return Parameters(policy, member, known | set(scores))


def _extend_s(found: Parameters) -> int:
    return found.integer("ExtendMinimumTimeInSeconds", SHORTEST_EXTENSION_S, LONGEST_EXTENSION_S) or 0


def _question_ids(found: Parameters) -> tuple[str, ...]:
    # The documentation has them as one text with commas in one place and as a list in another.
    names = [name.strip() for text in found.texts("QuestionIds") for name in text.split(",")]
    unique = tuple(dict.fromkeys(name for name in names if name))
    if not 1 <= len(unique) <= MOST_QUESTIONS:
        raise BadValue(f"QuestionIds names from 1 to {MOST_QUESTIONS} questions, not {len(unique)}.")
    return unique
