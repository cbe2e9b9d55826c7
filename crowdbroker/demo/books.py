"""The broker's books and the marketplace's, which were kept apart, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.tables import AccountRow, EntryRow


def compare_books(marketplace: Marketplace, broker_cents: Mapping[str, int]) -> dict[str, Any]:
    """What the marketplace's own ledger says in integer cents, and whether the broker's says the same.

    The marketplace holds what the broker has reserved for open places or owes for undecided work.
    """
    with marketplace.read() as session:
        by_reason = select(EntryRow.reason, func.sum(EntryRow.cents)).group_by(col(EntryRow.reason))
        moved = dict(session.exec(by_reason).all())
        holds = select(func.sum(AccountRow.balance_cents)).where(col(AccountRow.id).startswith("held:"))
        held = session.exec(holds).one()
        sound = not check_books(session)
    market = {
        "rewards": int(moved.get("reward", 0)),
        "fees": int(moved.get("fee", 0)) + int(moved.get("bonus fee", 0)),
        "bonuses": int(moved.get("bonus", 0)),
        "held": int(held or 0),
    }
    broker = {name: broker_cents[name] for name in ("rewards", "fees", "bonuses")}
    broker["held"] = broker_cents["reserved"] + broker_cents["owed"]
    return {"marketplace_cents": market, "agree": sound and market == broker}
