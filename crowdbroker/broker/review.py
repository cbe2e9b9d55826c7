"""`review`: what a person decides about Labels holds over what votes say, now and after every later aggregation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select, update

from crowdbroker.domain.answer_kinds import BadAnswer, canonical
from crowdbroker.errors import InputError, StaleState
from crowdbroker.store.audit import record
from crowdbroker.store.reads import BatchView
from crowdbroker.store.review_tables import ReviewDecisionRow
from crowdbroker.store.review_writes import Held, add_decisions, held_decisions, label_rows
from crowdbroker.store.store import Store
from crowdbroker.store.tables import ItemRow, LabelRow


class DecisionKind(StrEnum):
    """What a person can decide about an Item; `more` asks its HIT for further Answers (see `send_back`)."""

    ACCEPT = "accept"
    CORRECT = "correct"
    MORE = "more"
    AMBIGUOUS = "ambiguous"
    GOLD = "gold"
    UNDO = "undo"

    @property
    def gives_label(self) -> bool:
        """Whether the person says what is right."""
        return self in (DecisionKind.ACCEPT, DecisionKind.CORRECT, DecisionKind.GOLD)


@dataclass(frozen=True)
class Wish:
    """What somebody decides about one Item, and what they had seen.

    Attributes:
        version: of the decision that held then; 0: none.
        seen: the mark of the Label that they saw (see `mark_of`).
        label: what is right, as a form gives it, where the kind says it; gold without one takes the Label as it is.
    """

    item: int
    kind: DecisionKind
    version: int
    seen: str = ""
    label: str = ""
    note: str = ""


def mark_of(label: str) -> str:
    """What a form carries of a Label that somebody saw: 16 hex digits, and nothing of no Label.

    The text itself would not come back as it was: browsers send every line break as two signs, and a thousand long
    Labels are more than a form may hold.
    """
    return hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:16] if label else ""


@dataclass(frozen=True)
class Decided:
    """A decision that was written; `was` and `now` are the kinds that held before and hold after, empty for none."""

    item: int
    version: int
    was: str
    now: str


class Overtaken(StaleState):
    """Somebody else decided on the Item meanwhile, or its Label changed: nothing was written.

    Attributes:
        held: the decision that holds now.
        label: the Label as it is now.
    """

    def __init__(self, item: int, held: Held, label: str) -> None:
        who = f"{held.reviewer} has decided on this Item meanwhile: {held.kind} {held.label!r}" if held.version else ""
        super().__init__(
            who or f"the Label has changed meanwhile: it is {label!r} now",
            remedy="Nothing of yours was written. Look at the Item again, then decide.",
        )
        self.item, self.held, self.label = item, held, label


def decide(store: Store, batch: BatchView, wish: Wish, *, reviewer: str, now: datetime) -> Decided:
    """Write one decision, its Label and its audit row in one transaction.

    Raises:
        Overtaken: the person has not seen what holds now.
        InputError: the Item is of another Batch, the label is none, there is nothing to accept or undo, or the kind
            is `more`.
    """
    _refuse_more([wish])
    with store.write(batch.id) as session:
        (decided,) = decide_in(session, batch, [wish], reviewer=reviewer, now=now)
    if isinstance(decided, Overtaken):
        raise decided
    return decided


def decide_many(
    store: Store, batch: BatchView, wishes: Sequence[Wish], *, reviewer: str, now: datetime
) -> tuple[list[Decided], list[Overtaken]]:
    """Write decisions in one transaction; Items on which somebody else decided meanwhile are left out and returned.

    Raises:
        InputError: as `decide`; nothing is written.
    """
    _refuse_more(wishes)
    with store.write(batch.id) as session:
        outcomes = decide_in(session, batch, wishes, reviewer=reviewer, now=now)
    decided = [one for one in outcomes if isinstance(one, Decided)]
    return decided, [one for one in outcomes if isinstance(one, Overtaken)]


def _refuse_more(wishes: Sequence[Wish]) -> None:
    # Written without places, the decision would take the Item out of the queue and ask nobody.
    if any(wish.kind is DecisionKind.MORE for wish in wishes):
        raise InputError("asking for Answers goes by sending back", remedy="Load the page again.")


def decide_in(
    session: Session, batch: BatchView, wishes: Sequence[Wish], *, reviewer: str, now: datetime
) -> list[Decided | Overtaken]:
    """The same in the caller's transaction, which nobody else writes the Batch in; one outcome for each wish."""
    items = {wish.item for wish in wishes}
    accepted = _accepted(session, batch, items)
    held, labels = held_decisions(session, items), label_rows(session, items)
    outcomes: list[Decided | Overtaken] = []
    for wish in wishes:
        before, row = held.get(wish.item, Held()), labels.get(wish.item)
        if before.version != wish.version or mark_of(row.label if row else "") != wish.seen:
            outcomes.append(Overtaken(wish.item, before, row.label if row else ""))
            continue
        label = _label(batch, wish, row)
        if wish.kind is DecisionKind.UNDO and before.kind in ("", DecisionKind.UNDO):
            raise InputError("there is no decision to undo", remedy="Load the page again.")
        if wish.kind is DecisionKind.GOLD and accepted[wish.item] and before.kind != DecisionKind.GOLD:
            raise InputError("the Item is gold already, by its dataset", remedy="Correct its Label instead.")
        _write(session, batch, wish, before, row, label, reviewer, now)
        holds = "" if wish.kind is DecisionKind.UNDO else wish.kind.value
        was = "" if before.kind == DecisionKind.UNDO else before.kind
        outcomes.append(Decided(wish.item, before.version + 1, was, holds))
    return outcomes


