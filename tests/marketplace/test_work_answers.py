"""What workers hand in, for every kind of question, at a marketplace on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from databases import postgres
from questionforms import choice, form, question, text

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.layouts import add_layout
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER

FORM = form(question(choice("cat", "dog"), required=True), question(text(), "why"))


def held(desk, **changes):
    worker_id = desk.worker()
    return worker.accept(desk.market, worker_id, desk.hit(**changes)["HITId"])


def test_a_form_is_handed_in_as_selections(desk):
    mine = held(desk, Question=FORM)
    assert [each.identifier for each in mine.form.questions] == ["animal", "why"]
    worker.submit(desk.market, mine.worker_id, mine.assignment_id, [("answer-1", "2")])
    answer = desk.client.get_assignment(AssignmentId=mine.assignment_id)["Assignment"]["Answer"]
    assert "<SelectionIdentifier>dog</SelectionIdentifier>" in answer
    assert desk.problems() == []


def test_an_incomplete_form_stores_nothing_and_says_what_is_missing(desk):
    mine = held(desk, Question=FORM)
    with pytest.raises(worker.Incomplete) as caught:
        worker.submit(desk.market, mine.worker_id, mine.assignment_id, [("answer-2", "no idea")])
    assert [problem.identifier for problem in caught.value.problems] == ["animal"]
    assert worker.get_held(desk.market, mine.worker_id, mine.assignment_id).assignment_id == mine.assignment_id
    worker.submit(desk.market, mine.worker_id, mine.assignment_id, [("answer-1", "1")])


def test_a_page_that_speaks_of_a_questionform_is_still_a_page(desk):
    page = desk.hit()["Question"].replace("Which animal?", "A QuestionForm?")
    mine = held(desk, Question=page)
    worker.submit(desk.market, mine.worker_id, mine.assignment_id, [("animal", "cat")])
    answer = desk.client.get_assignment(AssignmentId=mine.assignment_id)["Assignment"]["Answer"]
    assert "<FreeText>cat</FreeText>" in answer


@pytest.mark.slow
def test_layouts_warnings_and_forms_work_on_postgresql(open_desk, need):
    server = postgres()
    need("postgresql", server is not None, "initdb of PostgreSQL is not installed")
    assert server is not None
    url = server.empty()
    desk = open_desk(url=url)
    with desk.market.write() as session:
        html = "<!DOCTYPE html><p>${a}</p><crowd-keypoint></crowd-keypoint>"
        ids, now_ms = desk.market.ids, desk.market.now_ms()
        layout_id = add_layout(session, DEFAULT_REQUESTER, html, "l", ids=ids, now_ms=now_ms)
    for value in ("x", "y"):
        hit = desk.hit(Question=None, HITLayoutId=layout_id, HITLayoutParameters=[{"Name": "a", "Value": value}])
        assert desk.client.list_hits()["HITs"][0] == desk.look(hit) == hit
    test_a_form_is_handed_in_as_selections(desk)
