"""Who calls: the requester behind an access key, and the default one while no other exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, bindparam, case, select
from sqlmodel import Session

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.tables import Base, RequesterRow

if TYPE_CHECKING:
    from crowdbroker.marketplace.marketplace import Marketplace

DEFAULT_NAME = "Requester"

_requester = Base.metadata.tables["requester"].c
# The owner of the key; failing that any requester with a key, whose being there says that strangers are not served;
# failing that the default requester.
_CALLER = (
    select(_requester.id, _requester.access_key)
    .order_by(
        case(
            (_requester.access_key == bindparam("key", type_=String), 0),
            (_requester.access_key.is_not(None), 1),
            else_=2,
        )
    )
    .limit(1)
)


def add_requester(
    session: Session,
    requester_id: str,
    name: str,
    *,
    at_ms: int,
    deposit_cents: int = 0,
    access_key: str | None = None,
    secret_key: str | None = None,
) -> None:
    """Make a requester with its accounts and its first deposit."""
    session.add(
        RequesterRow(id=requester_id, name=name, access_key=access_key, secret_key=secret_key, created_ms=at_ms)
    )
    ledger.open_accounts(session, ledger.available(requester_id), ledger.held(requester_id))
    deposit(session, requester_id, deposit_cents, at_ms=at_ms)


def deposit(session: Session, requester_id: str, cents: int, *, at_ms: int) -> None:
    """Give a requester money from outside."""
    ledger.move(session, ledger.BANK, ledger.available(requester_id), cents, "deposit", at_ms)


def deposit_default(market: Marketplace, cents: int) -> int:
    """Give the default requester money from outside and return what it has available then, in cents."""
    with market.write() as session:
        requester_id = caller(session, None)
        deposit(session, requester_id, cents, at_ms=market.now_ms())
        return ledger.balance_cents(session, ledger.available(requester_id))


def caller(session: Session, access_key: str | None) -> str:
    """Return the id of the requester whose key signed the call.

    While only the default requester exists, every key (and none) is the default requester's.

    Raises:
        Fault: the key belongs to nobody.
    """
    found = session.execute(_CALLER, {"key": access_key}).first()
    if found is None or found.access_key not in (access_key, None):
        raise Fault("PermissionDeniedException", "The access key of this call belongs to no requester.")
    return str(found.id)
