"""The audit trail: who decided what, when, and on what evidence; to read, to filter and to take along."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from crowdbroker.formats.csv_table import dump_table
from crowdbroker.review.pages import NO_ROW, Page, Review, Tab, show
from crowdbroker.review.sessions import Person
from crowdbroker.store.audit_reads import AuditFilter, audit_count, audit_counts, audit_page, audit_rows
from crowdbroker.store.audit_tables import AuditRow

SAID: Mapping[str, str] = {}
TABS: Sequence[Tab] = (Tab("audit", "Audit", "/audit"),)
PAGE = 50
_AT_ONCE = 200
"""Acts of a file that are written together: one by one, a long trail takes a minute."""
COLUMNS = ("number", "at", "actor", "action", "subject", "reason", "evidence")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Asked:
    """The filter of an address, and the address again."""

    filter: AuditFilter
    query: str
    since: str
    until: str
    problem: str


def _asked(request: Request) -> _Asked:
    given = {name: request.query_params.get(name, "").strip()[:200] for name in _FIELDS}
    since, until = _day(given["since"]), _day(given["until"])
    wrong = [given[name] for name, day in (("since", since), ("until", until)) if given[name] and day is None]
    asked = AuditFilter(
        given["actor"],
        given["action"],
        given["subject"],
        _moment(since) if since else None,
        _moment(until) + _DAY if until else None,
    )
    query = urlencode({name: value for name, value in given.items() if value})
    return _Asked(
        asked, query, given["since"], given["until"], f"“{wrong[0]}” is no day, so it is left out." if wrong else ""
    )


_FIELDS = ("actor", "action", "subject", "since", "until")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # The day after the last one of the calendar cannot be written.
    return found if found.year < 9999 else None


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _trail(review: Review, request: Request, person: Person) -> Response:
    asked = _asked(request)
    before = before_of(request)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        rows = audit_page(session, batch.id, asked.filter, before=before, limit=PAGE + 1)
        counts = audit_counts(session, batch.id)
        total = audit_count(session, batch.id, asked.filter) if asked.query else sum(counts.values())
    return show(
        review,
        request,
        "audit.html",
        person=person,
        batch=batch,
        tab="audit",
        rows=[(row, _link(batch.id, row), evidence_of(row)) for row in rows[:PAGE]],
        total=total,
        actors=sorted({actor for actor, _ in counts}),
        actions=sorted({action for _, action in counts}),
        asked=asked,
        before=before,
        after=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )


def before_of(request: Request) -> int | None:
    """The number below which the acts of a page are; None: the newest."""
    text = request.query_params.get("before", "")[:20]
    return min(int(text), NO_ROW - 1) if text.isdecimal() and text.isascii() else None


def _link(batch_id: int, row: AuditRow) -> str:
    """Where the thing that an act was about is shown; empty where it has no page."""
    kind, _, name = row.subject.partition(":")
    if kind == "item" and name.isdecimal():
        return f"/batches/{batch_id}/items/{name}"
    if kind == "worker" and "worker" in row.evidence:
        return f"/batches/{batch_id}/workers/{row.evidence['worker']}"
    if kind == "assignment" and "row" in row.evidence:
        return f"/batches/{batch_id}/decisions/{row.evidence['row']}"
    return ""


def evidence_of(row: AuditRow) -> str:
    """What the actor saw, as JSON for a person; empty where nothing is kept."""
    return json.dumps(row.evidence, ensure_ascii=False, indent=1, sort_keys=True) if row.evidence else ""


def _csv(review: Review, request: Request, _person: Person) -> Response:
    def lines(rows: Iterator[AuditRow]) -> Iterator[str]:
        header = _table([])
        yield header
        while some := list(islice(rows, _AT_ONCE)):
            yield _table(some).removeprefix(header)

    return _file(review, request, "csv", "text/csv", lines)


def _table(rows: Sequence[AuditRow]) -> str:
    sink = io.StringIO()
    cells = ([*list(_record(row).values())[:-1], json.dumps(row.evidence, ensure_ascii=False)] for row in rows)
    dump_table(sink, COLUMNS, cells)
    return sink.getvalue()


def _jsonl(review: Review, request: Request, _person: Person) -> Response:
    def lines(rows: Iterator[AuditRow]) -> Iterator[str]:
        while some := list(islice(rows, _AT_ONCE)):
            yield "".join(json.dumps(_record(row), ensure_ascii=False) + "\n" for row in some)

    return _file(review, request, "jsonl", "application/jsonl", lines)


def _record(row: AuditRow) -> dict[str, Any]:
    values = (row.id, row.at.isoformat(), row.actor, row.action, row.subject, row.reason, row.evidence)
    return dict(zip(COLUMNS, values, strict=True))


def _file(review: Review, request: Request, ending: str, kind: str, lines: Any) -> Response:
    asked = _asked(request)
    with review.store.read() as session:
        batch = review.batch_of(session, request)

    def content() -> Iterator[str]:
        with review.store.read() as session:
            yield from lines(audit_rows(session, batch.id, asked.filter))

    name = f"audit-{batch.id}.{ending}"
    return StreamingResponse(
        content(),
        media_type=f"{kind}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


PAGES: Sequence[Page] = (
    Page("/batches/{batch_id:int}/audit", _trail),
    Page("/batches/{batch_id:int}/audit.csv", _csv),
    Page("/batches/{batch_id:int}/audit.jsonl", _jsonl),
)
