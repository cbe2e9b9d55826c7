"""A requester's own page with `${column}`, from its rows to labels."""

from __future__ import annotations

from typing import Any

import pytest
from factories import a_project
from sqlmodel import select

from crowdbroker.broker.check import check, plan, resolve_answer
from crowdbroker.broker.label import label
from crowdbroker.broker.load import load
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.marketplace import worker
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.reports.tables import TABLES
from crowdbroker.store.tables import AnswerRow, HITRow

OWN = """<form><p>${text}</p>
<select name="mood"><option>negative</option><option>neutral</option><option>positive</option></select>
{more}</form>"""


def table(desk: Any, what: str) -> list[dict[str, Any]]:
    with desk.store.read() as session:
        columns, rows = TABLES[what](session, desk.batch())
    return [dict(zip(columns, row, strict=True)) for row in rows]


def own_batch(desk: Any, more: str = "", *, cells: dict[str, str] | None = None, **settings: Any) -> None:
    """A Batch under a requester's own page: three Items, and five of gold as HITs of their own."""
    template = PageTemplate("own.html", {"own.html": OWN.replace("{more}", more)})
    project = resolve_answer(a_project(items_per_hit=1, overlap=1, **settings), template)
    items = [Item(f"i{n}", {"text": f"positive text {n}", **(cells or {})}) for n in range(3)]
    gold = [Item(f"g{n}", {"text": f"negative gold {n}", **(cells or {})}, ("negative",)) for n in range(5)]
    assert check(project, template, items, gold, tariff=Tariff(), seed=1).errors == []
    plans = plan(project, template, items, gold, seed=1)
    assert sorted(len(one.items) for one in plans) == [1] * 8
    load(
        desk.store,
        project,
        template,
        plans,
        name="first",
        mixed_in=frozenset(item.key for item in gold),
        tariff=Tariff(),
        seed=1,
        now=desk.clock(),
    )
    desk.publish()


@pytest.mark.parametrize(
    ("more", "settings"),
    [
        ("", {}),
        ('<textarea name="remarks"></textarea>', {"answer": {"field": "mood"}}),
        ('<input name="workerId" type="hidden"><input type="submit">', {}),
    ],
    ids=["the only field", "one of two", "beside reserved ones"],
)
def test_a_page_of_the_requesters_own_from_its_rows_to_labels(desk: Any, more: str, settings: dict[str, Any]) -> None:
    own_batch(desk, more, **settings)
    assert len(list(desk.market.list_hits())) == 8
    [worker_id] = desk.workers(1)
    while held := desk.accept(worker_id):
        says = "positive" if "positive text" in held.html else "negative"
        worker.submit(desk.marketplace, worker_id, held.assignment_id, [("mood", says), ("remarks", "none")])
        desk.pass_time(seconds=40)
        if not worker.groups(desk.marketplace, worker_id):
            break
    desk.collect()
    label(desk.store, desk.batch(), desk.clock())
    assert {row["id"]: row["label"] for row in table(desk, "labels")} == dict.fromkeys(("i0", "i1", "i2"), "positive")
    [row] = table(desk, "workers")
    assert (row["gold_seen"], row["gold_right"]) == (5, 5)
    with desk.store.read() as session:
        assert len(session.exec(select(AnswerRow)).all()) == 8
        assert set(session.exec(select(HITRow.state))) == {"closed"}
    desk.check_books()
