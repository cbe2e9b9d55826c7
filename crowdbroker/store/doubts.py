"""Effects in doubt, and how a person or a later look settles them: once, by compare-and-set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from crowdbroker.domain.lifecycle import EffectState, check_move
from crowdbroker.errors import InputError, StaleState
from crowdbroker.store.tables import EffectRow


def find_effect(session: Session, name: str) -> EffectRow:
    """The Effect of that number or key.

    Raises:
        InputError: there is none.
    """
    which = col(EffectRow.id) == int(name) if name.isdecimal() else col(EffectRow.key) == name
    found = session.exec(select(EffectRow).where(which)).first()
    if found is None:
        raise InputError(
            f"there is no Effect {name!r}", field="EFFECT", remedy="`crowdbroker resolve` lists those in doubt."
        )
    return found


def in_doubt(session: Session, batch_id: int | None = None) -> list[EffectRow]:
    """The Effects in doubt, of one Batch or of all, oldest first."""
    rows = select(EffectRow).where(col(EffectRow.state) == EffectState.IN_DOUBT).order_by(col(EffectRow.id))
    if batch_id is not None:
        rows = rows.where(col(EffectRow.batch_id) == batch_id)
    return list(session.exec(rows))


def settle_doubt(
    session: Session, effect: EffectRow, state: EffectState, receipt: dict[str, Any], now: datetime
) -> None:
    """End an Effect in doubt; the caller commits what follows from it in the same transaction.

    Raises:
        StaleState: somebody else has settled it meanwhile.
    """
    check_move(EffectState.IN_DOUBT, state)
    settled = session.exec(
        update(EffectRow)
        .where(col(EffectRow.id) == effect.id, col(EffectRow.state) == EffectState.IN_DOUBT)
        .values(state=state, receipt=receipt, ended_at=now)
    )
    if settled.rowcount != 1:
        raise StaleState(f"the Effect {effect.key} is no longer in doubt")
