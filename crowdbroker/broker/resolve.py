"""`resolve`: an Effect in doubt is settled, by what the marketplace shows or by a person who says what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from crowdbroker.broker.evidence import Evidence, look_at
from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay.kinds import Desk
from crowdbroker.broker.relay.loop import KINDS
from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.errors import InputError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.audit import record
from crowdbroker.store.doubts import settle_doubt
from crowdbroker.store.reads import view
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EffectRow


def inspect(store: Store, market: MTurk, effect: EffectRow, now: datetime, *, marketplace: str) -> Evidence:
    """What the marketplace shows of it now.

    Raises:
        SettingsError: its Batch was published on another marketplace.
    """
    with store.read() as session:
        check_marketplace(view(session.get_one(BatchRow, effect.batch_id)), marketplace)
    return look_at(Desk(store, market, now), effect)


def look_again(
    store: Store, effect: EffectRow, evidence: Evidence, clock: Callable[[], datetime], *, actor: str
) -> bool:
    """Settle it as done where the marketplace proves that it happened; return whether it did."""
    if evidence.receipt is None:
        return False
    _settle(store, effect, EffectState.DONE, evidence.receipt, evidence, clock(), actor, "The marketplace shows it.")
    return True


def resolve(
    store: Store,
    effect: EffectRow,
    evidence: Evidence,
    clock: Callable[[], datetime],
    *,
    happened: bool,
    actor: str,
    reason: str,
) -> None:
    """A person says whether it happened; the audit trail keeps who, why and what was seen.

    Raises:
        InputError: it is not in doubt, no reason is given, or the marketplace shows the contrary.
        StaleState: somebody else has settled it meanwhile.
    """
    if effect.state != EffectState.IN_DOUBT:
        raise InputError(
            f"the Effect {effect.key} is {effect.state}, not in doubt",
            field="EFFECT",
            remedy="`crowdbroker resolve` lists those in doubt.",
        )
    if not reason.strip():
        raise InputError(
            "a decision needs a reason, which is kept", field="--reason", remedy="Say how you know: --reason TEXT."
        )
    if happened and evidence.done_with is None:
        raise InputError(_contrary(evidence, "done"), field="--done", remedy="Look again later: --look-again.")
    if not happened and not evidence.may_fail:
        raise InputError(_contrary(evidence, "failed"), field="--failed", remedy="Look again: --look-again.")
    state = EffectState.DONE if happened else EffectState.FAILED
    _settle(store, effect, state, evidence.done_with or {}, evidence, clock(), actor, reason.strip())


def _contrary(evidence: Evidence, said: str) -> str:
    return f"what the marketplace shows does not let this be {said}: {' '.join(evidence.seen)}"


def _settle(
    store: Store,
    effect: EffectRow,
    state: EffectState,
    receipt: dict[str, Any],
    evidence: Evidence,
    now: datetime,
    actor: str,
    reason: str,
) -> None:
    done = state is EffectState.DONE
    with store.write(effect.batch_id) as session:
        settle_doubt(session, effect, state, receipt if done else {}, now)
        if done:
            KINDS[effect.kind].done(session, effect, receipt, now)
        elif evidence.otherwise is not None:
            KINDS[effect.kind].done(session, effect, evidence.otherwise, now)
        else:
            KINDS[effect.kind].failed(session, effect, now)
        record(
            session,
            actor=actor,
            action="resolve",
            subject=effect.key,
            reason=reason,
            evidence={"state": state.value, "seen": evidence.seen, "problem": effect.problem},
            batch_id=effect.batch_id,
            at=now,
        )
