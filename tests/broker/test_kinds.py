"""Each template's Batch from its rows to exported answers and labels, with the form fields that its page sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from factories import a_project
from sqlmodel import col, select

from crowdbroker.broker.check import check, resolve_answer
from crowdbroker.broker.label import Labelled, label
from crowdbroker.broker.load import load
from crowdbroker.domain.answer_kinds import AnswerKind
from crowdbroker.domain.dataset import gold_from_rows, items_from_rows
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.marketplace import worker
from crowdbroker.mturk.page import PageTemplate, read_template
from crowdbroker.reports.tables import TABLES
from crowdbroker.store.tables import AssignmentRow, HITItemRow, ItemRow

TEMPLATES = Path(__file__).resolve().parents[2] / "hit_templates"
ITEMS, GOLD = 2, 5
Fields = Callable[[str, str], list[tuple[str, str]]]


def one_field(name: str, answer: str) -> list[tuple[str, str]]:
    return [(name, answer)]


def checked_boxes(name: str, answer: str) -> list[tuple[str, str]]:
    """A hidden empty field, then one for each checked box."""
    return [(name, ""), *((name, one) for one in answer.split("|") if one)]


def windows_text(name: str, answer: str) -> list[tuple[str, str]]:
    """A browser sends line ends as CRLF."""
    return [(name, answer.replace("\n", "\r\n"))]


class Way(NamedTuple):
    """How a template is answered.

    Attributes:
        right: what gold asks for and careful workers say; exported: its canonical text.
        also: what agrees with gold in other words.
        wrong: what the third worker says.
    """

    right: str
    exported: str
    also: str
    wrong: str
    fields: Fields = one_field


A_BOX = '[{"left":3,"top":4,"width":50,"height":60,"label":"car"}]'
WAYS = {
    "text-classification": Way("positive", "positive", "positive", "negative"),
    "image-classification": Way("cloudy", "cloudy", "cloudy", "sunny"),
    "pairwise": Way("left", "left", "left", "right"),
    "rating": Way("4", "4", "4", "1"),
    "multiple-choice": Way(
        "price|delivery", '["delivery", "price"]', "delivery|price", "delivery", fields=checked_boxes
    ),
    "free-text": Way("Fresh bread\n2.40 a loaf", "Fresh bread\n2.40 a loaf", "FRESH  bread\n2.40 A LOAF.", "none"),
    "bounding-box": Way(A_BOX, json.dumps(json.loads(A_BOX)), A_BOX, "[]"),
}
WAYS["free-text"] = WAYS["free-text"]._replace(fields=windows_text)
KINDS = {
    "bounding-box": AnswerKind.BOXES,
    "free-text": AnswerKind.TEXT,
    "multiple-choice": AnswerKind.CHOICES,
    "rating": AnswerKind.RATING,
}


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TEMPLATES / "samples" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def rows_of(name: str, count: int, prefix: str, **more: str) -> list[tuple[int, dict[str, str]]]:
    cells = sample(name)["items"][0]
    return [(number + 2, {"id": f"{prefix}{number}", **cells, **more}) for number in range(count)]


def loaded(desk: Any, name: str) -> PageTemplate:
    """A Batch of one HIT for three workers: two Items of the template's sample and, but for boxes, five gold ones."""
    shown = sample(name)
    with_gold = name != "bounding-box"
    gold_policy = {"per_hit": GOLD, "looks": [GOLD]} if with_gold else {"per_hit": 0}
    settings = {key: shown[key] for key in ("title", "instructions", "labels", "examples")}
    template = read_template(name, [TEMPLATES])
    project = a_project(**settings, gold=gold_policy, items_per_hit=10, template={"file": name})
    project = resolve_answer(project, template)
    assert project.kind is KINDS.get(name, AnswerKind.CHOICE)
    items = items_from_rows(rows_of(name, ITEMS, "i"), source="data.csv")
    gold: list[Item] = []
    if with_gold:
        rows = rows_of(name, GOLD, "g", label=WAYS[name].right)
        gold = gold_from_rows(rows, labels=project.label_values, source="gold.csv", kind=project.kind)
    found = check(project, template, items, gold, tariff=Tariff(), seed=1)
    assert found.errors == []
    load(
        desk.store,
        project,
        template,
        found.plans,
        name="first",
        mixed_in=frozenset(item.key for item in gold),
        tariff=Tariff(),
        seed=1,
        now=desk.clock(),
    )
    desk.publish()
    return template


