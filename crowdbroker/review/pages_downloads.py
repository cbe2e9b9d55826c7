"""Labels as files: CSV that a spreadsheet runs nothing of, and JSONL; written as they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from crowdbroker.formats.formulas import defuse
from crowdbroker.review.pages import Page, Review, Tab
from crowdbroker.review.sessions import Person
from crowdbroker.store.reads import BatchView
from crowdbroker.store.review_export import export_columns, exported

TABS: Sequence[Tab] = ()
SAID: Mapping[str, str] = {}


def _csv(review: Review, request: Request, person: Person) -> Response:  # noqa: ARG001 - every page is asked so
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        columns = export_columns(session, batch.id)

    def lines() -> Iterator[str]:
        yield _csv_line(columns)
        for record in exported(review.store, batch.id):
            yield _csv_line([record.get(name) for name in columns])

    return _download(lines(), batch, "csv", "text/csv; charset=utf-8")


def _jsonl(review: Review, request: Request, person: Person) -> Response:  # noqa: ARG001 - every page is asked so
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in exported(review.store, batch.id))
    return _download(lines, batch, "jsonl", "application/x-ndjson")


def _csv_line(cells: Sequence[Any]) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerow([defuse(cell) if isinstance(cell, str) else cell for cell in cells])
    return sink.getvalue()


def _download(lines: Iterator[str], batch: BatchView, ending: str, kind: str) -> Response:
    name = f"{batch.name}-labels.{ending}"
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-_") else "_" for sign in name)
    headers = {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}
    return StreamingResponse((line.encode("utf-8", "replace") for line in lines), media_type=kind, headers=headers)


PAGES: Sequence[Page] = (
    Page("/batches/{batch_id:int}/labels.csv", _csv),
    Page("/batches/{batch_id:int}/labels.jsonl", _jsonl),
)
