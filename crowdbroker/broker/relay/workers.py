"""The Effects on Workers: the qualification that excludes, who gets it and who no longer has it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.broker.relay.kinds import Desk, EffectKind, Kind, Receipt, nothing_follows
from crowdbroker.errors import Refused
from crowdbroker.store.tables import BatchRow, EffectRow


def _create_type(desk: Desk, effect: EffectRow) -> Receipt:
    name = effect.request["name"]
    try:
        type_id = desk.market.create_qualification_type(name, effect.request["description"])
    except Refused as error:
        found = desk.market.find_qualification_type(name) if error.code == "QualificationTypeAlreadyExists" else None
        if found is None:
            raise
        type_id = found
    return {"qualification_type_id": type_id}


def _find_type(desk: Desk, effect: EffectRow) -> Receipt | None:
    found = desk.market.find_qualification_type(effect.request["name"])
    return {"qualification_type_id": found} if found else None


def _keep_type(session: Session, effect: EffectRow, receipt: Receipt, _now: datetime) -> None:
    session.get_one(BatchRow, effect.batch_id).exclusion_type_id = receipt["qualification_type_id"]


def _superseded(desk: Desk, effect: EffectRow) -> bool:
    """Whether a later Effect says the contrary of the same Worker: one that was held up must not undo it."""
    contrary = EffectKind.READMIT if effect.kind == EffectKind.EXCLUDE else EffectKind.EXCLUDE
    later = select(EffectRow.id).where(
        col(EffectRow.batch_id) == effect.batch_id,
        col(EffectRow.kind) == contrary,
        col(EffectRow.request)["worker_id"].as_string() == effect.request["worker_id"],
        col(EffectRow.id) > effect.id,
    )
    with desk.store.read() as session:
        return session.exec(later.limit(1)).first() is not None


def _exclude(desk: Desk, effect: EffectRow) -> Receipt:
    if _superseded(desk, effect):
        return {}
    desk.market.grant(effect.request["qualification_type_id"], effect.request["worker_id"])
    return {"granted": True}


def _find_grant(_desk: Desk, _effect: EffectRow) -> Receipt | None:
    # Granting overwrites a value with itself and writes to nobody, so a second call is harmless.
    return None


def _excluded(_session: Session, _effect: EffectRow, _receipt: Receipt, _now: datetime) -> None:
    """The Exclusion was written, or lifted, with its verdict."""


def _readmit(desk: Desk, effect: EffectRow) -> Receipt:
    type_id, worker_id = effect.request["qualification_type_id"], effect.request["worker_id"]
    if _superseded(desk, effect):
        return {}
    try:
        desk.market.revoke(type_id, worker_id)
    except Refused:
        # Who does not hold it, also after our own earlier call, is where this was to lead.
        if desk.market.has_qualification(type_id, worker_id):
            raise
    return {"revoked": True}


QUALIFICATION_TYPE = Kind(act=_create_type, look_up=_find_type, done=_keep_type, failed=nothing_follows)
EXCLUDE = Kind(act=_exclude, look_up=_find_grant, done=_excluded, failed=nothing_follows)
READMIT = Kind(act=_readmit, look_up=_find_grant, done=_excluded, failed=nothing_follows)
