"""Who may enter: names, roles and passwords. A person without a password enters by a link only."""

from __future__ import annotations

import functools
import secrets
import unicodedata
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import func
from sqlmodel import Session, col, delete, select, update

from crowdbroker.errors import InputError
from crowdbroker.review.roles import Role
from crowdbroker.store.audit import record
from crowdbroker.store.review_tables import ReviewerRow, ReviewLinkRow, ReviewSessionRow
from crowdbroker.store.store import Store

NAME_LENGTHS = range(2, 41)
PASSWORD_LENGTHS = range(10, 257)
OWNER = "owner"
"""The one person of a machine where no accounts were made."""

_hasher = PasswordHasher()


def folded(name: str) -> str:
    """A name as it is kept, the same for Ann and ann. It is what the audit trail shows."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def add_person(store: Store, name: str, role: Role, now: datetime, *, cap_cents: int | None, actor: str) -> int:
    """Make a person without a password, or let one in again who was removed, and return their row.

    Raises:
        InputError: the name is taken, or of a wrong length.
    """
    shown = folded(name)
    if len(shown) not in NAME_LENGTHS or not shown.isprintable():
        raise InputError("a name has 2 to 40 printable characters", field="NAME", remedy="Choose another name.")
    with store.write() as session:
        known = session.exec(select(ReviewerRow).where(col(ReviewerRow.name) == shown)).one_or_none()
        if known is not None and known.disabled_at is None:
            raise InputError(f"there is a person {shown!r} already", field="NAME", remedy="Choose another name.")
        # What they decided before stands under the same name.
        row = known or ReviewerRow(name=shown, password_hash="", role=role, created_at=now)
        row.role, row.cap_cents, row.disabled_at = role, cap_cents, None
        session.add(row)
        session.flush()
        evidence = {"role": role.value, "cap_cents": cap_cents}
        record(session, actor=actor, action="add_person", subject=f"person:{shown}", at=now, evidence=evidence)
        assert row.id is not None
        return row.id


def owner_row(store: Store, now: datetime) -> int | None:
    """The row of this machine's one person, made when first asked for; None where accounts were made."""
    if has_accounts(store):
        return None
    with store.read() as session:
        found = _find(session, OWNER)
    return found if found is not None else add_person(store, OWNER, Role.ADMIN, now, cap_cents=None, actor=OWNER)


def has_accounts(store: Store) -> bool:
    """Whether anybody but the owner may enter."""
    with store.read() as session:
        rows = select(func.count()).where(
            col(ReviewerRow.disabled_at).is_(None), (ReviewerRow.name != OWNER) | (ReviewerRow.password_hash != "")
        )
        return session.exec(rows).one() > 0


def all_people(store: Store) -> list[ReviewerRow]:
    """Everybody who may or might enter, by name."""
    with store.read() as session:
        return list(session.exec(select(ReviewerRow).order_by(ReviewerRow.name)))


def find_person(store: Store, name: str) -> int:
    """The row of a person.

    Raises:
        InputError: there is no such person, or they may not enter any more.
    """
    with store.read() as session:
        found = _find(session, folded(name))
        names = session.exec(select(ReviewerRow.name).where(col(ReviewerRow.disabled_at).is_(None))).all()
    if found is None or folded(name) not in names:
        raise InputError(
            f"there is no person {name!r}", field="NAME", remedy=f"There are: {', '.join(names) or 'none yet'}."
        )
    return found


def disable_person(store: Store, name: str, now: datetime, *, actor: str) -> None:
    """Let a person in no more: all their sessions and links end. Raises InputError where there is no such person."""
    row = find_person(store, name)
    with store.write() as session:
        session.exec(update(ReviewerRow).where(col(ReviewerRow.id) == row).values(disabled_at=now, password_hash=""))
        session.exec(delete(ReviewSessionRow).where(col(ReviewSessionRow.reviewer_id) == row))
        session.exec(delete(ReviewLinkRow).where(col(ReviewLinkRow.reviewer_id) == row))
        record(session, actor=actor, action="disable_person", subject=f"person:{folded(name)}", at=now)


def checked_hash(password: str) -> str:
    """What the database keeps of a new password. Raises InputError where its length is wrong."""
    if len(password) not in PASSWORD_LENGTHS:
        raise InputError(
            f"a password has {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters",
            remedy="A few words are easier to keep than signs.",
        )
    return _hasher.hash(password)


def is_right(password_hash: str, password: str) -> bool:
    """Whether a password is the one; that nobody has one takes as long, so that time tells nothing."""
    try:
        return _hasher.verify(password_hash or _nobody(), password[: PASSWORD_LENGTHS[-1]])
    except (VerifyMismatchError, InvalidHashError):
        return False


@functools.cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _find(session: Session, name: str) -> int | None:
    return session.exec(select(ReviewerRow.id).where(col(ReviewerRow.name) == name)).one_or_none()
