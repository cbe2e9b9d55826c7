"""The audit trail: everything that people decided, which nothing changes, to filter and to take along."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desks import Desk
from hired import hired
from reviewing import Office, act
from sqlalchemy import event

from crowdbroker.store.audit import record

PAGE = "/batches/1/audit"
PACKAGE = Path(__file__).parent.parent.parent / "crowdbroker"


def _acts(desk: Desk, count: int = 3) -> None:
    """A Batch with acts of ann and bob by turns, a day between them."""
    desk.load()
    with desk.store.write() as session:
        for number in range(count):
            record(
                session,
                actor="bob" if number % 2 else "ann",
                action="bonus" if number % 2 else "note",
                subject=f"worker:W{number}",
                reason=f"reason {number}",
                evidence={"worker": number, "cents": number},
                at=desk.clock() - timedelta(days=number),
                batch_id=1,
            )


def test_who_did_what_when_why_and_on_what_evidence(desk: Desk, office: Office) -> None:
    _acts(desk)
    page = office.browser("viewer").get(PAGE).text
    assert "3 acts" in page
    for words in ("ann", "bob", "bonus", "worker:W1", "reason 2", "2026-03-01 09:00 UTC", "&#34;cents&#34;: 1"):
        assert words in page, words
    assert 'href="/batches/1/workers/1"' in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("actor=bob", {1}),
        ("action=note", {0, 2}),
        ("subject=W2", {2}),
        ("subject=%25", set()),
        ("since=2026-03-01", {0, 1}),
        ("until=2026-03-01", {1, 2}),
        ("since=2026-03-01&until=2026-03-01&actor=bob", {1}),
    ],
)
def test_filters_hold_for_the_page_and_for_the_files(desk: Desk, office: Office, query: str, numbers: set[int]) -> None:
    _acts(desk)
    browser = office.browser("viewer")
    page, lines = browser.get(f"{PAGE}?{query}").text, browser.get(f"{PAGE}.jsonl?{query}").text
    assert {int(one) for one in re.findall(r"<bdi class=\"cut\">reason (\d)", page)} == numbers
    assert {json.loads(line)["evidence"]["worker"] for line in lines.splitlines()} == numbers


@pytest.mark.parametrize("query", ["since=yesterday", "until=9999-12-31", "since=2026-02-30"])
def test_a_day_that_is_none_is_told(desk: Desk, office: Office, query: str) -> None:
    _acts(desk)
    page = office.browser("viewer").get(f"{PAGE}?{query}")
    assert (page.status, "is no day" in page.text) == (200, True)


def test_pages_follow_each_other_without_gaps(desk: Desk, office: Office) -> None:
    _acts(desk, 120)
    browser, seen, address = office.browser("viewer"), [], PAGE
    for _ in range(3):
        page = browser.get(address).text
        seen += re.findall(r"<bdi>worker:W(\d+)</bdi>", page)
        older = re.search(r'href="(\?[^"]*before=\d+)"', page)
        address = PAGE + older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(number) for number in reversed(range(120))]
    assert address == ""


def test_the_files_hold_everything_and_are_safe_in_a_spreadsheet(desk: Desk, office: Office) -> None:
    _acts(desk, 600)
    with desk.store.write() as session:
        record(
            session, actor="eve", action="note", subject="x", reason='=HYPERLINK(1)\n"a"', at=desk.clock(), batch_id=1
        )
    answer = office.browser("viewer").get(f"{PAGE}.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-1.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 601
    assert json.loads(rows[1]["evidence"]) == {"worker": 1, "cents": 1}
    assert rows[-1]["reason"] == '\'=HYPERLINK(1)\n"a"'


def test_hostile_text_is_shown_as_text(desk: Desk, office: Office) -> None:
    desk.load()
    with desk.store.write() as session:
        record(
            session,
            actor="<b>x</b>",
            action="<i>",
            subject="item:<script>",
            reason="<script>alert(1)</script>",
            evidence={"</pre><script>": 1},
            at=desk.clock(),
            batch_id=1,
        )
    page = office.browser("viewer").get(PAGE).text
    assert "<script>" not in page
    assert "<b>x" not in page


def test_an_empty_trail_says_so(desk: Desk, office: Office) -> None:
    desk.load()
    browser = office.browser("viewer")
    assert "Nobody has decided anything" in browser.get(PAGE).text
    assert "No act is like that" in browser.get(f"{PAGE}?actor=nobody").text


def test_no_statement_changes_or_deletes_a_row_whatever_people_do(desk: Desk, office: Office) -> None:
    careful, _ = hired(desk)
    desk.judge()
    desk.settle()
    row = desk.of(careful)[0].worker_row
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(" ".join(statement.split()).lower())

    event.listen(desk.store.engine, "before_cursor_execute", listen)
    try:
        browser, page = office.browser("payer"), f"/batches/1/workers/{row}"
        act(browser, page, f"{page}/bonus", amount="0.10", reason="x")
        act(browser, page, f"{page}/notes", text="x")
        act(browser, page, f"{page}/exclude", reason="x")
        desk.settle()
    finally:
        event.remove(desk.store.engine, "before_cursor_execute", listen)
    touching = [one for one in said if re.search(r"\b(insert into|update|delete from) audit\b", one)]
    assert len(touching) >= 3
    assert all(one.startswith("insert into audit ") for one in touching)


def test_no_code_changes_or_deletes_a_row() -> None:
    forbidden = re.compile(r"(update|delete)\(\s*AuditRow|(UPDATE|DELETE FROM)\s+audit\b|session\.delete\(")
    found = [
        str(path)
        for path in PACKAGE.rglob("*.py")
        if path.parts[-2] != "marketplace" and "AuditRow" in (text := path.read_text()) and forbidden.search(text)
    ]
    assert found == []
