"""A list that is sorted, narrowed and paged by the database; what was asked for stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, func, select
from sqlmodel import Session
from starlette.requests import Request

from crowdbroker.marketplace.site.pages import PAGE_SIZE, page_of


@dataclass(frozen=True)
class Order:
    """One order of a list: the word for it, and the columns."""

    label: str
    by: Sequence[Any]


@dataclass(frozen=True)
class Listing:
    """One page of a list.

    Attributes:
        total: rows on all pages.
        values: what the address asks for, beside the page.
    """

    path: str
    rows: Sequence[Any]
    total: int
    page: int
    pages: int
    orders: Mapping[str, Order]
    values: Mapping[str, str]

    def address(self, **changes: Any) -> str:
        """Return the address of this list with other values; another order or filter begins at page 1."""
        asked = {name: str(value) for name, value in (dict(self.values) | changes).items() if value}
        return f"{self.path}?{urlencode(asked)}" if asked else self.path


def listed(
    session: Session, request: Request, rows: Select[*tuple[Any, ...]], orders: Mapping[str, Order], **values: str
) -> Listing:
    """Return the page of a query that a request asks for.

    Args:
        rows: what is listed, narrowed but not ordered.
        orders: by the word in the address; the first is the usual one.
        values: what else the address asks for, kept in its links.
    """
    asked = request.query_params.get("sort", "")
    order = asked if asked in orders else next(iter(orders))
    total = int(session.execute(select(func.count()).select_from(rows.order_by(None).subquery())).scalar_one())
    page, pages = page_of(request, total)
    shown = rows.order_by(*orders[order].by).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    found = session.execute(shown).all()
    return Listing(request.url.path, found, total, page, pages, orders, {"sort": order, **values})
