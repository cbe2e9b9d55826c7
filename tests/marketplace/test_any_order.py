"""Requesters, workers and time in any order: the books agree, and no HIT gets more work than it asked for."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import func, select

from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.wire import answer

PAGE = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
    'HTMLQuestion.xsd"><HTMLContent>x</HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
)
# Which of the things of a kind a step is about; taken modulo how many there are.
which = st.integers(0, 3)
some_place = precondition(lambda machine: machine.places)


class AnyOrder(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        path = Path(self.folder.name) / "m.db"
        # Little money, so that running out of it happens too.
        self.market = Marketplace.open(f"sqlite:///{path}", clock=lambda: self.now, seed=1, starting_balance_cents=300)
        self.workers = [worker.enrol(self.market, name) for name in ("Ann", "Bob", "Cem")]
        self.hits: list[dict[str, Any]] = []
        self.places: list[tuple[str, str]] = []
        self.publish(places=1, cents=5, delay=90_000, life=100_000, token=None)
        self.publish(places=2, cents=13, delay=3600, life=7200, token=None)

    def teardown(self) -> None:
        self.market.close()
        self.folder.cleanup()

    def call(self, operation: str, **asked: Any) -> dict[str, Any] | None:
        """Return the reply, None for a modelled refusal; anything else is a mistake of ours."""
        target = {"x-amz-target": f"MTurkRequesterServiceV20170117.{operation}"}
        reply = answer(self.market, target, json.dumps(asked).encode())
        document = json.loads(reply.body)
        assert reply.status in (200, 400), document
        return document if reply.status == 200 else None

    def hit(self, number: int) -> str:
        # The latest first: a step about what was made a moment ago says more than one about the long forgotten.
        return self.hits[-1 - number % len(self.hits)]["HITId"]

    def place(self, number: int) -> tuple[str, str]:
        return self.places[-1 - number % len(self.places)]

    @rule(
        places=st.sampled_from([1, 2, 3, 9, 10]),
        cents=st.sampled_from([0, 1, 5, 13]),
        delay=st.sampled_from([0, 3600, 90_000]),
        life=st.sampled_from([600, 7200, 100_000]),
        token=st.sampled_from([None, "a", "b"]),
    )
    def publish(self, places: int, cents: int, delay: int, life: int, token: str | None) -> None:
        made = self.call(
            "CreateHIT",
            Title=f"pays {cents}",
            Description="d",
            Reward=f"0.{cents:02d}",
            LifetimeInSeconds=life,
            AssignmentDurationInSeconds=1800,
            AutoApprovalDelayInSeconds=delay,
            MaxAssignments=places,
            Question=PAGE,
            UniqueRequestToken=token,
        )
        if made:
            self.hits.append(made["HIT"])

    @rule(who=which, what=which)
    def accept(self, who: int, what: int) -> None:
        try:
            held = worker.accept(self.market, self.workers[who % 3], self.hit(what))
        except worker.WorkError:
            return
        self.places.append((held.worker_id, held.assignment_id))

    @some_place
    @rule(what=which, submits=st.booleans())
    def finish(self, what: int, submits: bool) -> None:
        try:
            if submits:
                worker.submit(self.market, *self.place(what), [("a", "b")])
            else:
                worker.give_back(self.market, *self.place(what))
        except worker.WorkError:
            return

    @rule(who=which)
    def finish_everything(self, who: int) -> None:
        for held in worker.held(self.market, self.workers[who % 3]):
            worker.submit(self.market, held.worker_id, held.assignment_id, [("a", "b")])

    @some_place
    @rule(what=which, override=st.booleans())
    def approve(self, what: int, override: bool) -> None:
        self.call("ApproveAssignment", AssignmentId=self.place(what)[1], OverrideRejection=override)

    @some_place
    @rule(what=which)
    def reject(self, what: int) -> None:
        self.call("RejectAssignment", AssignmentId=self.place(what)[1], RequesterFeedback="no")

    @some_place
    @rule(what=which, token=st.sampled_from([None, "a"]))
    def bonus(self, what: int, token: str | None) -> None:
        holder, place = self.place(what)
        asked = {"WorkerId": holder, "AssignmentId": place, "BonusAmount": "0.07"}
        self.call("SendBonus", **asked, Reason="r", UniqueRequestToken=token)

    @rule(what=which, more=st.integers(1, 3))
    def extend(self, what: int, more: int) -> None:
        self.call("CreateAdditionalAssignmentsForHIT", HITId=self.hit(what), NumberOfAdditionalAssignments=more)

    @rule(what=which, hours=st.sampled_from([-1, 0, 1, 30]))
    def move_the_end(self, what: int, hours: int) -> None:
        end = self.now + timedelta(hours=hours)
        self.call("UpdateExpirationForHIT", HITId=self.hit(what), ExpireAt=end.timestamp())

    @rule(what=which, like=which)
    def change_the_type(self, what: int, like: int) -> None:
        kind = self.hits[like % len(self.hits)]["HITTypeId"]
        self.call("UpdateHITTypeOfHIT", HITId=self.hit(what), HITTypeId=kind)

    @rule(what=which)
    def delete(self, what: int) -> None:
        self.call("DeleteHIT", HITId=self.hit(what))

    @rule(what=which, back=st.booleans())
    def review(self, what: int, back: bool) -> None:
        self.call("UpdateHITReviewStatus", HITId=self.hit(what), Revert=back)

    @rule(hours=st.sampled_from([0.1, 0.1, 0.5, 1, 25, 24 * 130]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def the_books_agree(self) -> None:
        self.call("GetAccountBalance")
        with self.market.read() as session:
            assert check_books(session) == []
            taken = (
                select(func.count()).where(AssignmentRow.hit_id == HitRow.id, AssignmentRow.status != "Free")
            ).scalar_subquery()
            assert session.exec(select(HitRow.id).where(taken > HitRow.max_assignments)).all() == []
            late = select(HitRow.id).where(HitRow.available > 0, HitRow.expires_ms <= self.market.now_ms())
            assert session.exec(late).all() == []


class TestAnyOrder(AnyOrder.TestCase):
    settings = settings(
        max_examples=12,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
