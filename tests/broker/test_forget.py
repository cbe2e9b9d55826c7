"""A Worker is forgotten as a person; books, Labels and the WorkerId stay."""

from __future__ import annotations

from typing import Any

import pytest
from driving import worked
from sqlmodel import select

from crowdbroker.broker import by_hand
from crowdbroker.broker.forget import Forgotten, NotYet, forget
from crowdbroker.broker.label import label
from crowdbroker.broker.payers import Payer
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.store.audit import acts_on
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.review_tables import WorkerNoteRow
from crowdbroker.store.tables import LabelRow, WorkerRow


def _noted(desk: Any, worker_id: str, text: str = "lives in Aachen") -> int:
    """Write a note on a Worker; returns their row."""
    with desk.store.write() as session:
        worker = session.exec(select(WorkerRow).where(WorkerRow.worker_id == worker_id)).one()
        worker.name = "Maria"
        row: int = worker.id
    by_hand.note(desk.store, desk.batch(), row, text=text, author="ann", now=desk.clock())
    return row


def _forget(desk: Any, worker_id: str) -> Forgotten:
    return forget(desk.store, worker_id, actor="ann", now=desk.clock())


def test_name_and_notes_go_and_everything_that_counts_stays(desk: Any) -> None:
    good, _ = worked(desk)
    desk.judge()
    desk.settle()
    row, other = _noted(desk, good[0]), _noted(desk, good[1], "kind")
    label(desk.store, desk.batch(), desk.clock())
    before = desk.paid(), desk.money(), desk.count(LabelRow)
    assert _forget(desk, good[0]) == Forgotten(name=True, notes=1)
    with desk.store.read() as session:
        worker = session.get_one(WorkerRow, row)
        assert (worker.worker_id, worker.name) == (good[0], "")
        assert [one.worker_row for one in session.exec(select(WorkerNoteRow))] == [other]
        [act] = [one for one in acts_on(session, f"worker:{good[0]}") if one.action == "forget"]
        assert (act.actor, act.evidence["notes"]) == ("ann", 1)
        everything = str([(one.reason, one.evidence, one.subject) for one in session.exec(select(AuditRow))])
    assert "Aachen" not in everything
    assert "Maria" not in everything
    desk.collect()
    desk.settle()
    label(desk.store, desk.batch(), desk.clock())
    assert (desk.paid(), desk.money(), desk.count(LabelRow)) == before
    desk.check_books()
    assert _forget(desk, good[0]) == Forgotten(name=False, notes=0)


def test_nobody_is_forgotten_before_all_their_work_is_decided(desk: Any) -> None:
    good, spammer = worked(desk)
    with pytest.raises(NotYet, match="not decided yet"):
        _forget(desk, good[0])
    desk.judge()
    desk.settle()
    with pytest.raises(NotYet, match="not decided yet"):  # held, until a person decides
        _forget(desk, spammer)
    assert _forget(desk, good[0]).name


def test_nobody_is_forgotten_while_a_call_about_them_is_under_way(desk: Any) -> None:
    good, _ = worked(desk)
    desk.judge()
    desk.settle()
    row, pia = _noted(desk, good[0]), Payer("pia")
    given: dict[str, Any] = {"cents": 50, "reason": "Thanks", "tariff": Tariff(), "payer": pia, "now": desk.clock()}
    by_hand.bonus(desk.store, desk.batch(), row, **given)
    with pytest.raises(NotYet, match="has not ended: Effect"):
        _forget(desk, good[0])
    assert desk.count(WorkerNoteRow) == 1
    desk.settle()
    assert _forget(desk, good[0]).notes == 1


def test_an_unknown_worker_is_named(desk: Any) -> None:
    with pytest.raises(InputError, match="there is no Worker 'nobody'"):
        _forget(desk, "nobody")
