from __future__ import annotations

from typing import Any

import pytest

from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.review_policies.kinds import known_answers, plurality
from crowdbroker.marketplace.shapes import ReviewPolicy

KNOWN, PLURAL = "ScoreMyKnownAnswers/2011-09-01", "SimplePlurality/2011-09-01"


def policy(name: str, **parameters: Any) -> ReviewPolicy:
    """A policy; a list is Values, a dictionary MapEntries, anything else one value."""
    listed: list[dict[str, Any]] = []
    for key, value in parameters.items():
        if isinstance(value, dict):
            listed.append({"Key": key, "MapEntries": [{"Key": k, "Values": v} for k, v in value.items()]})
        else:
            listed.append({"Key": key, "Values": value if isinstance(value, list) else [str(value)]})
    return ReviewPolicy.model_validate({"PolicyName": name, "Parameters": listed})


def test_known_answers_with_all_its_parameters():
    found = known_answers(
        policy(
            KNOWN,
            AnswerKey={"q1": ["B"], "q2": ["A", " C "]},
            ApproveIfKnownAnswerScoreIsAtLeast=79,
            ApproveReason="Thank you",
            RejectIfKnownAnswerScoreIsLessThan=50,
            RejectReason="Too many wrong",
            ExtendIfKnownAnswerScoreIsLessThan=101,
            ExtendMaximumAssignments=3,
            ExtendMinimumTimeInSeconds=3600,
        )
    )
    assert found.key == {"q1": {"B"}, "q2": {"A", "C"}}
    kept = found.thresholds
    assert (kept.approve_at_least, kept.reject_below, kept.extend_below) == (79, 50, 101)
    assert (kept.approve_reason, kept.reject_reason) == ("Thank you", "Too many wrong")
    assert (kept.extend_to, kept.extend_s) == (3, 3600)


def test_known_answers_with_its_key_alone_decides_nothing():
    kept = known_answers(policy(KNOWN, AnswerKey={"q": ["x"]})).thresholds
    assert (kept.approve_at_least, kept.reject_below, kept.extend_below, kept.extend_to, kept.extend_s) == (
        None,
        None,
        None,
        5,
        0,
    )


def test_plurality_takes_question_ids_in_both_documented_ways():
    listed = plurality(policy(PLURAL, QuestionIDs=["a", "b"], QuestionAgreementThreshold=49))
    joined = plurality(policy(PLURAL, QuestionIds="a, b", QuestionAgreementThreshold=49))
    assert listed.question_ids == joined.question_ids == ("a", "b")
    assert listed.without_rejected is False


def test_plurality_with_all_its_parameters():
    found = plurality(
        policy(
            PLURAL,
            QuestionIds=["a"],
            QuestionAgreementThreshold=65,
            DisregardAssignmentIfRejected="T",
            DisregardAssignmentIfKnownAnswerScoreIsLessThan=60,
            ExtendIfHITAgreementScoreIsLessThan=100,
            ExtendMaximumAssignments=10,
            ExtendMinimumTimeInSeconds=60,
            ApproveIfWorkerAgreementScoreIsAtLeast=65,
            RejectIfWorkerAgreementScoreIsLessThan=34,
            RejectReason="You were alone with this",
        )
    )
    assert (found.agreed_above, found.without_rejected, found.without_known_below) == (65, True, 60)
    assert (found.thresholds.extend_below, found.thresholds.extend_to, found.thresholds.extend_s) == (100, 10, 60)


KEYED = {"AnswerKey": {"q": ["x"]}}
ASKED = {"QuestionIds": "q", "QuestionAgreementThreshold": 50}


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (known_answers, policy(KNOWN)),
        (known_answers, policy(KNOWN, AnswerKey=["x"])),
        (known_answers, policy(PLURAL, **ASKED)),
        (known_answers, policy("ScoreYourKnownAnswers/2011-09-01", **KEYED)),
        (known_answers, policy(KNOWN, **KEYED, Bonus=5)),
        (known_answers, policy(KNOWN, **KEYED, ApproveIfKnownAnswerScoreIsAtLeast=102)),
        (known_answers, policy(KNOWN, **KEYED, ApproveIfKnownAnswerScoreIsAtLeast=-1)),
        (known_answers, policy(KNOWN, **KEYED, ApproveIfKnownAnswerScoreIsAtLeast="1e2")),
        (known_answers, policy(KNOWN, **KEYED, ApproveIfKnownAnswerScoreIsAtLeast=["1", "2"])),
        (known_answers, policy(KNOWN, **KEYED, ExtendMaximumAssignments=1)),
        (known_answers, policy(KNOWN, **KEYED, ExtendMaximumAssignments=26)),
        (known_answers, policy(KNOWN, **KEYED, ExtendMinimumTimeInSeconds=59)),
        (known_answers, policy(KNOWN, **KEYED, ExtendMinimumTimeInSeconds=31_536_001)),
        (known_answers, policy(KNOWN, **KEYED, answerkey={"p": ["y"]})),
        (plurality, policy(KNOWN, **KEYED)),
        (plurality, policy(PLURAL, QuestionIds="q")),
        (plurality, policy(PLURAL, QuestionAgreementThreshold=50)),
        (plurality, policy(PLURAL, QuestionIds=" , ", QuestionAgreementThreshold=50)),
        (plurality, policy(PLURAL, QuestionIds=[f"q{n}" for n in range(16)], QuestionAgreementThreshold=50)),
        (plurality, policy(PLURAL, **ASKED, ExtendIfHITAgreementScoreIsLessThan=50)),
        (plurality, policy(PLURAL, **ASKED, DisregardAssignmentIfRejected="maybe")),
        (plurality, policy(PLURAL, QuestionIds="q", QuestionAgreementThreshold={"q": ["50"]})),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(read, wrong):
    with pytest.raises(BadValue):
        read(wrong)
