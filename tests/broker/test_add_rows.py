"""New rows join a Batch that is there, at any time of its life but after its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from factories import a_project, a_template, some_gold, some_items
from sqlmodel import col, func, select

from crowdbroker.broker.add_rows import add_rows, find_existing, only_new
from crowdbroker.broker.close import close, pause, resume
from crowdbroker.broker.label import label
from crowdbroker.broker.load import Loaded
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.errors import InputError, OverBudget
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import progress
from crowdbroker.store.tables import HITItemRow, HITRow, ItemRow, LabelRow

QUICK = {"payment": {"rejection": "never", "decide_within": "0s"}}


def add(
    desk: Any,
    items: Sequence[Item],
    gold: Sequence[Item] | None = None,
    *,
    template: PageTemplate | None = None,
    filtered: bool = True,
    **changes: Any,
) -> Loaded:
    """What a second `load` of a file with these rows does."""
    project = a_project(**QUICK | changes)
    batch = find_existing(desk.store, "first")
    assert batch is not None
    new = only_new(desk.store, batch, items) if filtered else list(items)
    known = some_gold(5) if gold is None else gold
    plans = plan_hits(
        new,
        known,
        items_per_hit=project.items_per_hit,
        gold_per_hit=project.gold.per_hit,
        overlap=project.overlap,
        seed=1,
    )
    return add_rows(
        desk.store,
        project,
        template or a_template(),
        plans,
        batch=batch,
        mixed_in=frozenset(item.key for item in known),
        tariff=Tariff(),
        now=desk.clock(),
    )


def complete(desk: Any, *names: str) -> bool:
    """Publish, let everybody work, and decide."""
    desk.publish()
    for name in names:
        desk.work(name)
    desk.collect()
    desk.judge()
    desk.settle()
    with desk.store.read() as session:
        return progress(session, desk.batch().id).complete


def labels(desk: Any) -> dict[str, str]:
    label(desk.store, desk.batch(), desk.clock())
    with desk.store.read() as session:
        rows = session.exec(select(ItemRow.key, LabelRow.label).where(LabelRow.item_id == ItemRow.id))
        return dict(rows.all())


def test_there_is_nothing_to_add_to_before_the_first_load(desk: Any) -> None:
    assert find_existing(None, "first") is None
    assert find_existing(desk.store, "first") is None
    desk.load()
    found = find_existing(desk.store, "first")
    assert found is not None
    assert found.name == "first"


def test_rows_join_a_planned_batch(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    made = add(desk, some_items(10))
    assert made == Loaded("first", items=6, gold=2, hits=2, cap_cents=10_000)
    with desk.store.read() as session:
        assert session.exec(select(HITRow.position).order_by(col(HITRow.id))).all() == [0, 1, 2]
        assert session.exec(select(func.count()).select_from(ItemRow).where(~col(ItemRow.mixed_in))).one() == 10
    assert complete(desk, *desk.workers(3))
    assert len(labels(desk)) == 10
    desk.check_books()


def test_rows_join_a_running_batch_and_all_is_completed(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    names = desk.workers(3)
    desk.publish()
    desk.work(names[0])
    add(desk, some_items(8))
    assert complete(desk, *names)
    assert labels(desk) == {f"i{n}": ("negative", "neutral", "positive")[n % 3] for n in range(8)}
    assert len(desk.of(names[0])) == 2
    desk.check_books()


def test_rows_join_a_complete_batch_and_start_it_anew(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    names = desk.workers(3)
    assert complete(desk, *names)
    assert add(desk, some_items(8)).items == 4
    with desk.store.read() as session:
        assert not progress(session, desk.batch().id).complete
    assert complete(desk, *names)
    assert len(labels(desk)) == 8
    desk.check_books()


def test_rows_join_a_paused_batch_and_wait(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    desk.publish()
    at = (desk.store, desk.market, desk.batch(), desk.clock)
    pause(*at, marketplace="own")
    add(desk, some_items(8))
    desk.publish()
    assert len(list(desk.market.list_hits())) == 1
    desk.pass_time(seconds=1)
    resume(*at, marketplace="own")
    assert complete(desk, *desk.workers(3))
    assert len(labels(desk)) == 8
    desk.check_books()


def test_a_closed_batch_takes_no_rows(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    close(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")
    with pytest.raises(InputError, match="the Batch 'first' is closed"):
        add(desk, some_items(8))
    assert desk.count(HITRow) == 1


def test_rows_that_are_there_are_left_out(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    assert only_new(desk.store, desk.batch(), some_items(4)) == []
    assert [item.key for item in only_new(desk.store, desk.batch(), some_items(6))] == ["i4", "i5"]


def test_an_id_with_other_content_is_named(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    changed = Item("i2", {"id": "i2", "text": "something else"})
    with pytest.raises(InputError, match="the id 'i2' is in the Batch 'first' with other content") as caught:
        add(desk, [*some_items(2), changed])
    assert caught.value.field == "id"
    assert (desk.count(HITRow), desk.count(ItemRow)) == (1, 4 + 1)


def test_a_row_that_another_process_added_meanwhile_is_not_published_twice(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    add(desk, some_items(8))
    with pytest.raises(InputError, match="is in the Batch already"):
        add(desk, some_items(8)[4:], filtered=False)
    assert desk.count(HITRow) == 2


def test_gold_is_shared_with_the_rows_that_are_there(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    names = desk.workers(3)
    complete(desk, *names)
    add(desk, some_items(20))
    complete(desk, *names)
    with desk.store.read() as session:
        keys = session.exec(select(ItemRow.key).where(col(ItemRow.mixed_in)).order_by(col(ItemRow.key))).all()
        pages = session.exec(
            select(func.count()).where(col(HITItemRow.item_id) == col(ItemRow.id), col(ItemRow.mixed_in))
        ).one()
    assert len(keys) == len(set(keys)) <= 5
    assert pages == 5
    desk.check_books()


@pytest.mark.parametrize(
    "changed",
    [
        Item("g0", {"id": "g0", "text": "negative gold 0"}, ("positive",)),
        Item("g0", {"id": "g0", "text": "another text"}, ("negative",)),
        Item("i0", {"id": "i0", "text": "negative text 0"}, ("negative",)),
    ],
    ids=["another label", "another text", "a row of the dataset"],
)
def test_gold_that_differs_from_what_is_there_is_named(desk: Any, changed: Item) -> None:
    """Its answers would be judged by the label that was loaded first, silently."""
    desk.load(items=20, **QUICK)
    with pytest.raises(InputError, match=f"the id '{changed.key}' is in the Batch 'first' with other content"):
        add(desk, some_items(60), gold=[changed, *some_gold(5)[1:]])
    assert desk.count(HITRow) == 5


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"reward": "0.06"}, "reward"),
        ({"overlap": 4}, "overlap"),
        ({"labels": ["negative", "neutral", "positive", "mixed"]}, "labels"),
        ({"title": "Another title"}, "title"),
        ({"payment": {"decide_within": "1h"}}, "payment"),
        ({"lifetime": "5d"}, "lifetime"),
        ({"wage_floor": "7.25"}, "wage_floor"),
        ({"qualifications": [{"type": "approved", "at_least": 5}]}, "qualifications"),
        ({"template": a_template("<form>{{ items[0].data.text }}</form>")}, "template"),
    ],
)
def test_a_changed_setting_is_named(desk: Any, changes: dict[str, Any], setting: str) -> None:
    desk.load(items=4, **QUICK)
    with pytest.raises(InputError, match=f"the Project's {setting} has changed since the Batch 'first'") as caught:
        add(desk, some_items(8), **changes)
    assert caught.value.field == setting
    assert desk.count(HITRow) == 1


def test_a_raised_budget_is_deposited_once(desk: Any) -> None:
    desk.load(items=4, budget="0.20", **QUICK)
    desk.publish()
    add(desk, some_items(8), budget="0.20")
    with pytest.raises(OverBudget):
        desk.publish()
    for _ in range(2):
        made = add(desk, [], budget="0.40")
        assert (made.hits, made.cap_cents) == (0, 40)
    assert desk.money()[Account.DEPOSITED] == 40
    assert desk.batch().project.budget_cents == 40
    assert complete(desk, *desk.workers(3))
    assert desk.money()[Account.AVAILABLE] == 4
    desk.check_books()


def test_a_lowered_budget_takes_nothing_away(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    assert add(desk, some_items(8), budget="50.00").cap_cents == 10_000
    add(desk, some_items(12), budget="100.00")
    assert desk.money()[Account.DEPOSITED] == 10_000
    add(desk, some_items(16), budget="120.00")
    assert desk.money()[Account.DEPOSITED] == 12_000
    desk.check_books()


def test_a_batch_is_added_to_many_times(desk: Any) -> None:
    desk.load(items=4, **QUICK)
    names = desk.workers(3)
    for more in (5, 9, 10, 14):
        add(desk, some_items(more))
        assert complete(desk, *names)
    with desk.store.read() as session:
        positions = session.exec(select(HITRow.position).order_by(col(HITRow.position))).all()
    assert positions == list(range(len(positions)))
    assert len(labels(desk)) == 14
    desk.check_books()
