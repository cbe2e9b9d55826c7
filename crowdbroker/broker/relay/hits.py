"""The Effects on HITs."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from crowdbroker.broker.relay.changes import end_if_stopped
from crowdbroker.broker.relay.kinds import Desk, Kind, NeedsPerson, Receipt, looked_up, nothing_found, token_protects
from crowdbroker.domain.lifecycle import HITState, check_move
from crowdbroker.domain.project import Project
from crowdbroker.errors import Refused, StaleState
from crowdbroker.mturk.client import MarketHIT
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.mturk.question import html_question
from crowdbroker.store.effects import token_of
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import BatchRow, EffectRow, HITItemRow, HITRow, ItemRow

_HIT_ID = re.compile(r"\b[A-Z0-9]{30}\b")


def _load_pages(desk: Desk, effects: list[EffectRow]) -> None:
    """Render the pages of a group of HITs, each Batch's template compiled once."""
    by_batch: dict[int, list[int]] = defaultdict(list)
    for effect in effects:
        assert effect.hit_row is not None
        by_batch[effect.batch_id].append(effect.hit_row)
    with desk.store.read() as session:
        for batch_id, hit_rows in by_batch.items():
            desk.pages |= page_of(session, batch_id, hit_rows)


def page_of(session: Session, batch_id: int, hit_rows: list[int]) -> dict[int, str]:
    """HIT row -> the Question that the HIT is published with."""
    batch = session.get_one(BatchRow, batch_id)
    project = Project.model_validate_json(batch.project_json)
    template = PageTemplate.from_json(batch.page_source)
    return {
        hit_row: html_question(template.render(project, cells)) for hit_row, cells in _cells(session, hit_rows).items()
    }


def _cells(session: Session, hit_rows: list[int]) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {hit_row: [] for hit_row in hit_rows}
    rows = (
        select(HITItemRow.hit_id, ItemRow.data)
        .where(col(HITItemRow.item_id) == col(ItemRow.id), col(HITItemRow.hit_id).in_(hit_rows))
        .order_by(col(HITItemRow.hit_id), col(HITItemRow.position))
    )
    for hit_row, data in session.exec(rows):
        found[hit_row].append(dict(data))
    return found


def _create(desk: Desk, effect: EffectRow) -> Receipt:
    assert effect.hit_row is not None
    request = {**effect.request, "Question": desk.pages[effect.hit_row], "RequesterAnnotation": effect.key}
    try:
        return _receipt(desk.market.create_hit(request, token=token_of(effect.key)))
    except Refused as error:
        if error.code.lower() == "hitalreadyexists":
            return _adopt(desk, effect, error)
        # That this call was refused says nothing about an earlier one whose reply was lost.
        made = looked_up(_find, desk, effect) if effect.doubtful else None
        if made is None:
            raise
        return made


def _adopt(desk: Desk, effect: EffectRow, error: Refused) -> Receipt:
    """Our own earlier call, whose reply was lost: the refusal names the HIT, its annotation proves it ours."""
    named = _HIT_ID.search(error.message)
    made = looked_up(partial(_ours, named.group()) if named else _find, desk, effect)
    if made is None:
        raise NeedsPerson(f"the token of {effect.key} is used, and its HIT cannot be found ({error.message})")
    return made


def _ours(hit_id: str, desk: Desk, effect: EffectRow) -> Receipt | None:
    hit = desk.market.get_hit(hit_id)
    return _receipt(hit) if hit.annotation == effect.key else None


def _look_up(desk: Desk, effect: EffectRow) -> Receipt | None:
    """None while the token protects a second call; later, a search of all HITs by annotation."""
    if token_protects(desk, effect):
        return None
    made = _find(desk, effect)
    if made is None:
        raise nothing_found(desk, effect, "no HIT carries its annotation")
    return made


def _find(desk: Desk, effect: EffectRow) -> Receipt | None:
    return next((_receipt(hit) for hit in desk.market.list_hits() if hit.annotation == effect.key), None)


def _receipt(hit: MarketHIT) -> Receipt:
    return {"hit_id": hit.hit_id, "expires_at": hit.expires_at.isoformat()}


def _opened(session: Session, effect: EffectRow, receipt: Receipt, now: datetime) -> None:
    check_move(HITState.PLANNED, HITState.OPEN)
    hit = session.get_one(HITRow, effect.hit_row)  # the relay has read and locked the group's HITs
    if hit.state != HITState.PLANNED:
        raise StaleState(f"the HIT of {effect.key} is no longer planned")
    hit.state, hit.hit_id = HITState.OPEN, receipt["hit_id"]
    hit.expires_at = datetime.fromisoformat(receipt["expires_at"])
    end_if_stopped(session, hit, now)


def _release(session: Session, effect: EffectRow, now: datetime) -> None:
    hit = session.get_one(HITRow, effect.hit_row)
    cents = hit.max_assignments * (hit.reward_cents + hit.fee_cents)
    moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
    post(session, [Transfer(f"release:{effect.key}", effect.batch_id, moves)], now)


CREATE_HIT = Kind(act=_create, look_up=_look_up, done=_opened, failed=_release, prepare=_load_pages)
