"""Policies in short, and a desk whose workers answer several questions."""

from __future__ import annotations

from typing import Any

import pytest

from crowdbroker.marketplace import worker

KNOWN, PLURAL = "ScoreMyKnownAnswers/2011-09-01", "SimplePlurality/2011-09-01"


def _parameters(**parameters: Any) -> list[dict[str, Any]]:
    return [{"Key": key, "Values": [str(value)]} for key, value in parameters.items()]


def _known(key: dict[str, list[str]] | None = None, **parameters: Any) -> dict[str, Any]:
    entries = [{"Key": name, "Values": values} for name, values in (key or {"animal": ["cat"]}).items()]
    return {
        "PolicyName": KNOWN,
        "Parameters": [{"Key": "AnswerKey", "MapEntries": entries}, *_parameters(**parameters)],
    }


def _plural(**parameters: Any) -> dict[str, Any]:
    asked = {"QuestionIds": "animal", "QuestionAgreementThreshold": 50} | parameters
    return {"PolicyName": PLURAL, "Parameters": _parameters(**asked)}


class ReviewDesk:
    """A desk with what these tests do all the time."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)

    def hit(self, *, known: dict[str, Any] | None = None, plural: dict[str, Any] | None = None, **changes: Any) -> Any:
        """A HIT with policies of these parameters."""
        policies = {
            "AssignmentReviewPolicy": None if known is None else _known(**known),
            "HITReviewPolicy": None if plural is None else _plural(**plural),
        }
        return self.desk.hit(**(policies | changes))

    def answer(self, hit: Any, **fields: str) -> str:
        """Have a new worker submit these fields, a second after the last; return the AssignmentId."""
        self.desk.clock.move(seconds=1)
        who = self.desk.worker()
        held = worker.accept(self.desk.market, who, hit["HITId"])
        worker.submit(self.desk.market, who, held.assignment_id, list(fields.items()))
        return held.assignment_id

    def report(self, hit: Any, level: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The results and the actions of a level, in short."""
        shown = self.desk.client.list_review_policy_results_for_hit(HITId=hit["HITId"], MaxResults=100)
        report = shown[f"{level}ReviewReport"]
        results = [
            (one["SubjectId"], one.get("QuestionId"), one["Key"], one["Value"]) for one in report["ReviewResults"]
        ]
        actions = [
            (one["ActionName"], one["TargetId"], one["Status"], one.get("ErrorCode", "").rpartition(".")[2])
            for one in report["ReviewActions"]
        ]
        return results, actions


@pytest.fixture
def open_reviews(open_desk):
    """Return a function that opens a marketplace with any arguments of `Marketplace.open`."""
    return lambda **options: ReviewDesk(open_desk(**options))


@pytest.fixture
def reviews(open_reviews) -> ReviewDesk:
    return open_reviews()
