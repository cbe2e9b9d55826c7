"""A person's decisions on Workers and their pay; each is written with who made it, why and on what evidence.

They become Effects as all verdicts do: `run`, `settle` or `publish` carries them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from crowdbroker.broker.compensate import promise_bonus
from crowdbroker.broker.payers import Payer, check_cap
from crowdbroker.broker.readmit import BY_HAND, lift, readmit_if_cleared
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.quality import Decision
from crowdbroker.errors import InputError, StaleState
from crowdbroker.store.audit import acts_on, record
from crowdbroker.store.bulk import insert_new
from crowdbroker.store.reads import BatchView
from crowdbroker.store.review_tables import WorkerNoteRow
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, ExclusionRow, HITRow, WorkerRow

LONGEST_FEEDBACK = 1024
"""API reference, RejectAssignment: RequesterFeedback."""
LONGEST_NOTE = 4000
_OPEN = (AssignmentState.SUBMITTED, AssignmentState.HELD)
_UNDECIDED = (Decision.HOLD, Decision.REJECT)
_PAID = "Accepted after a second look."


def stamp(verdict: str | None, judged_at: datetime | None) -> str:
    """What a page carries of the verdict that it shows, so that nobody overrules what they have not seen."""
    return f"{verdict or ''}:{judged_at.isoformat() if judged_at else ''}"


def decide(
    store: Store,
    batch: BatchView,
    row: int,
    decision: Decision,
    *,
    reason: str,
    payer: Payer,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Pay, pay and exclude, or refuse an Assignment that is held or is to be refused.

    Args:
        row: the Assignment's row.
        reason: what the Worker reads; a payment has a default.
        seen: the stamp of the verdict that the person has looked at; None: they name the Assignment, and look at no
            page.

    Raises:
        InputError: a refusal has no reason, or the reason is longer than the wire takes.
        OverBudget: paying passes the person's cap.
        StaleState: it waits no longer, or its verdict is another one than was seen: somebody else has decided.
    """
    if decision is Decision.HOLD:
        raise InputError("Holding is what it does already.", remedy="Pay or refuse.")
    reason = _checked_reason(reason, needed=decision is Decision.REJECT) or _PAID
    with store.write(batch.id) as session:
        waiting = _waiting(session, batch, row, seen)
        before = {"verdict": waiting.verdict, "state": waiting.state, "reason": waiting.reason}
        cents = 0 if decision is Decision.REJECT else _price(session, waiting)
        check_cap(session, payer, cents, now)
        _change(session, waiting, decision, reason, now)
        if decision is Decision.APPROVE_AND_EXCLUDE:
            _exclude(session, batch, waiting.worker_row, reason, {**waiting.evidence, BY_HAND: payer.name}, now)
        evidence = {"before": before, "saw": dict(waiting.evidence), "worker": waiting.worker_row, "row": row}
        evidence |= {"cents": cents} if cents else {}
        _record(session, batch, payer, decision.value, f"assignment:{waiting.assignment_id}", reason, evidence, now)
        if decision is Decision.APPROVE:
            readmit_unless_by_hand(session, batch, waiting.worker_row, now, actor=payer.name)


def _waiting(session: Session, batch: BatchView, row: int, seen: str | None) -> AssignmentRow:
    found = session.get(AssignmentRow, row)
    if found is None or found.batch_id != batch.id:
        raise InputError("There is no such Assignment.")
    # A call that the marketplace refused has decided nothing.
    calls = select(EffectRow.id).where(col(EffectRow.assignment_row) == row, col(EffectRow.state) != EffectState.FAILED)
    begun = session.exec(calls).first()
    if begun is not None or found.state not in _OPEN or found.verdict not in _UNDECIDED:
        raise StaleState("This Assignment waits no longer: it is decided, or its decision is being carried out.")
    if seen is not None and seen != stamp(found.verdict, found.judged_at):
        acts = acts_on(session, f"assignment:{found.assignment_id}")
        who = acts[-1].actor if acts else "The program"
        raise StaleState(
            f"{who} has decided on this Assignment since you opened the page. Nothing of yours was written.",
            remedy="Look at it again, then decide.",
        )
    return found


def _change(session: Session, was: AssignmentRow, decision: Decision, reason: str, now: datetime) -> None:
    this = (
        col(AssignmentRow.id) == was.id,
        col(AssignmentRow.state) == was.state,
        col(AssignmentRow.verdict).in_(_UNDECIDED),
    )
    changed = session.exec(update(AssignmentRow).where(*this).values(verdict=decision, judged_at=now, reason=reason))
    if changed.rowcount != 1:
        raise StaleState("This Assignment waits no longer: somebody else has decided.")


def _price(session: Session, row: AssignmentRow) -> int:
    hit = session.get_one(HITRow, row.hit_row)
    return hit.reward_cents + hit.fee_cents