def page_keys(desk: Any) -> list[str]:
    """The ids of the Items on the page, in its order."""
    with desk.store.read() as session:
        rows = select(ItemRow.key).where(col(HITItemRow.item_id) == col(ItemRow.id), col(HITItemRow.hit_id) == 1)
        return list(session.exec(rows.order_by(col(HITItemRow.position))))


def send(desk: Any, worker_id: str, answers: dict[str, list[tuple[str, str]]]) -> None:
    """Submit the page with these fields, where a field's name is that of an Item's id, and what every page adds."""
    held = desk.accept(worker_id)
    names = {key: f"item-{number}" for number, key in enumerate(page_keys(desk), 1)}
    assert all(f'name="{name}"' in held.html for name in names.values())
    fields = [("assignmentId", held.assignment_id), ("seconds", "31")]
    for key, given in answers.items():
        fields += [(names[key] if name == key else name, value) for name, value in given]
    desk.pass_time(seconds=40)
    worker.submit(desk.marketplace, worker_id, held.assignment_id, fields)


def answered(desk: Any, name: str) -> None:
    """Two workers are right, in each other's words, and a third is wrong."""
    way = WAYS[name]
    for worker_id, says in zip(desk.workers(3), (way.right, way.also, way.wrong), strict=True):
        send(desk, worker_id, {key: way.fields(key, says) for key in page_keys(desk)})
    found = desk.collect()
    assert (found.assignments, found.unreadable) == (3, [])
    desk.judge()
    desk.settle()


def made(desk: Any) -> Labelled:
    return label(desk.store, desk.batch(), desk.clock())


def table(desk: Any, what: str) -> list[dict[str, Any]]:
    with desk.store.read() as session:
        columns, rows = TABLES[what](session, desk.batch())
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", WAYS)
def test_every_answer_is_exported_in_its_one_text(desk: Any, name: str) -> None:
    loaded(desk, name)
    answered(desk, name)
    exported = table(desk, "answers")
    of_first = [row for row in exported if row["worker"] == "AW0"]
    assert len(exported) == 3 * len(page_keys(desk))
    assert {row["label"] for row in of_first} == {WAYS[name].exported}
    assert sum(row["gold"] == "yes" for row in of_first) == len(page_keys(desk)) - ITEMS
    desk.check_books()


@pytest.mark.parametrize("name", [name for name in WAYS if name != "bounding-box"])
def test_gold_agrees_with_what_is_right_in_any_words(desk: Any, name: str) -> None:
    loaded(desk, name)
    answered(desk, name)
    accuracy = {row["worker"]: (row["gold_seen"], row["gold_right"]) for row in table(desk, "workers")}
    assert accuracy == {"AW0": (GOLD, GOLD), "AW1": (GOLD, GOLD), "AW2": (GOLD, 0)}
    assert desk.states() == ["approved"] * 3


@pytest.mark.parametrize("name", [name for name in WAYS if name != "bounding-box"])
def test_the_labels_are_what_most_said(desk: Any, name: str) -> None:
    loaded(desk, name)
    answered(desk, name)
    done = made(desk)
    assert (done.labelled, done.items, done.strange, done.why_none) == (ITEMS, ITEMS, 0, "")
    for row in table(desk, "labels"):
        assert (row["label"], row["votes"]) == (WAYS[name].exported, 3)
        assert 0.6 < row["confidence"] <= 1.0
        assert row["method"] == ("majority" if name == "free-text" else "dawid-skene")


def test_boxes_get_no_labels_and_it_is_said_why(desk: Any) -> None:
    loaded(desk, "bounding-box")
    answered(desk, "bounding-box")
    done = made(desk)
    assert (done.labelled, done.votes) == (0, 3 * ITEMS)
    assert "not aggregated yet" in done.why_none
    assert [row["label"] for row in table(desk, "labels")] == [None] * ITEMS
    assert desk.states() == ["approved"] * 3


