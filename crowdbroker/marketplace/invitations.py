"""Invitations to the worker site: a link for one person, good for one account and for some days.

The link carries a random 256-bit token of which the database keeps only the SHA-256, so it can be shown once and never
again. Rows are kept after use and after withdrawal: they say who came by which invitation, and that this site invites.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, CursorResult, and_, insert, update
from sqlmodel import Field, Session, col, select

from crowdbroker.marketplace import accounts
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import Base
from crowdbroker.marketplace.times import epoch_ms, from_ms, maybe_from_ms

VALID_FOR = timedelta(days=14)


class InvitationRow(Base, table=True):
    """One invitation; it is open until it is used, revoked or past its expiry.

    `worker_id` is whose account it made; of an open one, the imported worker who gets one by it.
    """

    __tablename__ = "site_invitation"

    token_hash: str = Field(primary_key=True)
    name: str
    name_key: str = Field(index=True)
    made_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    used_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)
    worker_id: str | None = None


class AlreadyInvited(accounts.AccountError):
    """The name has an open invitation, whose token nobody can show again."""


class InvitationOver(accounts.AccountError):
    """The invitation was used or revoked, or has run out."""


class UnknownInvitation(accounts.AccountError):
    """No invitation has this token."""


@dataclass(frozen=True)
class Invitation:
    """A new invitation, shown this once.

    Attributes:
        path: the page that it opens, from the site's root.
    """

    name: str
    token: str = field(repr=False)
    expires_at: datetime

    @property
    def path(self) -> str:
        """The address of its page, below the site's own."""
        return f"/invite/{self.token}"


@dataclass(frozen=True)
class Invited:
    """What the list of invitations says of one.

    Attributes:
        used_by: the WorkerId of the account that it made; None while unused.
    """

    name: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    revoked_at: datetime | None


def invite(market: Marketplace, name: str, *, valid_for: timedelta = VALID_FOR) -> Invitation:
    """Return a new invitation for somebody by this name.

    Raises:
        NameRefused: the name is taken or of a wrong length.
        AlreadyInvited: the name has an open invitation.
    """
    accounts.create_tables(market)
    now_ms = market.now_ms()
    with market.write() as session:
        return add_invitation(session, name, now_ms, valid_for=valid_for)


def add_invitation(
    session: Session, name: str, now_ms: int, *, valid_for: timedelta = VALID_FOR, worker_id: str | None = None
) -> Invitation:
    """Return a new invitation, stored with whatever else the transaction does.

    Args:
        worker_id: the worker who gets an account by it, such as one who was imported; None makes a new worker.

    Raises:
        NameRefused, AlreadyInvited: as `invite`.
    """
    shown, token = accounts.shown_name(name), secrets.token_urlsafe(32)
    expires_ms = epoch_ms(from_ms(now_ms) + valid_for)
    accounts.refuse_taken(session, shown)
    open_for_name = select(InvitationRow.token_hash).where(_is_for(shown), _is_open(now_ms))
    if session.exec(open_for_name).first() is not None:
        raise AlreadyInvited(f"{shown} has an open invitation. Revoke it to make a new one.")
    row = {"name": shown, "name_key": accounts.name_key(shown), "made_ms": now_ms, "expires_ms": expires_ms}
    session.execute(insert(InvitationRow).values(token_hash=accounts.hash_of(token), worker_id=worker_id, **row))
    return Invitation(shown, token, from_ms(expires_ms))


def invitations(market: Marketplace) -> list[Invited]:
    """Return every invitation ever made, the oldest first."""
    accounts.create_tables(market)
    with market.read() as session:
        rows = session.exec(select(InvitationRow).order_by(col(InvitationRow.made_ms), col(InvitationRow.name_key)))
        return [_invited(row) for row in rows.all()]


def has_invitations(market: Marketplace) -> bool:
    """Tell whether an invitation was ever made, whatever became of it."""
    accounts.create_tables(market)
    with market.read() as session:
        return session.exec(select(InvitationRow.token_hash).limit(1)).first() is not None


def revoke(market: Marketplace, name: str) -> bool:
    """Withdraw the open invitation of a name; False when there is none. An account that was made stays."""
    accounts.create_tables(market)
    now_ms = market.now_ms()
    with market.write() as session:
        done = session.execute(update(InvitationRow).where(_is_for(name), _is_open(now_ms)).values(revoked_ms=now_ms))
        return isinstance(done, CursorResult) and done.rowcount > 0


def invited_name(market: Marketplace, token: str) -> str:
    """Return the name on an open invitation. Raises UnknownInvitation or InvitationOver."""
    with market.read() as session:
        row = session.get(InvitationRow, accounts.hash_of(token))
    if row is None:
        raise UnknownInvitation("There is no such invitation. Check that the whole address was copied.")
    _refuse_over(row, market.now_ms())
    return row.name


def accept(market: Marketplace, token: str, name: str, password: str) -> str:
    """Return the WorkerId of the account that an invitation makes; account and use are one transaction.

    Raises:
        UnknownInvitation, InvitationOver: also when somebody else was faster.
        NameRefused, PasswordRefused: as `accounts.sign_up`; the invitation stays open.
    """
    invited_name(market, token)
    now_ms = market.now_ms()
    with market.read() as session:
        imported = session.exec(select(InvitationRow.worker_id).where(_is_this(token))).one()

    def use(session: Session, worker_id: str) -> None:
        used = (
            update(InvitationRow).where(_is_this(token), _is_open(now_ms)).values(used_ms=now_ms, worker_id=worker_id)
        )
        done = session.execute(used)
        if not isinstance(done, CursorResult) or done.rowcount != 1:
            raise InvitationOver(_USED)

    return accounts.sign_up(market, name, password, worker_id=imported, admit=use)


_USED = "This invitation has been used. Sign in with the name and the password that were chosen with it."


def _refuse_over(row: InvitationRow, now_ms: int) -> None:
    if row.used_ms is not None:
        raise InvitationOver(_USED)
    if row.revoked_ms is not None:
        raise InvitationOver("This invitation was withdrawn. Ask whoever sent it.")
    if row.expires_ms <= now_ms:
        raise InvitationOver("This invitation has run out. Ask whoever sent it for a new one.")


def _is_this(token: str) -> ColumnElement[bool]:
    return col(InvitationRow.token_hash) == accounts.hash_of(token)


def _is_for(name: str) -> ColumnElement[bool]:
    return col(InvitationRow.name_key) == accounts.name_key(name)


def _is_open(now_ms: int) -> ColumnElement[bool]:
    unused = and_(col(InvitationRow.used_ms).is_(None), col(InvitationRow.revoked_ms).is_(None))
    return and_(unused, col(InvitationRow.expires_ms) > now_ms)


def _invited(row: InvitationRow) -> Invited:
    return Invited(
        name=row.name,
        made_at=from_ms(row.made_ms),
        expires_at=from_ms(row.expires_ms),
        used_at=maybe_from_ms(row.used_ms),
        used_by=row.worker_id,
        revoked_at=maybe_from_ms(row.revoked_ms),
    )
