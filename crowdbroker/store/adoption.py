"""Effects that an earlier database carried out: they are written as what they were, done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, update

from crowdbroker.domain.lifecycle import EffectState, check_move
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.tables import EffectRow


def adopt_effects(session: Session, made: Sequence[tuple[Intent, dict[str, Any]]], now: datetime) -> None:
    """Write Effects with the receipts that the marketplace shows; nothing of them is called.

    Raises:
        StaleState: one is here already, with another request.
    """
    check_move(EffectState.READY, EffectState.SENT)
    check_move(EffectState.SENT, EffectState.DONE)
    intend(session, [intent for intent, _ in made], now)
    for intent, receipt in made:
        session.exec(
            update(EffectRow)
            .where(col(EffectRow.key) == intent.key, col(EffectRow.state) == EffectState.READY)
            .values(state=EffectState.DONE, receipt=receipt, ended_at=now)
        )
