"""The HTML report in a browser: it runs nothing, fits a phone, and axe-core finds nothing against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import npm
import pytest
from factories import START
from hostilereport import hostile_report
from playwright.sync_api import Browser
from worksite import broken_rules, open_chromium

from crowdbroker.reports.charts import charts
from crowdbroker.reports.quality import quality_document
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.shown.quality import quality_report
from crowdbroker.reports.writers.html import html

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_is_accessible(
    chromium: Browser, settled: Any, tmp_path: Path, width: int, scheme: Any
) -> None:
    with settled.store.read() as session:
        document = quality_document(session, Scope("b", [settled.batch], None, START + timedelta(days=3)))
    report = quality_report(document)
    file = tmp_path / "report.html"
    file.write_text(html(report, charts(report)), encoding="utf-8")
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(file.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert broken_rules(page, npm.axe_script()) == []
    context.close()


def test_what_people_wrote_runs_nowhere(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(html(hostile_report(), []), encoding="utf-8")
    page = chromium.new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert "<script>alert(1)</script>" in page.locator("tbody td").first.inner_text()
    assert said == []
    page.close()