BAD: dict[str, list[tuple[str, list[str]]]] = {
    "text-classification": [("Positive", ["Positive"]), ("", [""])],
    "rating": [("6", ["6"])],
    "multiple-choice": [("violet", []), ("delivery|violet", [])],
    "free-text": [(" \n ", [])],
    "bounding-box": [("no json", []), ('[{"left":1}]', []), ("", [])],
}


@pytest.mark.parametrize(("name", "bad", "kept"), [(name, *case) for name, cases in BAD.items() for case in cases])
def test_a_field_that_is_no_answer_loses_nothing_else(desk: Any, name: str, bad: str, kept: list[str]) -> None:
    """Its text stays in the stored submission; a wrong label is kept and left out of the labels."""
    way = WAYS[name]
    loaded(desk, name)
    first, second, _ = desk.workers(3)
    good = {key: way.fields(key, way.right) for key in page_keys(desk)}
    send(desk, first, good | {"i0": way.fields("i0", bad)})
    send(desk, second, good)
    found = desk.collect()
    assert (found.assignments, found.unreadable) == (2, [])
    rows = table(desk, "answers")
    assert [row["label"] for row in rows if row["task"] == "i0"] == [*kept, way.exported]
    assert [row["label"] for row in rows if row["task"] == "i1"] == [way.exported] * 2
    with desk.store.read() as session:
        xml = session.exec(select(AssignmentRow.answer_xml).order_by(col(AssignmentRow.submitted_at))).first()
    assert bad.split("|")[-1].strip() in xml
    done = made(desk)
    assert done.strange == len(kept)
    if name != "bounding-box":
        assert {row["id"]: row["label"] for row in table(desk, "labels")} == {"i0": way.exported, "i1": way.exported}
    desk.check_books()


def test_none_of_the_labels_is_an_answer_of_its_own(desk: Any) -> None:
    loaded(desk, "multiple-choice")
    way = WAYS["multiple-choice"]
    for worker_id in desk.workers(3):
        says = {key: "" if key.startswith("i") else way.right for key in page_keys(desk)}
        send(desk, worker_id, {key: checked_boxes(key, chosen) for key, chosen in says.items()})
    desk.collect()
    made(desk)
    assert [row["label"] for row in table(desk, "labels")] == ["[]", "[]"]


def test_a_set_is_labelled_label_by_label(desk: Any) -> None:
    """No two said the same, and yet each label has its majority."""
    loaded(desk, "multiple-choice")
    for worker_id, says in zip(desk.workers(3), ("delivery|price", "price|quality", "delivery|quality"), strict=True):
        answers = {key: checked_boxes(key, "price|delivery") for key in page_keys(desk)}
        send(desk, worker_id, answers | {"i0": checked_boxes("i0", says)})
    desk.collect()
    made(desk)
    found = {row["id"]: row for row in table(desk, "labels")}
    assert {"delivery", "price"} <= set(json.loads(found["i0"]["label"]))
    assert found["i0"]["confidence"] < found["i1"]["confidence"]


def test_of_equally_many_texts_the_first_is_the_label(desk: Any) -> None:
    loaded(desk, "free-text")
    for worker_id, says in zip(desk.workers(3), ("One", "Two", "Three"), strict=True):
        send(desk, worker_id, {key: windows_text(key, says) for key in page_keys(desk)})
    desk.collect()
    made(desk)
    assert {(row["label"], row["confidence"]) for row in table(desk, "labels")} == {("One", round(1 / 3, 6))}


HOSTILE = "<script>alert(1)</script> & \"quotes\" 'single' =1+1 \u202egnilleps 🙂 ]]> ${x} {{ y }}\nnext\tline"


def test_hostile_text_comes_back_unchanged(desk: Any) -> None:
    loaded(desk, "free-text")
    [worker_id] = desk.workers(1)
    send(desk, worker_id, {key: windows_text(key, HOSTILE) for key in page_keys(desk)})
    long = "ä" * 10_000
    second = worker.enrol(desk.marketplace, "second", worker_id="ASECOND")
    send(desk, second, {key: windows_text(key, long) for key in page_keys(desk)})
    desk.collect()
    assert {row["label"] for row in table(desk, "answers")} == {HOSTILE, long}
