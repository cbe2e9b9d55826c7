"""Who sits at the worker site: names, passwords and sessions.

A session is a random 256-bit token that only the browser knows; the database keeps its SHA-256, so that a copy of the
database opens no session. Times are whole epoch milliseconds by the marketplace's clock, as in its other tables.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import ColumnElement, CursorResult, case, delete, insert, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from crowdbroker.marketplace import hashing, worker
from crowdbroker.marketplace.account_tables import AccountRow, KeyRow, SessionRow
from crowdbroker.marketplace.disabled_workers import is_disabled
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import Base
from crowdbroker.marketplace.times import DAY_MS

NAME_LENGTHS = range(2, 41)
PASSWORD_LENGTHS = range(8, 257)
FREE_TRIES = 5
TRIES_WINDOW_MS = 15 * 60_000
IDLE_MS = 7 * DAY_MS
ABSOLUTE_MS = 30 * DAY_MS
# Noting every request as "seen" would turn each page view into a database write.
SEEN_STEP_MS = 60_000

_hasher = PasswordHasher()
_gate = hashing.Gate()


class AccountError(Exception):
    """One sentence for the person at the form."""


class NameRefused(AccountError):
    """The name is taken, too short, too long or unprintable."""


class PasswordRefused(AccountError):
    """The new password is too short or too long."""


class SignInFailed(AccountError):
    """Name and password do not belong together; which of the two is wrong is not told."""


class TooManyTries(AccountError):
    """The account has had its free failed tries; the right password does not help until the window is over."""


class ManyAtTheDoor(TooManyTries):
    """So many people sign in at this moment that nobody else can; nothing was counted against this one."""


class ShutOut(AccountError):
    """The operator has disabled the worker."""


@dataclass(frozen=True)
class Person:
    """A worker who is signed in."""

    worker_id: str
    name: str


def create_tables(market: Marketplace) -> None:
    """Create the site's own tables, of every module that is imported, where they are missing."""
    ours = [table for name, table in Base.metadata.tables.items() if name.startswith("site_")]
    with market.write() as session:
        Base.metadata.create_all(session.connection(), tables=ours)


def signing_key(market: Marketplace) -> str:
    """Return the site's signing key, made at the first call on a database."""
    with market.read() as session:
        row = session.get(KeyRow, 1)
        if row is not None:
            return row.key
    try:
        with market.write() as session:
            session.execute(insert(KeyRow).values(id=1, key=secrets.token_urlsafe(32)))
    except IntegrityError:
        pass  # another process was first; its key is as good
    with market.read() as session:
        return session.exec(select(KeyRow.key)).one()


def sign_up(
    market: Marketplace,
    name: str,
    password: str,
    *,
    worker_id: str | None = None,
    admit: Callable[[Session, str], None] | None = None,
) -> str:
    """Return the WorkerId of a worker with a new account.

    Args:
        worker_id: a worker without an account, such as one who was imported; None makes a new worker.
        admit: called with the WorkerId inside the transaction that makes the account; when it raises, no account is
            made.

    Raises:
        NameRefused: the name is taken or of a wrong length.
        PasswordRefused: the password is of a wrong length.
        ManyAtTheDoor: too many others sign in or up at this moment.
    """
    shown = shown_name(name)
    check_length(password)
    with market.read() as session:
        refuse_taken(session, shown)
    password_hash = hashed(password)
    worker_id = worker_id or worker.enrol(market, shown)
    row = {"worker_id": worker_id, "name": shown, "name_key": name_key(shown), "password_hash": password_hash}
    try:
        with market.write() as session:
            session.execute(insert(AccountRow).values(**row, failed_tries=0, failed_ms=0))
            if admit is not None:
                admit(session, worker_id)
    except IntegrityError:
        raise taken(shown) from None
    return worker_id


def sign_in(market: Marketplace, name: str, password: str) -> str:
    """Return the WorkerId that name and password belong to.

    Raises:
        SignInFailed: they belong to nobody.
        TooManyTries: the account is closed for a while after `FREE_TRIES` failed tries.
        ShutOut: the operator lets this worker in no more.
        ManyAtTheDoor: too many others sign in at this moment.
    """
    with market.read() as session:
        found = _account(session, name)
    with _hashing():
        if found is None:
            _hasher.hash(password[: PASSWORD_LENGTHS[-1]])  # costs the same as a known name, so that time tells nothing
            raise _mismatch()
        worker_id, password_hash = found
        _count_try(market, worker_id)
        try:
            _hasher.verify(password_hash, password)
        except VerifyMismatchError:
            raise _mismatch() from None
    with market.write() as session:
        if is_disabled(session, worker_id):
            raise ShutOut("The operator of this site has closed your account. What you have earned is still yours.")
        session.execute(update(AccountRow).where(col(AccountRow.worker_id) == worker_id).values(failed_tries=0))
    return worker_id


