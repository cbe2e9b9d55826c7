"""The first HIT of a Batch: did the marketplace set aside what our tariff says?

Marketplace and broker each have the tariff in their settings. Where they differ, the budget of the Batch is wrong for
every HIT, so it is told after the first. That is a warning and stops nothing, because a difference can also come from
another program that spends on the same account in that moment.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session, col, select

from crowdbroker.domain.money import dollars
from crowdbroker.errors import MarketError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.tables import HITRow


class FirstHIT:
    """Called after each HIT that was made; looks at the account after the first.

    Args:
        before_cents: what was available before it.
        ours_cents: what the Batch has reserved for it; None: nothing can be compared.
        tell: told in a sentence when the two differ.
    """

    def __init__(
        self, market: MTurk, *, before_cents: int, ours_cents: int | None, tell: Callable[[str], None]
    ) -> None:
        self._market = market
        self._before_cents = before_cents
        self._ours_cents = ours_cents
        self._tell = tell

    def __call__(self) -> None:
        ours, self._ours_cents = self._ours_cents, None
        if ours is None:
            return
        try:
            theirs = self._before_cents - self._market.balance_cents()
        except MarketError:
            return  # the next call to the marketplace says what is wrong with it
        # Amazon's sandbox shows one balance for ever; that says nothing about its fees.
        if theirs > 0 and theirs != ours:
            self._tell(
                f"Warning: the marketplace set {dollars(theirs)} aside for the first HIT, and the profile's tariff "
                f"says {dollars(ours)}. Ctrl-C stops here; then give both sides the same `tariff`."
            )


def cost_of_each(session: Session, batch_id: int) -> int | None:
    """What each HIT of a Batch costs at most, in cents; None where one is out already, or where they differ."""
    rows = select(HITRow.max_assignments, HITRow.reward_cents, HITRow.fee_cents).where(HITRow.batch_id == batch_id)
    if session.exec(rows.where(col(HITRow.hit_id).is_not(None)).limit(1)).first() is not None:
        return None
    costs = {places * (reward + fee) for places, reward, fee in session.exec(rows.distinct())}
    return costs.pop() if len(costs) == 1 else None
