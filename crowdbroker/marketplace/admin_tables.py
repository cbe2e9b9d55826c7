"""Tables of the operator's sign-in: links that open the admin page once, and the sessions that they opened.

Of both only the SHA-256 of a random token is kept, so that a copy of the database opens nothing.
"""

from sqlalchemy import BigInteger
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class AdminLinkRow(Base, table=True):
    """One link; it is good until it is used or has run out."""

    __tablename__ = "admin_link"

    token_hash: str = Field(primary_key=True)
    expires_ms: int = Field(sa_type=BigInteger)
    used_ms: int | None = Field(default=None, sa_type=BigInteger)


class AdminSessionRow(Base, table=True):
    """One browser of the operator."""

    __tablename__ = "admin_session"

    token_hash: str = Field(primary_key=True)
    opened_ms: int = Field(sa_type=BigInteger)
    seen_ms: int = Field(sa_type=BigInteger)
