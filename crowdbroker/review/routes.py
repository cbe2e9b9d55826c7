"""Every address of the review application; a module of pages joins by its name in MODULES."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from crowdbroker.review import (
    entrance,
    pages_audit,
    pages_batches,
    pages_decisions,
    pages_doubts,
    pages_downloads,
    pages_item,
    pages_labels,
    pages_money,
    pages_pay,
    pages_people,
    pages_workers,
)
from crowdbroker.review.pages import Pages, Review, Tab, guarded

STATIC = Path(__file__).parent / "static"

MODULES: tuple[Pages, ...] = cast(
    tuple[Pages, ...],
    (
        pages_batches,
        pages_labels,
        pages_item,
        pages_downloads,
        pages_workers,
        pages_pay,
        pages_decisions,
        pages_doubts,
        pages_money,
        pages_audit,
        pages_people,
    ),
)
"""In the order of their tabs."""


def all_tabs() -> tuple[Tab, ...]:
    """What a Batch's navigation shows."""
    return tuple(tab for module in MODULES for tab in module.TABS)


def all_said() -> dict[str, str]:
    """What pages say after an act, by the word that the address carries: never text that somebody could put there."""
    modules = {word: sentence for module in MODULES for word, sentence in module.SAID.items()}
    return {**entrance.SAID, **modules}


def routes(review: Review) -> list[BaseRoute]:
    """The routes; pages are plain functions and run in the thread pool."""
    own = [
        Route(page.path, guarded(review, page), methods=[page.method]) for module in MODULES for page in module.PAGES
    ]
    free = [Route(path, partial(answer, review), methods=[method]) for path, method, answer in entrance.OPEN]
    return [*own, *free, Mount("/static", StaticFiles(directory=STATIC))]
