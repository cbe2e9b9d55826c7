"""The marketplace behind a command of `crowdbroker marketplace`, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crowdbroker.cli.options import opened_app

if TYPE_CHECKING:
    from crowdbroker.marketplace import Marketplace


@contextmanager
def opened_market(database: str | None) -> Iterator[Marketplace]:
    """Give the marketplace on `--database`, else on data_dir/marketplace.db.

    Raises:
        StoreUnusable: it cannot be opened, or holds something else.
    """
    with opened_app() as app:
        market = app.open_own(database)
    try:
        yield market
    finally:
        market.close()
