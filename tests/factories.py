"""Projects, Items, pages and submissions with defaults, for the tests of every part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crowdbroker.domain.model import Item
from crowdbroker.domain.project import Project
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.ingest import Submission

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LABELS = ("negative", "neutral", "positive")

_PAGE = """<form>
{% for item in items %}
<fieldset><p data-item-text>{{ item.data.text }}</p>
{% for label in labels %}<input type="radio" name="{{ item.name }}" value="{{ label.value }}">{% endfor %}
</fieldset>
{% endfor %}
</form>"""


def a_project(**changes: Any) -> Project:
    """A Project; `changes` are settings as its file writes them."""
    settings: dict[str, Any] = {
        "name": "reviews",
        "title": "How does the writer feel?",
        "description": "Read short reviews.",
        "labels": list(LABELS),
        "reward": "0.05",
        "budget": "100.00",
        "overlap": 3,
        "items_per_hit": 4,
        "gold": {"per_hit": 1},
    }
    return Project.model_validate(settings | changes)


def a_template(page: str = _PAGE) -> PageTemplate:
    """A page with a fieldset for each Item, small enough to be rendered thousands of times."""
    return PageTemplate("page.html", {"page.html": page})


def some_items(count: int) -> list[Item]:
    """Items i0, i1, …; the text of each begins with the label that it deserves."""
    return [Item(f"i{n}", {"id": f"i{n}", "text": f"{LABELS[n % 3]} text {n}"}) for n in range(count)]


def some_gold(count: int) -> list[Item]:
    """Gold Items g0, g1, …, labelled as their text says."""
    return [Item(f"g{n}", {"id": f"g{n}", "text": f"{LABELS[n % 3]} gold {n}"}, (LABELS[n % 3],)) for n in range(count)]


def a_submission(number: int, **changes: Any) -> Submission:
    """The submission of Assignment A<number> by Worker W<number> on the HIT of row 1."""
    values: dict[str, Any] = {
        "batch_id": 1,
        "hit_row": 1,
        "place_cents": 6,
        "assignment_id": f"A{number}",
        "worker_id": f"W{number}",
        "accepted_at": START,
        "submitted_at": START + timedelta(seconds=40),
        "auto_approval_at": START + timedelta(days=3),
        "answer_xml": "<x/>",
        "labels": [],
    }
    return Submission(**(values | changes))


def right(text: str) -> str:
    """The label that a text of these Items deserves: its first word."""
    return text.split()[0]


def wrong(text: str) -> str:
    """Another label than the text deserves, by turns."""
    return LABELS[(LABELS.index(right(text)) + 1) % 3]


def always_negative(_text: str) -> str:
    """The answer of somebody who does not read."""
    return "negative"
