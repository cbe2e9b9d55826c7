"""Workers: making one, finding one, and whether one may do something with a HIT type's work."""

from __future__ import annotations

import json
import re

from sqlmodel import Session

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualifications import Action, Standing, allows, standing
from crowdbroker.marketplace.tables import BlockRow, HitTypeRow, WorkerRow
from crowdbroker.marketplace.work_errors import UnknownWorker, WorkError

_WORKER_ID = re.compile(r"A[A-Z0-9]{0,63}")
_COUNTRY = re.compile(r"[A-Z]{2}")


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
    chosen = worker_id or market.ids.person()
    if not _WORKER_ID.fullmatch(chosen):
        raise WorkError("A WorkerId is A and up to 63 capital letters or digits.")
    if country is not None and not _COUNTRY.fullmatch(country):
        raise WorkError("A country is two capital letters.")
    with market.write() as session:
        if session.get(WorkerRow, chosen) is not None:
            raise WorkError(f"The WorkerId {chosen} is taken.")
        session.add(WorkerRow(id=chosen, name=name, country=country, created_ms=market.now_ms()))
        ledger.open_accounts(session, ledger.owed(chosen))
    return chosen


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
    return allows(who, json.loads(kind.requirements), action)


def may_with(session: Session, worker: WorkerRow, kind: HitTypeRow, action: Action) -> bool:
    """Whether a worker may do this with a HIT type's work: not blocked, and qualified."""
    if blocked(session, worker.id, kind.requester_id):
        return False
    return may(standing(session, worker), kind, action)
