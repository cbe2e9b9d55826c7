"""What `publish --top-up` asks for again, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crowdbroker.cli.output import counted, note
from crowdbroker.cli.spending import spending_box

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.store.reads import BatchView


@dataclass(frozen=True)
class Missing:
    """Places that ended HITs lack to their overlap, and what they cost with fees if all are filled and paid."""

    hits: int = 0
    places: int = 0
    worst_case_cents: int = 0


def show_missing(app: App, batch: BatchView, *, reserved_before_cents: int) -> Missing:
    """What a top-up would ask for again, in a box on stderr where anything is missing.

    Args:
        reserved_before_cents: what publishing planned HITs takes from the budget at the same time.
    """
    from crowdbroker.broker.top_up import deficits
    from crowdbroker.domain.money import dollars
    from crowdbroker.store.ledger import Account, balances

    with app.store.read() as session:
        found = deficits(session, batch)
        cents = sum(one.missing * (one.hit.reward_cents + one.hit.fee_cents) for one in found)
        left = balances(session, batch.id)[Account.AVAILABLE] - reserved_before_cents - cents
    missing = Missing(len(found), sum(one.missing for one in found), cents)
    if not found:
        note("Nothing to top up: no HIT has ended with fewer answers than its Items should have.")
        return missing
    lines = [
        ("Batch", batch.name),
        ("Top up", f"{counted(missing.hits, 'ended HIT')} with {counted(missing.places, 'missing place')}"),
        ("Worst case", f"{dollars(cents)} with fees, every place filled and paid"),
        ("Then left", f"{dollars(left)} of the Batch's budget"),
    ]
    spending_box(app, lines)
    return missing
