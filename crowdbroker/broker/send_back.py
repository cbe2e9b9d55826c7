"""Items go back to Workers for more Answers: the HITs that hold them take further Assignments, by a top-up's way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.payers import Payer, check_cap
from crowdbroker.broker.review import Decided, DecisionKind, Overtaken, Wish, decide_in
from crowdbroker.broker.top_up import Deficit, ask_for, more_places
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.store.audit import record
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import HITItemRow, HITRow, ItemRow

MOST_PLACES = 20


@dataclass(frozen=True)
class SendingBack:
    """What sending Items back takes.

    Attributes:
        deficits: the HITs that take more Assignments; one may hold several of the Items.
        busy: Items whose HIT still takes work, or is being changed.
        gold: Items whose answer is known.
        cents: rewards and fees of all places, every one filled and paid; ten places and more have their own fee.
    """

    deficits: list[Deficit]
    going: list[int]
    busy: list[int]
    gold: list[int]
    cents: int


def quote_sending_back(
    session: Session, batch: BatchView, items: Sequence[int], places: int, tariff: Tariff
) -> SendingBack:
    """What sending these Items back for so many more Answers takes, before anything is done.

    Raises:
        InputError: the number of places makes no sense.
    """
    if not 1 <= places <= MOST_PLACES:
        raise InputError(f"1 to {MOST_PLACES} more Answers can be asked for", remedy="Choose a number between.")
    rows = select(ItemRow.id).where(
        col(ItemRow.id).in_(items), col(ItemRow.batch_id) == batch.id, func.json_array_length(ItemRow.accepted) > 0
    )
    gold = set(session.exec(rows))
    homes: dict[int, list[int]] = defaultdict(list)
    pages = (
        select(func.min(HITItemRow.hit_id), HITItemRow.item_id)
        .where(
            col(HITItemRow.hit_id) == col(HITRow.id),
            col(HITRow.batch_id) == batch.id,
            col(HITRow.sibling_of).is_(None),
            col(HITItemRow.item_id).in_(set(items) - gold),
        )
        .group_by(col(HITItemRow.item_id))
    )
    for hit, item in session.exec(pages):
        homes[hit].append(item)
    deficits = more_places(session, batch, homes, places)
    going = {item for one in deficits for item in homes[one.hit.id or 0]}
    return SendingBack(
        deficits,
        [item for item in items if item in going],
        [item for item in items if item not in going and item not in gold],
        [item for item in items if item in gold],
        sum(_price(batch, one, tariff) for one in deficits),
    )


def _price(batch: BatchView, one: Deficit, tariff: Tariff) -> int:
    """What the places of a Deficit cost: a HIT that may not grow gets a sibling, whose fee goes by its own places."""
    if one.extensible:
        return one.cents
    reward = one.hit.reward_cents
    return one.missing * (reward + tariff.reward_fee(reward, places=one.missing, masters=batch.project.masters))


def send_back(
    store: Store,
    batch: BatchView,
    wishes: Sequence[Wish],
    places: int,
    tariff: Tariff,
    *,
    reviewer: str,
    now: datetime,
    cap_cents: int | None = None,
) -> tuple[list[Decided], list[Overtaken], SendingBack]:
    """Write the decisions, and the Effects with their money reserved, in one transaction; `run` carries them out.

    The money of siblings, which HITs that may not grow get, is checked here and reserved when they are published.

    Args:
        wishes: of the kind `more`; Items on which somebody else decided meanwhile stay, and cost nothing.
        cap_cents: what the person may commit a day; None: nothing bounds it.

    Raises:
        InputError: the Batch is closed or paused, or none of the Items can go back.
        OverBudget: the Batch has not enough left, or it passes the person's cap for the day; nothing is done.
    """
    with store.write(batch.id) as session:
        quote = quote_sending_back(session, batch, [wish.item for wish in wishes], places, tariff)
        _refuse_none(quote)
        going = [replace(wish, kind=DecisionKind.MORE) for wish in wishes if wish.item in set(quote.going)]
        outcomes = decide_in(session, batch, going, reviewer=reviewer, now=now)
        decided = [one for one in outcomes if isinstance(one, Decided)]
        if decided:
            quote = quote_sending_back(session, batch, [one.item for one in decided], places, tariff)
            check_cap(session, Payer(reviewer, cap_cents), quote.cents, now)
            ask_for(session, batch, quote.deficits, tariff, now)
            evidence = {"cents": quote.cents, "places": places, "items": [one.item for one in decided]}
            subject = f"batch:{batch.id}"
            record(
                session,
                actor=reviewer,
                action="send_back",
                subject=subject,
                evidence=evidence,
                batch_id=batch.id,
                at=now,
            )
    return decided, [one for one in outcomes if isinstance(one, Overtaken)], quote


def _refuse_none(quote: SendingBack) -> None:
    if quote.going:
        return
    why = "is gold: its answer is known" if quote.gold and not quote.busy else "still takes work, or is being changed"
    raise InputError(
        f"no HIT can take more Answers: it {why}", remedy="Wait until it is over, or decide on the Item yourself."
    )
