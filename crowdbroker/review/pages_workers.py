"""Workers: all of a Batch, and one page a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.broker.readmit import BY_HAND
from crowdbroker.reports.spending import FORGOTTEN
from crowdbroker.review.pages import NotThere, Page, Review, Tab, show
from crowdbroker.review.sessions import Person
from crowdbroker.review.worker_facts import Line, accuracy, all_lines, timeline, work_of
from crowdbroker.store.audit import acts_on
from crowdbroker.store.tables import AssignmentRow, ExclusionRow
from crowdbroker.store.worker_reads import (
    bonuses_of,
    gold_answers,
    notes_on,
    other_batches,
    page_sizes,
    submissions,
    worker_in,
)

SAID: Mapping[str, str] = {}
TABS: Sequence[Tab] = (Tab("workers", "Workers", "/workers"),)
PAGE = 50
_SUBMISSIONS = 20

SORTS: Mapping[str, tuple[str, Callable[[Line], Any]]] = {
    "work": ("most work first", lambda line: -line.work.assignments),
    "name": ("by name", lambda line: line.name.casefold()),
    "doubt": ("worst on gold first", lambda line: line.accuracy.high if line.accuracy else 2.0),
    "fast": ("fastest first", lambda line: line.work.seconds_per_item or 1e9),
    "wage": ("lowest pay an hour first", lambda line: line.work.hourly_cents or 10**9),
    "paid": ("most pay first", lambda line: -(line.work.paid_cents + line.work.bonus_cents)),
}
SHOWN: Mapping[str, tuple[str, Callable[[Line], bool]]] = {
    "": ("everybody", lambda _line: True),
    "excluded": ("excluded", lambda line: line.excluded),
    "held": ("with work on hold", lambda line: line.work.states["held"] > 0),
    "refused": ("with refused work", lambda line: line.work.states["rejected"] > 0),
}


def page_of(request: Request) -> int:
    """The page that the address names, from 1."""
    text = request.query_params.get("page", "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1


def row_of(request: Request) -> int:
    """The row that the address names."""
    row: int = request.path_params["row"]
    return row


def _all(review: Review, request: Request, person: Person) -> Response:
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    kept = review.facts.keep("workers", lambda batch_id: all_lines(review.store, batch_id, review.clock()))
    found = kept.get_if_there(batch.id)
    if found is None:
        return show(review, request, "wait.html", person=person, batch=batch, tab="workers", title="Workers")
    at, lines = found
    asked = request.query_params
    name = asked.get("name", "").strip()[:100]
    sort = asked.get("sort", "work") if asked.get("sort", "work") in SORTS else "work"
    only = asked.get("only", "") if asked.get("only", "") in SHOWN else ""
    chosen = [line for line in lines if SHOWN[only][1](line) and name.casefold() in line.name.casefold()]
    chosen.sort(key=lambda line: (SORTS[sort][1](line), line.row))
    page = min(page_of(request), max(1, -(-len(chosen) // PAGE)))
    return show(
        review,
        request,
        "workers.html",
        person=person,
        batch=batch,
        tab="workers",
        at=at,
        lines=chosen[(page - 1) * PAGE : page * PAGE],
        chosen=len(chosen),
        every=len(lines),
        page=page,
        pages=max(1, -(-len(chosen) // PAGE)),
        address=f"?{urlencode({'name': name, 'only': only, 'sort': sort})}",
        name=name,
        only=only,
        sort=sort,
        sorts={key: words for key, (words, _) in SORTS.items()},
        shown={key: words for key, (words, _) in SHOWN.items()},
    )


def _one(review: Review, request: Request, person: Person) -> Response:
    row = row_of(request)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        worker = worker_in(session, batch.id, row)
        if worker is None:
            raise NotThere("There is no such Worker in this Batch.")
        mine = col(AssignmentRow.worker_row) == row, col(AssignmentRow.batch_id) == batch.id
        done = submissions(session, *mine)
        gold = gold_answers(session, batch.id, row, batch.project.kind)
        bonuses = bonuses_of(session, batch.id, worker.worker_id)
        sizes = page_sizes(session, batch.id, row)
        notes, others = notes_on(session, row), other_batches(session, batch.id, row)
        exclusion = session.get(ExclusionRow, (batch.id, row))
        acts = acts_on(session, f"worker:{worker.worker_id}")
    crowd = review.facts.crowd(batch)
    matrix = crowd.confusion.get(row) if crowd else None
    page = page_of(request)
    return show(
        review,
        request,
        "worker.html",
        person=person,
        batch=batch,
        tab="workers",
        row=row,
        name=worker.name or FORGOTTEN,
        worker_id=worker.worker_id,
        work=work_of(done, sizes, sum(one.request["cents"] for one in bonuses if one.state == "done")),
        gold=gold,
        estimate=accuracy(sum(one.right for one in gold), len(gold)),
        line=timeline(gold, batch.project.gold.bar),
        bar=batch.project.gold.bar,
        labels=crowd.labels if crowd else (),
        matrix=matrix.tolist() if matrix is not None else None,
        waiting=crowd is None,
        done=done[(page - 1) * _SUBMISSIONS : page * _SUBMISSIONS],
        page=page,
        pages=max(1, -(-len(done) // _SUBMISSIONS)),
        bonuses=bonuses,
        notes=notes,
        others=others if review.only is None else [],
        exclusion=exclusion,
        by_hand=exclusion.evidence.get(BY_HAND) if exclusion else None,
        acts=[act for act in acts if act.action != "note"],
        fresh=person.is_fresh(review.clock()),
    )


PAGES: Sequence[Page] = (
    Page("/batches/{batch_id:int}/workers", _all),
    Page("/batches/{batch_id:int}/workers/{row:int}", _one),
)