def _accepted(session: Session, batch: BatchView, items: set[int]) -> dict[int, Sequence[str]]:
    """Item row -> accepted labels. Raises InputError where an Item is of another Batch."""
    rows = select(ItemRow.id, ItemRow.accepted).where(col(ItemRow.id).in_(items), col(ItemRow.batch_id) == batch.id)
    found = {item: accepted for item, accepted in session.exec(rows) if item is not None}
    if found.keys() != items:
        raise InputError("an Item is not of this Batch", remedy="Load the page again.")
    return found


def _label(batch: BatchView, wish: Wish, row: LabelRow | None) -> str:
    """What is right, as the person says; empty where they do not."""
    if wish.kind is DecisionKind.ACCEPT or (wish.kind is DecisionKind.GOLD and not wish.label):
        if row is None or not row.label:
            raise InputError("there is no Label to accept", remedy="Give one, or wait for Answers.")
        # As it is kept: the canonical text of several labels is none that a form sends.
        return row.label
    if not wish.kind.gives_label:
        return ""
    try:
        return canonical(batch.project.kind, wish.label, batch.project.label_values)
    except BadAnswer as error:
        raise InputError(f"this is no Label of the Project: {error}", remedy="Choose one of its labels.") from error


def _write(
    session: Session,
    batch: BatchView,
    wish: Wish,
    before: Held,
    row: LabelRow | None,
    label: str,
    reviewer: str,
    now: datetime,
) -> None:
    seen = row.label if row else ""
    decision = ReviewDecisionRow(
        batch_id=batch.id,
        item_id=wish.item,
        version=before.version + 1,
        reviewer=reviewer,
        kind=wish.kind,
        label=label,
        seen=seen,
        note=wish.note,
        at=now,
    )
    add_decisions(session, [decision])
    _change_gold(session, wish, before, label)
    if row is not None or label:
        session.add(_decided_label(row or _no_label(batch, wish.item, now), wish, label, reviewer, now))
    evidence = {
        "version": before.version + 1,
        "seen": seen,
        "label": label,
        "before": before.kind,
        "confidence": row.confidence if row else None,
        "votes": row.votes if row else 0,
    }
    record(
        session,
        actor=reviewer,
        action=f"review_{wish.kind.value}",
        subject=f"item:{wish.item}",
        reason=wish.note,
        evidence=evidence,
        batch_id=batch.id,
        at=now,
    )


def _change_gold(session: Session, wish: Wish, before: Held, label: str) -> None:
    """An Item that a person made gold is gold while that decision holds; a dataset's own gold stays as it is."""
    made = wish.kind is DecisionKind.GOLD
    if not made and before.kind != DecisionKind.GOLD:
        return
    accepted = [label] if made else []
    session.exec(update(ItemRow).where(col(ItemRow.id) == wish.item).values(accepted=accepted))


def _no_label(batch: BatchView, item: int, now: datetime) -> LabelRow:
    """The Label of an Item of which votes say nothing."""
    values: dict[str, Any] = {"label": "", "confidence": 0.0, "votes": 0, "method": "review", "basis": "review"}
    return LabelRow(item_id=item, batch_id=batch.id, at=now, **values)


def _decided_label(row: LabelRow, wish: Wish, label: str, reviewer: str, now: datetime) -> LabelRow:
    undone = wish.kind is DecisionKind.UNDO
    row.review, row.decided_by = ("", "") if undone else (wish.kind.value, reviewer)
    row.label, row.confidence = (label, 1.0) if label else (row.crowd_label, row.crowd_confidence)
    row.at = now
    return row