def readmit_unless_by_hand(session: Session, batch: BatchView, worker: int, now: datetime, *, actor: str) -> None:
    """Give a Worker work again where nothing stands against them, unless it was a person who excluded them."""
    row = session.get(ExclusionRow, (batch.id, worker))
    if row is not None and BY_HAND not in row.evidence:
        readmit_if_cleared(session, batch, worker, now, actor=actor)


def exclude(store: Store, batch: BatchView, worker: int, *, reason: str, payer: Payer, now: datetime) -> None:
    """Give a Worker no more of the Batch's work; what was submitted is paid as it would be.

    Raises:
        InputError: there is no reason, or the Worker is excluded already.
    """
    reason = _checked_reason(reason, needed=True)
    with store.write(batch.id) as session:
        if session.get(ExclusionRow, (batch.id, worker)) is not None:
            raise InputError("This Worker gets no more work of the Batch already.")
        _exclude(session, batch, worker, reason, {BY_HAND: payer.name}, now)
        _record(session, batch, payer, "exclude", _subject(session, worker), reason, {"worker": worker}, now)


def _exclude(
    session: Session, batch: BatchView, worker: int, reason: str, evidence: Mapping[str, Any], now: datetime
) -> None:
    known = session.get(ExclusionRow, (batch.id, worker))
    if known is not None:
        # The program excludes whom it holds; from here on it is this person's word.
        known.evidence = {**known.evidence, BY_HAND: evidence[BY_HAND]}
        return
    values = {"batch_id": batch.id, "worker_row": worker, "reason": reason, "evidence": dict(evidence), "at": now}
    session.connection().execute(insert_new(session, ExclusionRow), [values])


def readmit(store: Store, batch: BatchView, worker: int, *, reason: str, payer: Payer, now: datetime) -> None:
    """Give a Worker whom a person has excluded the Batch's work again; what they do next is judged anew.

    Raises:
        InputError: there is no reason, or no person has excluded the Worker.
    """
    reason = _checked_reason(reason, needed=True)
    with store.write(batch.id) as session:
        excluded = session.get(ExclusionRow, (batch.id, worker))
        if excluded is None:
            raise InputError("This Worker gets work of the Batch already.")
        if BY_HAND not in excluded.evidence:
            raise InputError(
                "The program has excluded this Worker, by the Project's rules.",
                remedy="Where that was for work that it holds or has refused, paying that work ends it.",
            )
        lift(session, batch, excluded, now, actor=payer.name, reason=reason)


def bonus(
    store: Store,
    batch: BatchView,
    worker: int,
    *,
    cents: int,
    reason: str,
    tariff: Tariff,
    payer: Payer,
    now: datetime,
) -> bool:
    """Promise a bonus on the Worker's latest decided Assignment; return whether it is new.

    Raises:
        InputError: there is no reason or no amount, or the Worker has no decided Assignment.
        OverBudget: it passes what the Batch has left, or the person's cap.
    """
    reason = _checked_reason(reason, needed=True)
    if cents < 1:
        raise InputError("A bonus is one cent at least.", remedy="Write an amount such as 0.50.")
    with store.write(batch.id) as session:
        name = session.get_one(WorkerRow, worker).worker_id
        total = cents + tariff.bonus_fee(cents)
        if not promise_bonus(session, batch, worker=name, cents=cents, reason=reason, tariff=tariff, now=now):
            return False
        check_cap(session, payer, total, now)
        evidence = {"cents": total, "bonus_cents": cents, "worker": worker}
        _record(session, batch, payer, "bonus", _subject(session, worker), reason, evidence, now)
    return True


def note(store: Store, batch: BatchView, worker: int, *, text: str, author: str, now: datetime) -> None:
    """Write down something about a Worker, which the Worker never sees.

    Raises:
        InputError: there is no text, or too much.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise InputError(f"A note has 1 to {LONGEST_NOTE:,} characters.", remedy="Change its length.")
    with store.write(batch.id) as session:
        session.add(WorkerNoteRow(worker_row=worker, author=author, text=text, at=now))
        # Its text stays out of the trail, which is never changed: with the note it can be forgotten.
        _record(session, batch, Payer(author), "note", _subject(session, worker), "", {"worker": worker}, now)


def _checked_reason(reason: str, *, needed: bool) -> str:
    reason = reason.strip()
    if needed and not reason:
        raise InputError("This needs a reason that its Worker can be told.", remedy="Write one sentence.")
    if len(reason) > LONGEST_FEEDBACK:
        raise InputError(
            f"The reason has {len(reason):,} characters, and MTurk takes {LONGEST_FEEDBACK:,}.", remedy="Shorten it."
        )
    return reason


def _subject(session: Session, worker: int) -> str:
    return f"worker:{session.get_one(WorkerRow, worker).worker_id}"


def _record(
    session: Session,
    batch: BatchView,
    payer: Payer,
    action: str,
    subject: str,
    reason: str,
    evidence: Mapping[str, Any],
    now: datetime,
) -> None:
    record(
        session,
        actor=payer.name,
        action=action,
        subject=subject,
        reason=reason,
        evidence=evidence,
        batch_id=batch.id,
        at=now,
    )
