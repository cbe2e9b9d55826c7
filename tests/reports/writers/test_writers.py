from __future__ import annotations

import re
from typing import Any

import pytest
from hostilereport import SCRIPT, hostile_report
from prometheus_client.parser import text_string_to_metric_families

from crowdbroker.reports.report import Column, Kind, Section
from crowdbroker.reports.writers.cells import plain, shown
from crowdbroker.reports.writers.html import MOST_ROWS, html
from crowdbroker.reports.writers.markdown import escaped, markdown
from crowdbroker.reports.writers.prometheus import prometheus


@pytest.mark.parametrize(
    ("kind", "value", "people", "programs"),
    [
        (Kind.CENTS, 123456, "$1,234.56", "1234.56"),
        (Kind.CENTS, -5, "-$0.05", "-0.05"),
        (Kind.RATE, 12.5, "$0.1250", "0.1250"),
        (Kind.SHARE, 0.125, "12.5%", 0.125),
        (Kind.COUNT, 12345, "12,345", 12345),
        (Kind.SECONDS, 9.25, "9.2 s", 9.25),
        (Kind.SECONDS, 90, "1 min 30 s", 90),
        (Kind.FLAG, True, "yes", "yes"),
        (Kind.TIME, "2026-03-02T09:00:00+00:00", "2026-03-02 09:00 UTC", "2026-03-02T09:00:00+00:00"),
        (Kind.CENTS, None, "", None),
    ],
)
def test_a_value_is_written_for_people_and_for_programs(kind: Kind, value: Any, people: str, programs: Any) -> None:
    assert shown(value, kind) == people
    assert plain(value, kind) == programs


def test_markdown_keeps_hostile_text_in_its_cell() -> None:
    lines = markdown(hostile_report()).splitlines()
    (row,) = [line for line in lines if line.startswith("| a")]
    assert re.sub(r"\\.", "", row).count("|") == 4
    assert "<script" not in re.sub(r"\\.", "", row)
    assert lines[0] == "# Budget"
    assert "Nothing yet." in lines


def test_markdown_of_plain_words_is_those_words() -> None:
    assert escaped("12 of 30, really") == "12 of 30, really"


def test_prometheus_reads_its_file_and_gets_the_labels_back() -> None:
    families = {one.name: one for one in text_string_to_metric_families(prometheus(hostile_report()) + "\n")}
    (sample,) = families["crowdbroker_x"].samples
    assert (sample.labels, sample.value) == ({"batch": 'a"b\\c\nd'}, 1.5)
    (made,) = families["crowdbroker_report_timestamp_seconds"].samples
    assert (made.labels, made.value) == ({"report": "budget"}, 1772442000.0)


def test_a_page_escapes_what_people_wrote_and_loads_nothing() -> None:
    page = html(hostile_report(), [])
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r'(src|href)\s*=\s*"', page)
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page


def test_a_page_says_that_charts_are_missing_and_how_to_have_them() -> None:
    assert "pip install 'crowdbroker[report]'" in html(hostile_report(), None).replace("&#39;", "'")


def test_a_page_shows_so_many_rows_and_says_where_the_others_are() -> None:
    rows = [{"n": n} for n in range(MOST_ROWS + 7)]
    page = html(hostile_report(sections=[Section("n", "All", (Column("n", "n", Kind.COUNT),), rows)]), [])
    assert page.count("<td") == MOST_ROWS
    assert "7 more rows" in page
