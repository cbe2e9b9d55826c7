"""Votes become Labels."""

from __future__ import annotations

from typing import Any

import pytest
from factories import a_project, a_template, some_items, wrong
from sqlmodel import select

from crowdbroker.broker.label import label
from crowdbroker.broker.load import load
from crowdbroker.broker.signals import worker_signals
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff
from crowdbroker.store.tables import ItemRow, LabelRow


def labels(desk: Any) -> dict[str, LabelRow]:
    with desk.store.read() as session:
        rows = session.exec(select(ItemRow.key, LabelRow).where(LabelRow.item_id == ItemRow.id))
        return dict(rows.all())


def made(desk: Any, method: str | None = None) -> Any:
    return label(desk.store, desk.batch(), desk.clock(), method=method)


@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
def test_every_item_gets_the_label_that_most_good_workers_gave(desk: Any, method: str) -> None:
    desk.load(items=40, gold=10)
    desk.publish()
    first, second, bad = desk.workers(3)
    for worker_id in (first, second):
        desk.work(worker_id)
    desk.work(bad, answer=wrong)
    desk.collect()
    found = made(desk, method)
    assert (found.method, found.items, found.labelled, found.votes, found.strange) == (method, 40, 40, 150, 0)
    rows = labels(desk)
    assert {row.label for key, row in rows.items() if key == "i0"} == {"negative"}
    assert all(row.label == ("negative", "neutral", "positive")[int(key[1:]) % 3] for key, row in rows.items())
    assert {row.votes for row in rows.values()} == {3}
    assert all(0.5 < row.confidence <= 1 for row in rows.values())


def test_labelling_again_replaces_the_labels(desk: Any) -> None:
    desk.load()
    desk.publish()
    first, second, third = desk.workers(3)
    desk.work(first, answer=wrong)
    desk.collect()
    made(desk)
    before = {key: row.label for key, row in labels(desk).items()}
    for worker_id in (second, third):
        desk.work(worker_id)
    desk.collect()
    made(desk, "majority")
    after = {key: row.label for key, row in labels(desk).items()}
    assert before.keys() == after.keys()
    assert before != after


def test_without_votes_there_are_no_labels(desk: Any) -> None:
    desk.load()
    found = made(desk)
    assert (found.labelled, found.votes) == (0, 0)
    assert labels(desk) == {}


def test_gold_that_came_beside_the_dataset_gets_no_label(desk: Any) -> None:
    desk.load()
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.collect()
    made(desk)
    assert {key[0] for key in labels(desk)} == {"i"}


def test_gold_of_the_dataset_keeps_its_first_accepted_answer(desk: Any) -> None:
    gold = Item("i0", {"text": "negative text"}, ("neutral", "negative"))
    plans = [HITPlan((gold, some_items(2)[1]), 3)]
    project = a_project(gold={"per_hit": 0})
    load(
        desk.store,
        project,
        a_template(),
        plans,
        name="first",
        mixed_in=frozenset(),
        tariff=Tariff(),
        seed=1,
        now=desk.clock(),
    )
    desk.publish()
    for worker_id in desk.workers(3):
        desk.work(worker_id)
    desk.collect()
    made(desk)
    row = labels(desk)["i0"]
    assert (row.label, row.confidence, row.method) == ("neutral", 1.0, "gold")
    assert labels(desk)["i1"].label == "neutral"


def test_votes_of_refused_work_make_no_label(desk: Any) -> None:
    desk.load(items=40, gold=10, overlap=1, payment={"rejection": "automatic", "reject_cap": 1.0})
    desk.publish()
    good, bad = desk.workers(2)
    desk.work(good, most=2)
    desk.work(bad, answer=wrong)
    desk.collect()
    desk.judge()
    desk.settle()
    refused = sum(row.state == "rejected" for row in desk.of(bad))
    found = made(desk)
    assert found.labelled == 40 - 4 * refused


def test_signals_tell_the_habits_of_workers(desk: Any) -> None:
    desk.load(items=40, gold=10, overlap=6)
    desk.publish()
    *honest, hasty = desk.workers(6)
    for worker_id in honest:
        desk.work(worker_id, seconds=40)
    desk.work(hasty, answer=lambda _: "neutral", seconds=1)
    desk.collect()
    with desk.store.read() as session:
        found = list(worker_signals(session, desk.batch()).values())
    assert {one.answers for one in found} == {50}
    *others, last = found
    assert last.entropy_share == 0.0
    assert last.pace_z is not None
    assert last.pace_z < -3
    assert last.skill is not None
    assert last.skill < 0.15
    assert all(one.skill is not None and one.skill > 0.5 for one in others)
    assert all(one.pace_z is not None and abs(one.pace_z) < 1 for one in others)


def test_an_even_crowd_has_no_outliers_in_pace(desk: Any) -> None:
    desk.load(items=40, gold=10, overlap=6)
    desk.publish()
    for number, worker_id in enumerate(desk.workers(6)):
        desk.work(worker_id, seconds=40 + number)
    desk.collect()
    with desk.store.read() as session:
        found = worker_signals(session, desk.batch()).values()
    assert all(one.pace_z is not None and one.pace_z > -3 for one in found)


def test_a_label_keeps_what_its_confidence_was_calibrated_on(desk: Any) -> None:
    desk.load(items=40, gold=12)
    desk.publish()
    for worker_id in desk.workers(3):
        desk.work(worker_id)
    desk.collect()
    made(desk)
    [basis] = {row.basis for row in labels(desk).values()}
    assert basis.startswith("gold n=1")
