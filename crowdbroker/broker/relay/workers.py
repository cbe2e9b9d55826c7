"""The Effects on Workers: the qualification that excludes, and who holds it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from crowdbroker.broker.relay.kinds import Desk, Kind, Receipt, nothing_follows
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


def _exclude(desk: Desk, effect: EffectRow) -> Receipt:
    desk.market.grant(effect.request["qualification_type_id"], effect.request["worker_id"])
    return {"granted": True}


def _find_grant(_desk: Desk, _effect: EffectRow) -> Receipt | None:
    # Granting overwrites a value with itself and writes to nobody, so a second call is harmless.
    return None


def _excluded(_session: Session, _effect: EffectRow, _receipt: Receipt, _now: datetime) -> None:
    """The Exclusion was written with its verdict."""


QUALIFICATION_TYPE = Kind(act=_create_type, look_up=_find_type, done=_keep_type, failed=nothing_follows)
EXCLUDE = Kind(act=_exclude, look_up=_find_grant, done=_excluded, failed=nothing_follows)
