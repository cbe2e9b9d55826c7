"""`publish`: planned HITs go to the marketplace, after the money for their worst case is reserved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.first_hit import FirstHIT, cost_of_each
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import EffectState, HITState
from crowdbroker.domain.money import dollars, to_wire
from crowdbroker.domain.project import Project
from crowdbroker.errors import CrowdbrokerError, InsufficientFunds, OverBudget, SettingsError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.ledger import Account, Transfer, balances, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EffectRow, HITRow

_RESERVE_AT_ONCE = 1000


@dataclass(frozen=True)
class WorstCase:
    """What publishing a Batch's remaining planned HITs can cost at most."""

    hits: int
    assignments: int
    rewards_cents: int
    fees_cents: int

    @property
    def total_cents(self) -> int:
        """Rewards and fees."""
        return self.rewards_cents + self.fees_cents


def worst_case(session: Session, batch_id: int) -> WorstCase:
    """The worst case of the planned HITs for which no money is reserved yet."""
    places = func.sum(HITRow.max_assignments)
    rows = select(
        func.count(),
        func.coalesce(places, 0),
        func.coalesce(func.sum(HITRow.max_assignments * col(HITRow.reward_cents)), 0),
        func.coalesce(func.sum(HITRow.max_assignments * col(HITRow.fee_cents)), 0),
    ).where(*_unreserved(batch_id))
    hits, assignments, rewards, fees = session.exec(rows).one()
    return WorstCase(hits, int(assignments), int(rewards), int(fees))


def publish(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    progress: Callable[[int], None] = lambda _done: None,
    tell: Callable[[str], None] = lambda _sentence: None,
) -> RelayReport:
    """Publish what is planned; a HIT that the marketplace refused is tried again. A paused or closed Batch stays so.

    Args:
        marketplace: where the market is; a Batch stays with the one that it was first published on.
        tell: told in a sentence what is odd and stops nothing.

    Raises:
        OverBudget: the worst case passes what the Batch has left; nothing is sent.
        InsufficientFunds: the marketplace's account cannot cover the worst case; nothing is sent.
        SettingsError: the Batch was published on another marketplace.
    """
    check_marketplace(batch, marketplace)
    with store.read() as session:
        cost, each = worst_case(session, batch.id), cost_of_each(session, batch.id)
        available = balances(session, batch.id)[Account.AVAILABLE]
        row = session.get_one(BatchRow, batch.id)
        stopped = _is_stopped(row)
    if stopped:
        return relay(store, market, clock, batch_id=batch.id, progress=progress)
    if cost.total_cents > available:
        raise OverBudget(
            f"publishing {cost.hits} HITs costs at most {dollars(cost.total_cents)} and the Batch has "
            f"{dollars(available)} left",
            needed_cents=cost.total_cents,
            available_cents=available,
            remedy="Raise `budget` in the Project, or lower reward, overlap or the number of Items, and load again.",
        )
    _bind(store, batch, marketplace, clock())
    compare = FirstHIT(market, before_cents=0, ours_cents=None, tell=tell)
    if cost.hits:
        has = _check_account(market, marketplace, cost.total_cents)
        compare = FirstHIT(market, before_cents=has, ours_cents=each, tell=tell)
        hit_type_id = _hit_type(store, market, batch, clock)
        _reserve(store, batch, hit_type_id, clock())
    return relay(store, market, clock, batch_id=batch.id, progress=progress, hit_is_there=compare)


def _is_stopped(row: BatchRow) -> bool:
    return row.paused_at is not None or row.closed_at is not None


def check_marketplace(batch: BatchView, marketplace: str) -> None:
    """Raise SettingsError where a Batch was published on another marketplace than the profile's."""
    _refuse_other(batch.row, marketplace)


def _refuse_other(row: BatchRow, marketplace: str) -> None:
    if row.endpoint not in (None, marketplace):
        raise SettingsError(
            f"the Batch {row.name!r} was published on {row.endpoint!r}, and the profile's marketplace is "
            f"{marketplace!r}",
            remedy="Choose the profile that it was published with.",
        )


def _bind(store: Store, batch: BatchView, marketplace: str, now: datetime) -> None:
    check_marketplace(batch, marketplace)
    if batch.row.endpoint is None:
        with store.write(batch.id) as session:
            row = session.get_one(BatchRow, batch.id)
            # The view may be older than the first publication.
            _refuse_other(row, marketplace)
            row.endpoint, row.published_at = marketplace, row.published_at or now


def _check_account(market: MTurk, marketplace: str, needed_cents: int) -> int:
    """What the account has, in cents. Raises InsufficientFunds where it is less than needed."""
    has = market.balance_cents()
    if has < needed_cents:
        where = "your own marketplace" if marketplace == "own" else marketplace
        raise InsufficientFunds(
            f"the account at {where} (setting `profile`) has {dollars(has)}; publishing needs {dollars(needed_cents)}",
            code="InsufficientFunds",
            remedy="Add money (crowdbroker marketplace deposit), or lower reward, overlap or the number of Items.",
        )
    return has


