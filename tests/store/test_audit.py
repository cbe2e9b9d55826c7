"""Acts are kept as they were said."""

from __future__ import annotations

from typing import Any

import pytest
from factories import START
from sqlmodel import select

from crowdbroker.store.audit import acts_on, record
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.store import Store


def test_acts_on_a_thing_come_in_their_order(store: Store) -> None:
    with store.write() as session:
        for action in ("hold", "pay"):
            record(session, actor="ann", action=action, subject="A1", at=START, evidence={"cents": 5})
        record(session, actor="ann", action="pay", subject="A2", at=START)
    with store.read() as session:
        found = acts_on(session, "A1")
    assert [(row.action, row.actor, row.evidence, row.at, row.reason) for row in found] == [
        ("hold", "ann", {"cents": 5}, START, ""),
        ("pay", "ann", {"cents": 5}, START, ""),
    ]


def test_an_act_stands_where_what_it_tells_of_does(store: Store) -> None:
    def half_done(session: Any) -> None:
        record(session, actor="ann", action="pay", subject="A1", at=START)
        raise RuntimeError

    with pytest.raises(RuntimeError), store.write() as session:
        half_done(session)
    with store.read() as session:
        assert session.exec(select(AuditRow)).all() == []
