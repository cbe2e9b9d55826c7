"""Tables of the worker site's doors: accounts, sessions, and the key that signs the site's tokens."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class AccountRow(Base, table=True):
    """One person who may sign in; `name_key` is the name folded, so that Ann and ann are one name."""

    __tablename__ = "site_account"

    worker_id: str = Field(primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    password_hash: str
    failed_tries: int = 0
    failed_ms: int = Field(default=0, sa_type=BigInteger)


class SessionRow(Base, table=True):
    """One browser that is signed in."""

    __tablename__ = "site_session"

    token_hash: str = Field(primary_key=True)
    worker_id: str = Field(index=True)
    opened_ms: int = Field(sa_type=BigInteger)
    seen_ms: int = Field(sa_type=BigInteger)


class KeyRow(Base, table=True):
    """The one key that signs the site's tokens; every process on this database uses the same."""

    __tablename__ = "site_key"

    id: int = Field(primary_key=True)
    key: str
