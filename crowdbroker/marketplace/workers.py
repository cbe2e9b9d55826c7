"""Workers: making one, finding one, and whether one may do something with a HIT type's work."""

from __future__ import annotations

import json
import re

from sqlmodel import Session

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualifications import Action, Standing, allows, seen_by, standing
from crowdbroker.marketplace.tables import BlockRow, HitTypeRow, WorkerRow
from crowdbroker.marketplace.work_errors import UnknownWorker, WorkError

_WORKER_ID = re.compile(r"A[A-Z0-9]{0,63}")
COUNTRY = re.compile(r"[A-Z]{2}")
SUBDIVISION = re.compile(r"[A-Z0-9]{2}")


def enrol(market: Marketplace, name: str, *, worker_id: str | None = None, country: str | None = None) -> str:
    """Return the WorkerId of a new worker.

    Args:
        market: where the worker will work.
        name: how the site addresses the worker.
        worker_id: a WorkerId of the worker's own, `A` and capital letters or digits; one is drawn when it is None.
        country: two capital letters, for requirements on the locale.

    Raises:
        WorkError: the WorkerId is taken or malformed, or the country is malformed.
    """
    with market.write() as session:
        return add_worker(session, worker_id or market.ids.person(), name, market.now_ms(), country=country)


def add_worker(
    session: Session,
    worker_id: str,
    name: str,
    now_ms: int,
    *,
    country: str | None = None,
    subdivision: str | None = None,
    adult: bool = True,
) -> str:
    """Make a worker with an account for what is owed, and return the WorkerId.

    Args:
        subdivision: of the country, two capital letters or digits as in ISO 3166-2, such as `CA` of `US-CA`.
        adult: whether the worker may see adult content.

    Raises:
        WorkError: as `enrol`, or the subdivision is malformed or has no country.
    """
    if not _WORKER_ID.fullmatch(worker_id):
        raise WorkError("A WorkerId is A and up to 63 capital letters or digits.")
    if country is not None and not COUNTRY.fullmatch(country):
        raise WorkError("A country is two capital letters.")
    if subdivision is not None and not SUBDIVISION.fullmatch(subdivision):
        raise WorkError("A subdivision is two capital letters or digits.")
    if subdivision is not None and country is None:
        raise WorkError("A subdivision needs its country.")
    if session.get(WorkerRow, worker_id) is not None:
        raise WorkError(f"The WorkerId {worker_id} is taken.")
    row = WorkerRow(id=worker_id, name=name, country=country, subdivision=subdivision, adult=adult, created_ms=now_ms)
    session.add(row)
    ledger.open_accounts(session, ledger.owed(worker_id))
    return worker_id


def known(session: Session, worker_id: str) -> WorkerRow:
    """Return a worker. Raises UnknownWorker."""
    row = session.get(WorkerRow, worker_id)
    if row is None:
        raise UnknownWorker(f"There is no worker {worker_id}.")
    return row


def blocked(session: Session, worker_id: str, requester_id: str) -> bool:
    """Whether a requester has blocked a worker."""
    return session.get(BlockRow, (requester_id, worker_id)) is not None


def may(who: Standing, kind: HitTypeRow, action: Action) -> bool:
    """Whether a worker of this standing meets what a HIT type requires for the action."""
    return allows(seen_by(who, kind.requester_id), json.loads(kind.requirements), action)


def may_with(
    session: Session, worker: WorkerRow, kind: HitTypeRow, action: Action, *, granted_by_ms: int | None = None
) -> bool:
    """Whether a worker may do this with a HIT type's work: not blocked, and qualified (`standing`)."""
    if blocked(session, worker.id, kind.requester_id):
        return False
    return may(standing(session, worker, granted_by_ms=granted_by_ms), kind, action)
