"""The table of the fidelity switches that an operator has thrown."""

from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class FidelityRow(Base, table=True):
    """The one row of switches in force, `id` 1, as JSON; without it the configured ones are in force."""

    __tablename__ = "fidelity"

    id: int = Field(primary_key=True)
    document: str
