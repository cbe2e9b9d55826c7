"""Submissions come in once, whatever happens."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import pytest
from factories import START, a_submission
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.errors import IllegalMove, StaleState
from crowdbroker.store.decisions import book_decision
from crowdbroker.store.ingest import ingest, worker_rows
from crowdbroker.store.ledger import Account, Transfer, balances, folded, post
from crowdbroker.store.reads import BatchView, gold_outcomes, votes
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AnswerRow, AssignmentRow, HITItemRow, ItemRow, WorkerRow


@pytest.fixture
def published(store: Store, batch: BatchView) -> Store:
    """A store whose Batch has 60 cents reserved."""
    with store.write() as session:
        post(session, [Transfer("reserve", 1, {Account.AVAILABLE: -60, Account.RESERVED: 60})], START)
    return store


def items_of(session: Session, hit: int = 1) -> list[int]:
    return list(
        session.exec(select(HITItemRow.item_id).where(HITItemRow.hit_id == hit).order_by(col(HITItemRow.position)))
    )


def test_a_submission_brings_its_answers_and_what_is_owed(published: Store) -> None:
    with published.write() as session:
        labels = [(item, "neutral") for item in items_of(session)]
        assert ingest(session, [a_submission(1, labels=labels)], START) == 1
        row = session.exec(select(AssignmentRow)).one()
        assert (row.state, row.assignment_id, row.verdict) == ("submitted", "A1", None)
        assert row.answer_sha256 == hashlib.sha256(b"<x/>").hexdigest()
        assert row.submitted_at == a_submission(1).submitted_at
        assert [(answer.item_id, answer.label) for answer in session.exec(select(AnswerRow))] == labels
        found = balances(session, 1)
        assert (found[Account.RESERVED], found[Account.OWED]) == (54, 6)


def test_the_same_submission_again_changes_nothing(published: Store) -> None:
    for times in range(3):
        with published.write() as session:
            labels = [(item, "neutral" if times == 0 else "positive") for item in items_of(session)]
            new = ingest(session, [a_submission(1, labels=labels), a_submission(2)], START)
            assert new == (2 if times == 0 else 0)
    with published.read() as session:
        assert {answer.label for answer in session.exec(select(AnswerRow))} == {"neutral"}
        assert balances(session, 1)[Account.OWED] == 12 == folded(session, 1)[Account.OWED]


def test_a_submission_that_two_pages_of_a_list_show_is_one(published: Store) -> None:
    with published.write() as session:
        assert ingest(session, [a_submission(1), a_submission(1)], START) == 1
        assert balances(session, 1)[Account.OWED] == 6


def test_an_assignment_id_that_passed_to_another_worker_is_another_assignment(published: Store) -> None:
    with published.write() as session:
        assert ingest(session, [a_submission(1)], START) == 1
        assert ingest(session, [a_submission(1, worker_id="W9")], START) == 1
        assert balances(session, 1)[Account.OWED] == 12


def test_more_work_than_was_reserved_is_refused_as_a_whole(published: Store) -> None:
    with pytest.raises(StaleState, match="the account reserved"), published.write() as session:
        ingest(session, [a_submission(number) for number in range(11)], START)
    with published.read() as session:
        assert session.exec(select(AssignmentRow)).all() == []
        assert balances(session, 1)[Account.RESERVED] == 60


def test_an_answer_to_an_item_that_does_not_exist_is_refused(published: Store) -> None:
    with pytest.raises(IntegrityError), published.write() as session:
        ingest(session, [a_submission(1, labels=[(9999, "neutral")])], START)


@pytest.mark.parametrize("xml", ["", "ü€😀", "line\none\r\n", "x" * 200_000])
def test_an_answer_is_kept_as_it_came(published: Store, xml: str) -> None:
    with published.write() as session:
        ingest(session, [a_submission(1, answer_xml=xml)], START)
    with published.read() as session:
        assert session.exec(select(AssignmentRow.answer_xml)).one() == xml


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.integers(1, 9), max_size=9), max_size=5))
def test_in_whatever_pieces_submissions_come_each_is_stored_once(published: Store, pieces: list[list[int]]) -> None:
    with suppress(_Undone), published.write() as session:
        counted = [ingest(session, [a_submission(number) for number in piece], START) for piece in pieces]
        distinct = {number for piece in pieces for number in piece}
        assert sum(counted) == len(distinct) == len(session.exec(select(AssignmentRow)).all())
        assert balances(session, 1)[Account.OWED] == 6 * len(distinct)
        raise _Undone


class _Undone(Exception):
    """Leaves a transaction, so that the next example finds the store as it was."""


def test_workers_keep_their_row_and_the_name_that_reports_show(published: Store) -> None:
    with published.write() as session:
        first = worker_rows(session, ["W1", "W2", "W1"], {"W1": "Ann"})
        again = worker_rows(session, ["W2", "W1", "W3"], {"W1": "Bob"})
        assert {worker: again[worker] for worker in first} == first
        names = dict(session.exec(select(WorkerRow.worker_id, WorkerRow.name)).all())
        assert names == {"W1": "Ann", "W2": "W2", "W3": "W3"}


@pytest.mark.parametrize(
    ("decided", "account", "cents"),
    [(AssignmentState.APPROVED, Account.REWARDS, 5), (AssignmentState.REJECTED, Account.AVAILABLE, 10_000 - 60 + 6)],
)
def test_a_decision_is_booked_once(published: Store, decided: AssignmentState, account: Account, cents: int) -> None:
    with published.write() as session:
        ingest(session, [a_submission(1)], START)
        for again in (decided, AssignmentState.APPROVED, AssignmentState.REJECTED):
            book_decision(session, 1, again, START)
        found = balances(session, 1)
        assert session.get_one(AssignmentRow, 1).state == decided
        assert (found[Account.OWED], found[account]) == (0, cents)
        assert found[Account.FEES] == (1 if decided is AssignmentState.APPROVED else 0)
        assert folded(session, 1) == found


def test_waiting_is_no_decision(published: Store) -> None:
    with pytest.raises(IllegalMove), published.write() as session:
        book_decision(session, 1, AssignmentState.SUBMITTED, START)


def test_votes_of_refused_work_are_not_used_and_its_gold_still_counts(published: Store) -> None:
    with published.write() as session:
        ingest(session, [a_submission(1, labels=[(item, "neutral") for item in items_of(session)])], START)
        assert len(votes(session, 1)) == 5
        book_decision(session, 1, AssignmentState.REJECTED, START)
        assert votes(session, 1) == []
        assert len(gold_outcomes(session, 1)[1]) == 1


def test_a_workers_first_answer_to_a_gold_item_counts(published: Store) -> None:
    with published.write() as session:
        gold = max(items_of(session), key=lambda item: bool(_accepted(session, item)))
        right = _accepted(session, gold)[0]
        early, late = a_submission(1).accepted_at, a_submission(1).submitted_at
        ingest(session, [a_submission(1, worker_id="W", submitted_at=late, labels=[(gold, "wrong")])], START)
        ingest(session, [a_submission(2, worker_id="W", submitted_at=early, labels=[(gold, right)])], START)
        assert list(gold_outcomes(session, 1).values()) == [[True]]


def _accepted(session: Session, item: int) -> list[str]:
    return session.get_one(ItemRow, item).accepted
