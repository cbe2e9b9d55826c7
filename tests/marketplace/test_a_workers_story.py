"""What the worker's side keeps beside the books, once on each database: paces, refusals, letters, consents, an end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import postgres
from sqlalchemy import func
from sqlmodel import select

from crowdbroker.marketplace import Marketplace, accounts, consent, inbox, own_account, worker
from crowdbroker.marketplace.appeals import appeal, appeals
from crowdbroker.marketplace.consent_texts import consent_texts, consents, set_text
from crowdbroker.marketplace.measured_tables import PaceRow, RequesterRecordRow
from crowdbroker.marketplace.own_data import own_data
from crowdbroker.marketplace.payouts import pay_out
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER
from crowdbroker.marketplace.tables import AssignmentRow
from crowdbroker.marketplace.work_progress import Pace, Refusals, paces, refusals

PASSWORD = "four easy words"
AT_ONCE = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request, tmp_path, need):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/story.db"
        return
    server = postgres()
    need("postgresql", server is not None, "initdb of PostgreSQL is not installed")
    assert server is not None
    made = server.empty()
    yield made
    server.drop(made)


def test_a_worker_comes_works_is_refused_is_paid_and_goes(open_desk, url):
    desk = open_desk(url=url)
    accounts.create_tables(desk.market)
    ann = accounts.sign_up(desk.market, "Ann", PASSWORD)
    hits = [desk.hit(AutoApprovalDelayInSeconds=2_592_000, MaxAssignments=2) for _ in range(3)]
    text = set_text(desk.market, None, "Your answers are published.")
    with pytest.raises(worker.ConsentNeeded):
        worker.accept(desk.market, ann, hits[0]["HITId"])
    consent.give(desk.market, ann, text.id)
    places = []
    for hit in hits:
        held = worker.accept(desk.market, ann, hit["HITId"])
        desk.clock.move(seconds=36)
        worker.submit(desk.market, ann, held.assignment_id, [("animal", "cat")])
        places.append(held.assignment_id)
    kind = hits[0]["HITTypeId"]
    assert paces(desk.market, [kind]) == {kind: Pace(3, 36.0)}
    for order in ("newest", "reward", "hourly", "time", "available"):
        assert worker.find_groups(desk.market, desk.worker(), order=order).total == 1
    desk.client.approve_assignment(AssignmentId=places[0])
    desk.client.reject_assignment(AssignmentId=places[1], RequesterFeedback="It is a dog.")
    assert refusals(desk.market, [DEFAULT_REQUESTER]) == {DEFAULT_REQUESTER: Refusals(2, 1)}
    appeal(desk.market, ann, places[1], "A cat.")
    assert [one.text for one in appeals(desk.market)] == ["A cat."]
    desk.client.notify_workers(WorkerIds=[ann], Subject="Hello", MessageText="Read me")
    pay_out(desk.market, "may")
    assert inbox.unread(desk.market, ann) == 3
    assert {letter.subject for letter in inbox.read_inbox(desk.market, ann).letters} == {
        "Hello",
        "Refused: Name the animal",
        "Paid out: $0.05",
    }
    inbox.mark_read(desk.market, ann)
    assert inbox.unread(desk.market, ann) == 0
    seen = worker.earnings(desk.market, ann)
    assert (seen.hourly_cents, seen.owed_cents, seen.decided_s) == (250, 0, 72.0)
    assert [past.status for past in worker.history(desk.market, ann, statuses=["Rejected"])] == ["Rejected"]
    assert len(worker.history(desk.market, ann, first=1, most=1)) == 1
    assert own_data(desk.market, ann)["payouts"][0]["cents"] == 5
    assert consent.withdraw(desk.market, ann, text.id) == 0
    own_account.delete_account(desk.market, ann, "Ann", PASSWORD)
    assert [(one.given, one.withdrawn) for one in consent_texts(desk.market)] == [(0, 1)]
    assert len(consents(desk.market)) == 1
    assert desk.problems() == []


def test_what_is_measured_agrees_with_the_rows_when_many_work_at_once(open_desk, url):
    desk = open_desk(url=url)
    hits = [desk.hit(MaxAssignments=AT_ONCE) for _ in range(3)]
    people = [desk.worker() for _ in range(AT_ONCE)]

    def work(person: str) -> None:
        # A process of its own, as far as the database can tell.
        market = Marketplace.open(url, clock=desk.clock)
        for hit in hits:
            held = worker.accept(market, person, hit["HITId"])
            worker.submit(market, person, held.assignment_id, [("animal", "cat")])
        market.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, people))
    desk.clock.move(days=2)
    worker.earnings(desk.market, people[0])  # the clock approves them all
    with desk.market.read() as session:
        pace = session.exec(select(PaceRow)).one()
        record = session.exec(select(RequesterRecordRow)).one()
        approved = session.exec(select(func.count()).where(AssignmentRow.status == "Approved")).one()
    assert pace.submissions == record.approved == approved == 3 * AT_ONCE
    assert record.rejected == 0
    assert desk.problems() == []
