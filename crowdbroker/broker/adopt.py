"""Adoption: a database was lost, the HITs are still at the marketplace, and a Batch that was loaded again takes them.

The annotation of each HIT names its Batch and its place there; its page proves that it is what the Batch would have
published. The Batch takes over the lost one's uid, so that every key, and so every token, is what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.broker.adopted_money import PaidBonus, our_bonuses, post_bonuses
from crowdbroker.broker.collect import Collected, collect
from crowdbroker.broker.orphans import Mark, mark_of, orphans
from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay.hits import page_of
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import HITState, check_move
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.mturk.client import MarketHIT, MTurk
from crowdbroker.store.adoption import adopt_effects
from crowdbroker.store.audit import record
from crowdbroker.store.effects import Intent
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView, view
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EffectRow, HITItemRow, HITRow

_AT_ONCE = 1000
"""HITs whose pages are read together: a database bounds how many ids one statement may name."""


@dataclass
class Adopted:
    """What a Batch took over.

    Attributes:
        uid: of the lost Batch.
        hits, siblings: HITs of the plan, and those that a top-up had published beside them.
        missing: HITs of the plan that the marketplace does not list: `publish` makes them anew.
        strange: HITIds with the mark of the lost Batch whose page is none of this one's.
        bonuses: bonuses that are in the books again.
        collected: what came in with them.
    """

    uid: str
    hits: int = 0
    siblings: int = 0
    missing: int = 0
    strange: list[str] = field(default_factory=list)
    bonuses: int = 0
    collected: Collected = field(default_factory=Collected)


@dataclass(frozen=True)
class _Match:
    hit: MarketHIT
    mark: Mark
    row: int
    sibling: bool


def adopt(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    tariff: Tariff,
    actor: str,
) -> Adopted:
    """Take over the HITs of the lost Batch that this one was, with their money and their work.

    Raises:
        InputError: this Batch was published already, or no lost Batch shows its pages.
        OverBudget: its budget does not cover what was published; nothing is adopted.
    """
    check_marketplace(batch, marketplace)
    with store.read() as session:
        _refuse_published(session, batch)
        pages = _pages(session, batch)
        lost = orphans(session, list(market.list_hits()))
    uid, hits = _choose(market, batch, lost, set(pages.values()))
    adopted, matches, hit_type_id = _match(market, uid, hits, pages)
    exclusion = market.find_qualification_type(f"No more work on {batch.project.name}")
    paid = [one for match in matches for one in our_bonuses(market, uid, match.hit.hit_id, tariff)]
    with store.write(batch.id) as session:
        _refuse_published(session, batch)
        row = session.get_one(BatchRow, batch.id)
        row.uid, row.endpoint, row.published_at = uid, marketplace, clock()
        row.hit_type_id, row.exclusion_type_id = hit_type_id, exclusion
        _take(session, batch, matches, hit_type_id, clock())
        adopted.bonuses = post_bonuses(session, batch.id, paid, clock())
        _record(session, batch, adopted, paid, clock(), actor)
        taken_over = view(row)
    adopted.collected = collect(store, market, taken_over, clock, marketplace=marketplace)
    return adopted


def _refuse_published(session: Session, batch: BatchView) -> None:
    if session.exec(select(EffectRow.id).where(col(EffectRow.batch_id) == batch.id).limit(1)).first() is not None:
        raise InputError(
            f"the Batch {batch.name!r} was published already",
            field="--adopt",
            remedy="Load the same Project, dataset and seed once more under another name, and adopt into that.",
        )


def _pages(session: Session, batch: BatchView) -> dict[int, str]:
    """HIT row -> the Question that it would be published with."""
    hits = select(HITRow.id).where(col(HITRow.batch_id) == batch.id).order_by(col(HITRow.position))
    rows = [row for row in session.exec(hits) if row is not None]
    pages: dict[int, str] = {}
    for start in range(0, len(rows), _AT_ONCE):
        pages |= page_of(session, batch.id, rows[start : start + _AT_ONCE])
    return pages


def _choose(
    market: MTurk, batch: BatchView, lost: dict[str, list[MarketHIT]], pages: set[str]
) -> tuple[str, list[MarketHIT]]:
    """The lost Batch of which some HIT shows a page of this one."""
    for uid, hits in sorted(lost.items()):
        # A HIT of a top-up shows the same pages, so that any one of a few tells.
        if any(market.get_page(hit.hit_id).question in pages for hit in hits[:3]):
            return uid, hits
    marks = ", ".join(sorted(lost)) or "none"
    raise InputError(
        f"no HIT at the marketplace shows a page of the Batch {batch.name!r} (lost Batches there: {marks})",
        field="--adopt",
        remedy="Load exactly the Project, template, dataset, gold and --seed that were published.",
    )


def _match(
    market: MTurk, uid: str, hits: Sequence[MarketHIT], pages: dict[int, str]
) -> tuple[Adopted, list[_Match], str]:
    adopted, matches, hit_type_id = Adopted(uid), [], ""
    by_position = dict(enumerate(pages))
    by_page = {page: row for row, page in reversed(pages.items())}
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda one: _mark(one).position):
        shown, mark = market.get_page(hit.hit_id), _mark(hit)
        row = by_position.get(mark.position)
        own = row is not None and pages[row] == shown.question and row not in taken
        like = row if own else by_page.get(shown.question)
        if like is None or (not own and mark.position in by_position):
            adopted.strange.append(hit.hit_id)
            continue
        taken.add(like)
        matches.append(_Match(hit, mark, like, sibling=not own))
        hit_type_id = shown.hit_type_id
    adopted.siblings = sum(match.sibling for match in matches)
    adopted.hits = len(matches) - adopted.siblings
    adopted.missing = len(pages) - adopted.hits
    return adopted, matches, hit_type_id


def _mark(hit: MarketHIT) -> Mark:
    mark = mark_of(hit.annotation)
    assert mark is not None
    return mark


def _take(session: Session, batch: BatchView, matches: Sequence[_Match], hit_type_id: str, now: datetime) -> None:
    """Open the HITs, set aside what all their places can cost, and keep the Effects that made them as done."""
    check_move(HITState.PLANNED, HITState.OPEN)
    made, transfers = [], []
    for match in matches:
        row = _sibling(session, batch, match) if match.sibling else session.get_one(HITRow, match.row)
        asked = {
            "HITTypeId": hit_type_id,
            "MaxAssignments": match.hit.max_assignments if match.sibling else row.max_assignments,
            "LifetimeInSeconds": batch.project.lifetime_s,
        }
        receipt = {"hit_id": match.hit.hit_id, "expires_at": match.hit.expires_at.isoformat()}
        key = match.hit.annotation
        made.append((Intent(key, EffectKind.CREATE_HIT, batch.id, asked, hit_row=row.id), receipt))
        row.state, row.hit_id = HITState.OPEN, match.hit.hit_id
        row.expires_at, row.max_assignments = match.hit.expires_at, match.hit.max_assignments
        cents = row.max_assignments * (row.reward_cents + row.fee_cents)
        transfers.append(Transfer(f"reserve:{key}", batch.id, {Account.AVAILABLE: -cents, Account.RESERVED: cents}))
    session.flush()
    post(session, transfers, now)
    adopt_effects(session, made, now)


def _sibling(session: Session, batch: BatchView, match: _Match) -> HITRow:
    """A HIT that a top-up had published for the missing Answers of another."""
    first = session.get_one(HITRow, match.row)
    sibling = HITRow(
        batch_id=batch.id,
        position=match.mark.position,
        max_assignments=match.hit.max_assignments,
        reward_cents=first.reward_cents,
        fee_cents=first.fee_cents,
        state=HITState.PLANNED,
        sibling_of=first.id,
    )
    session.add(sibling)
    session.flush()
    assert sibling.id is not None
    for item in session.exec(select(HITItemRow).where(col(HITItemRow.hit_id) == first.id)).all():
        session.add(HITItemRow(hit_id=sibling.id, position=item.position, item_id=item.item_id))
    return sibling


def _record(
    session: Session, batch: BatchView, adopted: Adopted, paid: Sequence[PaidBonus], now: datetime, actor: str
) -> None:
    record(
        session,
        actor=actor,
        action="adopt",
        subject=adopted.uid,
        reason="Its HITs were at the marketplace and in no database.",
        evidence={
            "hits": adopted.hits,
            "siblings": adopted.siblings,
            "missing": adopted.missing,
            "strange": adopted.strange,
            "bonuses": [one.key for one in paid],
        },
        batch_id=batch.id,
        at=now,
    )
