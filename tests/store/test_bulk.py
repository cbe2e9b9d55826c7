"""Many rows at once, by whichever way the database is fastest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import START
from sqlmodel import select

from crowdbroker.store.bulk import COPY_FROM, insert_many
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.process_tables import InboxRow
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import EffectRow

ODD = "tab\t line\n quote' slash\\ \\N ü😀"


def rows(count: int) -> list[dict[str, object]]:
    return [
        {"key": f"{number} {ODD}", "kind": ODD, "hit_id": None, "happened_at": START, "received_at": START}
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, COPY_FROM - 1, COPY_FROM, COPY_FROM + 50])
def test_what_is_new_is_written_as_it_is_and_comes_back(store: Store, count: int) -> None:
    with store.write() as session:
        insert_many(session, InboxRow, rows(count // 2), ("key",))
    with store.write() as session:
        made = insert_many(session, InboxRow, rows(count) + rows(count), ("key",))
        assert {key for (key,) in made} == {str(row["key"]) for row in rows(count)[count // 2 :]}
        assert insert_many(session, InboxRow, rows(count)) == []
    with store.read() as session:
        found = session.exec(select(InboxRow)).all()
    assert len(found) == count
    assert {(row.kind, row.hit_id, row.happened_at) for row in found} <= {(ODD, None, START)}


def test_documents_and_moments_come_back_the_same(store: Store, batch: BatchView) -> None:
    wanted = {"text": ODD, "number": 1, "none": None, "list": [1, "x"]}
    with store.write() as session:
        intend(session, [Intent(f"k{n}", "approve", batch.id, wanted) for n in range(COPY_FROM)], START)
        intend(session, [Intent(f"k{n}", "approve", batch.id, wanted) for n in range(COPY_FROM + 1)], START)
    with store.read() as session:
        found = session.exec(select(EffectRow)).all()
    assert len(found) == COPY_FROM + 1
    assert all(row.request == wanted and row.receipt == {} for row in found)
    assert {row.next_at - START for row in found} == {timedelta()}
