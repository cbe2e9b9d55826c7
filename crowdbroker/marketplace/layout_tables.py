"""Tables of HIT layouts: the layouts, which HIT was made from which, and what is doubtful about a HIT's page."""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class LayoutRow(Base, table=True):
    """One layout: HTML with placeholders. Its name is for people; several may have one, and the id tells them apart."""

    __tablename__ = "hit_layout"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    requester_id: str = Field(foreign_key="requester.id", index=True)
    name: str
    html: str
    frame_height: int
    created_ms: int = Field(sa_type=BigInteger)


class HitLayoutRow(Base, table=True):
    """The layout of one HIT; a HIT with a Question of its own has no row, and costs none."""

    __tablename__ = "layout_of_hit"

    hit_id: str = Field(primary_key=True, foreign_key="hit.id")
    layout_id: str = Field(foreign_key="hit_layout.id")


class HitWarningRow(Base, table=True):
    """One doubt about the pages of a HIT type, with the first HIT that gave rise to it."""

    __tablename__ = "hit_warning"
    __table_args__ = (UniqueConstraint("hit_type_id", "text"),)

    seq: int | None = Field(default=None, primary_key=True)
    requester_id: str = Field(foreign_key="requester.id", index=True)
    hit_type_id: str = Field(foreign_key="hit_type.id")
    hit_id: str = Field(foreign_key="hit.id")
    text: str
    warned_ms: int = Field(sa_type=BigInteger)
