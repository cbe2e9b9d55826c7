"""Review policies, requesters, workers and time in any order: the books agree, and the events tell what happened."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import Session, select

from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.shapes import EventType
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.wire import answer

PAGE = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
    'HTMLQuestion.xsd"><HTMLContent><![CDATA[<p>x</p>]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
)
NOTIFICATION = {
    "Destination": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
    "Transport": "SQS",
    "Version": "2014-08-15",
    "EventTypes": [name for name in EventType.__args__ if name != "Ping"],
}
thresholds = st.sampled_from([None, None, 0, 50, 100, 101])
which = st.integers(0, 3)
some_place = precondition(lambda machine: machine.places)


def parameters(**values: Any) -> list[dict[str, Any]]:
    return [{"Key": key, "Values": [str(value)]} for key, value in values.items() if value is not None]


class AnyOrderOfEvents(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        path = Path(self.folder.name) / "m.db"
        # Little money, so that an extension cannot always be paid.
        self.market = Marketplace.open(f"sqlite:///{path}", clock=lambda: self.now, seed=1, starting_balance_cents=90)
        self.workers = [worker.enrol(self.market, name) for name in ("Ann", "Bob", "Cem", "Dea")]
        self.hits: list[str] = []
        self.places: list[tuple[str, str]] = []
        kind = {"Title": "t", "Description": "d", "Reward": "0.05", "AssignmentDurationInSeconds": 1800}
        self.type_id = self.call("CreateHITType", **kind, AutoApprovalDelayInSeconds=90_000)["HITTypeId"]
        self.call("UpdateNotificationSettings", HITTypeId=self.type_id, Notification=NOTIFICATION)
        self.publish(2, 7200, (100, 50, 101), (100, 100, 100), 3)

    def teardown(self) -> None:
        self.market.close()
        self.folder.cleanup()

    def call(self, operation: str, **asked: Any) -> dict[str, Any]:
        """Return the reply, {} for a modelled refusal; anything else is a mistake of ours."""
        target = {"x-amz-target": f"MTurkRequesterServiceV20170117.{operation}"}
        reply = answer(self.market, target, json.dumps(asked).encode())
        document = json.loads(reply.body)
        assert reply.status in (200, 400), document
        return document if reply.status == 200 else {}

    def hit(self, number: int) -> str:
        return self.hits[-1 - number % len(self.hits)]

    def place(self, number: int) -> tuple[str, str]:
        return self.places[-1 - number % len(self.places)]

    @rule(
        places=st.sampled_from([1, 2, 3, 9]),
        life=st.sampled_from([600, 7200, 100_000]),
        known=st.none() | st.tuples(thresholds, thresholds, thresholds),
        plural=st.none() | st.tuples(thresholds, thresholds, st.sampled_from([None, 1, 100])),
        most=st.integers(2, 12),
    )
    def publish(self, places: int, life: int, known: Any, plural: Any, most: int) -> None:
        policies = {}
        if known is not None:
            scores = parameters(
                ApproveIfKnownAnswerScoreIsAtLeast=known[0],
                RejectIfKnownAnswerScoreIsLessThan=known[1],
                ExtendIfKnownAnswerScoreIsLessThan=known[2],
                ExtendMaximumAssignments=most,
            )
            key = {"Key": "AnswerKey", "MapEntries": [{"Key": "q", "Values": ["yes"]}]}
            policies["AssignmentReviewPolicy"] = {
                "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
                "Parameters": [key, *scores],
            }
        if plural is not None:
            scores = parameters(
                QuestionIds="q",
                QuestionAgreementThreshold=50,
                ApproveIfWorkerAgreementScoreIsAtLeast=plural[0],
                RejectIfWorkerAgreementScoreIsLessThan=plural[1],
                ExtendIfHITAgreementScoreIsLessThan=plural[2],
                ExtendMaximumAssignments=most,
                ExtendMinimumTimeInSeconds=3600,
            )
            policies["HITReviewPolicy"] = {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": scores}
        made = self.call(
            "CreateHITWithHITType",
            HITTypeId=self.type_id,
            LifetimeInSeconds=life,
            MaxAssignments=places,
            Question=PAGE,
            **policies,
        )
        if made:
            self.hits.append(made["HIT"]["HITId"])

    @rule(who=which, what=which, says=st.sampled_from(["yes", "no", "", None]))
    def work(self, who: int, what: int, says: str | None) -> None:
        """Accept, and submit unless there is nothing to say."""
        try:
            held = worker.accept(self.market, self.workers[who], self.hit(what))
        except worker.WorkError:
            return
        self.places.append((held.worker_id, held.assignment_id))
        if says is not None:
            worker.submit(self.market, held.worker_id, held.assignment_id, [("q", says), ("more", "x")])

    @some_place
    @rule(what=which, says=st.sampled_from(["yes", "no", None]))
    def finish(self, what: int, says: str | None) -> None:
        try:
            if says is None:
                worker.give_back(self.market, *self.place(what))
            else:
                worker.submit(self.market, *self.place(what), [("q", says)])
        except worker.WorkError:
            return

    @some_place
    @rule(what=which, approves=st.booleans())
    def decide(self, what: int, approves: bool) -> None:
        about = {"AssignmentId": self.place(what)[1], "RequesterFeedback": "f"}
        if approves:
            self.call("ApproveAssignment", **about, OverrideRejection=True)
        else:
            self.call("RejectAssignment", **about)

    @rule(what=which, hours=st.sampled_from([-1, 1, 30]), more=st.integers(0, 2))
    def extend_or_end(self, what: int, hours: int, more: int) -> None:
        if more:
            self.call("CreateAdditionalAssignmentsForHIT", HITId=self.hit(what), NumberOfAdditionalAssignments=more)
        end = self.now + timedelta(hours=hours)
        self.call("UpdateExpirationForHIT", HITId=self.hit(what), ExpireAt=end.timestamp())

    @rule(what=which, deletes=st.booleans(), back=st.booleans())
    def review_or_delete(self, what: int, deletes: bool, back: bool) -> None:
        if deletes:
            self.call("DeleteHIT", HITId=self.hit(what))
        else:
            self.call("UpdateHITReviewStatus", HITId=self.hit(what), Revert=back)

    @rule(hours=st.sampled_from([0.1, 0.5, 1, 3, 26, 24 * 125]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def the_books_agree_and_the_events_tell_what_happened(self) -> None:
        self.call("GetAccountBalance")
        with self.market.read() as session:
            assert check_books(session) == []
            assert session.exec(select(HitRow.id).where(HitRow.max_assignments > 9)).all() == []
            for hit in session.exec(select(HitRow)).all():
                self.check_hit(session, hit)

    def check_hit(self, session: Session, hit: HitRow) -> None:
        told = Counter(session.exec(select(EventRow.event_type).where(EventRow.hit_id == hit.id)).all())
        is_now = Counter(session.exec(select(AssignmentRow.status).where(AssignmentRow.hit_id == hit.id)).all())
        ended = told["AssignmentReturned"] + told["AssignmentAbandoned"] + told["AssignmentSubmitted"]
        assert told["AssignmentAccepted"] == ended + is_now["Held"]
        assert told["AssignmentSubmitted"] == is_now["Submitted"] + is_now["Approved"] + is_now["Rejected"]
        assert told["AssignmentApproved"] == is_now["Approved"]
        assert is_now["Rejected"] <= told["AssignmentRejected"] <= is_now["Rejected"] + is_now["Approved"]
        assert (told["HITCreated"], told["HITDisposed"]) == (1, int(hit.status == "Disposed"))
        live = hit.status in ("Assignable", "Unassignable")
        # A finished HIT was told of once more than it was reopened, and only an extension reopens one.
        assert int(not live) <= told["HITReviewable"] <= told["HITExtended"] + int(not live)


class TestAnyOrderOfEvents(AnyOrderOfEvents.TestCase):
    settings = settings(
        max_examples=8,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