def check_length(password: str) -> None:
    """Raise PasswordRefused when a new password is too short or too long."""
    if len(password) not in PASSWORD_LENGTHS:
        raise PasswordRefused(f"Choose a password of {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters.")


def hashed(password: str) -> str:
    """Return what the database keeps of a new password. Raises PasswordRefused or ManyAtTheDoor."""
    check_length(password)
    with _hashing():
        return _hasher.hash(password)


@contextmanager
def _hashing() -> Iterator[None]:
    try:
        with _gate.entered():
            yield
    except hashing.TooBusy:
        raise ManyAtTheDoor("Many people sign in at this moment. Try again in a few seconds.") from None


def _mismatch() -> SignInFailed:
    return SignInFailed("This name and password do not belong together.")


def open_session(market: Marketplace, worker_id: str, *, replaces: str | None = None) -> str:
    """Return a fresh session token; the session of the token `replaces`, if any, ends in the same moment."""
    token, now = secrets.token_urlsafe(32), market.now_ms()
    with market.write() as session:
        if replaces:
            session.execute(delete(SessionRow).where(col(SessionRow.token_hash) == hash_of(replaces)))
        session.execute(delete(SessionRow).where(_is_over(now)))
        row = {"token_hash": hash_of(token), "worker_id": worker_id, "opened_ms": now, "seen_ms": now}
        session.execute(insert(SessionRow).values(**row))
    return token


def close_session(market: Marketplace, token: str) -> None:
    """End the session of a token; an unknown token is no error."""
    with market.write() as session:
        session.execute(delete(SessionRow).where(col(SessionRow.token_hash) == hash_of(token)))


def person_of(market: Marketplace, token: str) -> Person | None:
    """Return who holds a session token, or None when it is unknown or has run out."""
    now = market.now_ms()
    wanted = (
        select(AccountRow.worker_id, AccountRow.name, SessionRow.seen_ms)
        .join(SessionRow, col(SessionRow.worker_id) == col(AccountRow.worker_id))
        .where(col(SessionRow.token_hash) == hash_of(token), ~_is_over(now))
    )
    with market.read() as session:
        found = session.exec(wanted).one_or_none()
    if found is None:
        return None
    worker_id, name, seen_ms = found
    if now - seen_ms >= SEEN_STEP_MS:
        with market.write() as session:
            session.execute(update(SessionRow).where(col(SessionRow.token_hash) == hash_of(token)).values(seen_ms=now))
    return Person(worker_id, name)


def _count_try(market: Marketplace, worker_id: str) -> None:
    """Count a try before its password is looked at, so that tries sent side by side cannot all slip through."""
    now = market.now_ms()
    over = col(AccountRow.failed_ms) <= now - TRIES_WINDOW_MS
    open_ = or_(col(AccountRow.failed_tries) < FREE_TRIES, over)
    counted = case((over, 1), else_=col(AccountRow.failed_tries) + 1)
    statement = (
        update(AccountRow)
        .where(col(AccountRow.worker_id) == worker_id, open_)
        .values(failed_tries=counted, failed_ms=now)
    )
    with market.write() as session:
        done = session.execute(statement)
        allowed = isinstance(done, CursorResult) and done.rowcount == 1
    if not allowed:
        raise TooManyTries("Too many failed tries. Wait 15 minutes, then try again.")


def _account(session: Session, name: str) -> tuple[str, str] | None:
    wanted = select(AccountRow.worker_id, AccountRow.password_hash).where(AccountRow.name_key == name_key(name))
    return session.exec(wanted).one_or_none()


def shown_name(name: str) -> str:
    """Return a name as it is shown. Raises NameRefused when it is too short, too long or unprintable."""
    shown = " ".join(unicodedata.normalize("NFKC", name).split())
    if len(shown) not in NAME_LENGTHS or not shown.isprintable():
        raise NameRefused(f"Choose a name of {NAME_LENGTHS[0]} to {NAME_LENGTHS[-1]} printable characters.")
    return shown


def name_key(name: str) -> str:
    """Return a name folded, the same for Ann and ann."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def refuse_taken(session: Session, name: str) -> None:
    """Raise NameRefused when an account has this name."""
    if _account(session, name) is not None:
        raise taken(name)


def taken(name: str) -> NameRefused:
    """Return the refusal of a name that an account has."""
    return NameRefused(f"The name {name} is taken. Choose another one, or sign in if it is yours.")


def _is_over(now_ms: int) -> ColumnElement[bool]:
    return or_(col(SessionRow.seen_ms) <= now_ms - IDLE_MS, col(SessionRow.opened_ms) <= now_ms - ABSOLUTE_MS)


def hash_of(token: str) -> str:
    """Return what the database keeps of a secret token: its SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()