def _hit_type(store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime]) -> str:
    """The HIT type of a Batch; Workers who hold the Project's exclusion may not even see it."""
    exclusion = _exclusion_type(store, market, batch, clock)
    hit_type_id = market.create_hit_type(hit_type_request(batch.project, exclusion))
    with store.write(batch.id) as session:
        session.get_one(BatchRow, batch.id).hit_type_id = hit_type_id
    return hit_type_id


def hit_type_request(project: Project, exclusion_type_id: str) -> dict[str, Any]:
    """The values of CreateHITType for a Project (API reference, CreateHITType)."""
    return {
        "Title": project.title,
        "Description": project.description,
        "Keywords": project.keywords,
        "Reward": to_wire(project.reward_cents),
        "AssignmentDurationInSeconds": project.time_allotted_s,
        "AutoApprovalDelayInSeconds": project.auto_approval_s,
        "QualificationRequirements": [
            *(one.to_wire() for one in project.qualifications),
            {
                "QualificationTypeId": exclusion_type_id,
                "Comparator": "DoesNotExist",
                "ActionsGuarded": "DiscoverPreviewAndAccept",
            },
        ],
    }


def _exclusion_type(store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime]) -> str:
    with store.write(batch.id) as session:
        known = session.get_one(BatchRow, batch.id).exclusion_type_id
        if known is None:
            name = f"No more work on {batch.project.name}"
            description = "Its holders are offered no more work of this kind. It says nothing else about them."
            key = f"{EffectKind.CREATE_QUALIFICATION_TYPE}:{batch.uid}{_again(_refused_types(session, batch.id))}"
            request = {"name": name, "description": description}
            intend(session, [Intent(key, EffectKind.CREATE_QUALIFICATION_TYPE, batch.id, request)], clock())
    if known is not None:
        return known
    report = relay(store, market, clock, batch_id=batch.id)
    with store.read() as session:
        made = session.get_one(BatchRow, batch.id).exclusion_type_id
    if made is None:
        raise CrowdbrokerError(
            f"the qualification that excludes Workers could not be made: {report.problem or 'it is being made'}",
            remedy="Publish again.",
        )
    return made


def _refused_types(session: Session, batch_id: int) -> int:
    rows = select(func.count()).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind) == EffectKind.CREATE_QUALIFICATION_TYPE,
        col(EffectRow.state) == EffectState.FAILED,
    )
    return session.exec(rows).one()


def _unreserved(batch_id: int) -> list[Any]:
    live = [EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT, EffectState.DONE]
    busy = select(EffectRow.hit_row).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind) == EffectKind.CREATE_HIT,
        col(EffectRow.state).in_(live),
    )
    return [col(HITRow.batch_id) == batch_id, col(HITRow.state) == HITState.PLANNED, col(HITRow.id).not_in(busy)]


def _reserve(store: Store, batch: BatchView, hit_type_id: str, now: datetime) -> None:
    """Reserve the worst case and write the Effects, a thousand HITs to a transaction."""
    while True:
        with store.write(batch.id) as session:
            waiting = (
                select(HITRow).where(*_unreserved(batch.id)).order_by(col(HITRow.position)).limit(_RESERVE_AT_ONCE)
            )
            hits = session.exec(waiting).all()
            # Another process may have paused or closed the Batch by now.
            if not hits or _is_stopped(session.get_one(BatchRow, batch.id)):
                return
            tries = _earlier_tries(session, batch.id)
            pairs = [(hit, _key(batch, hit, tries.get(hit.id or 0, 0))) for hit in hits]
            post(session, [_reservation(batch.id, hit, key) for hit, key in pairs], now)
            intend(session, [_intent(batch, hit, key, hit_type_id) for hit, key in pairs], now)


def _earlier_tries(session: Session, batch_id: int) -> dict[int, int]:
    rows = (
        select(EffectRow.hit_row, func.count())
        .where(col(EffectRow.batch_id) == batch_id, col(EffectRow.kind) == EffectKind.CREATE_HIT)
        .group_by(col(EffectRow.hit_row))
    )
    return {hit_row: count for hit_row, count in session.exec(rows) if hit_row is not None}


def _key(batch: BatchView, hit: HITRow, tries: int) -> str:
    return f"{EffectKind.CREATE_HIT}:{batch.uid}:{hit.position}{_again(tries)}"


def _again(tries: int) -> str:
    """What makes the key of another try a new one."""
    return f":{tries + 1}" if tries else ""


def _reservation(batch_id: int, hit: HITRow, key: str) -> Transfer:
    cents = hit.max_assignments * (hit.reward_cents + hit.fee_cents)
    return Transfer(f"reserve:{key}", batch_id, {Account.AVAILABLE: -cents, Account.RESERVED: cents})


def _intent(batch: BatchView, hit: HITRow, key: str, hit_type_id: str) -> Intent:
    request = {
        "HITTypeId": hit_type_id,
        "MaxAssignments": hit.max_assignments,
        "LifetimeInSeconds": batch.project.lifetime_s,
    }
    return Intent(key, EffectKind.CREATE_HIT, batch.id, request, hit_row=hit.id)
