"""The texts that work asks consent for: an operator ties one to a requester or to a HIT type, version by version.

The MTurk API has no member for it, and a member of our own would be one that no MTurk client can send; so the operator
says it here (`crowdbroker marketplace consent`), and unmodified programs publish as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, col, select

from crowdbroker.marketplace.consent_tables import ConsentRow, ConsentTextRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.requesters import RequesterRefused, find
from crowdbroker.marketplace.tables import HitTypeRow, RequesterRow
from crowdbroker.marketplace.times import from_ms, maybe_from_ms

LONGEST = 100_000


@dataclass(frozen=True)
class ConsentText:
    """One version of a text.

    Attributes:
        hit_type_id: whose HITs ask for it; None: all of the requester's.
        ended_at: since when nobody is asked for it; None while it is in force.
        given, withdrawn: how many workers' consent stands, and how many have taken theirs back.
    """

    id: int
    requester: str
    hit_type_id: str | None
    version: int
    markdown: str
    made_at: datetime
    ended_at: datetime | None
    given: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class Consent:
    """One worker's consent to one version."""

    text: ConsentText
    worker_id: str
    given_at: datetime
    withdrawn_at: datetime | None


def set_text(market: Marketplace, who: str | None, markdown: str, *, hit_type_id: str | None = None) -> ConsentText:
    """Put a text in force and return it; the same words again are the version that is there.

    Args:
        who: the requester's id, access key or name; None: the only one.
        hit_type_id: ask for it at this HIT type only.

    Raises:
        RequesterRefused: there is no such requester or HIT type, or the text is empty or too long.
    """
    words = markdown.strip()
    if not words or len(words) > LONGEST:
        raise RequesterRefused(f"A consent text has 1 to {LONGEST:,} characters.")
    with market.write() as session:
        owner = find(session, who)
        _check_type(session, owner.id, hit_type_id)
        same_subject = _is_about(owner.id, hit_type_id)
        now = session.exec(select(ConsentTextRow).where(same_subject, col(ConsentTextRow.ended_ms).is_(None))).first()
        if now is None or now.markdown != words:
            versions = session.exec(select(func.max(ConsentTextRow.version)).where(same_subject)).one() or 0
            _end(session, same_subject, market.now_ms())
            now = ConsentTextRow(
                requester_id=owner.id,
                hit_type_id=hit_type_id,
                version=versions + 1,
                markdown=words,
                made_ms=market.now_ms(),
            )
            session.add(now)
            session.flush()
        return _text(now, owner.name)


def end_text(market: Marketplace, who: str | None, *, hit_type_id: str | None = None) -> bool:
    """Stop asking for a text; False when none was in force. Raises RequesterRefused: there is no such requester."""
    with market.write() as session:
        return _end(session, _is_about(find(session, who).id, hit_type_id), market.now_ms())


def text_for(session: Session, kind: HitTypeRow) -> ConsentTextRow | None:
    """Return the text in force for a HIT type: its own, else its requester's, else None."""
    own = col(ConsentTextRow.hit_type_id) == kind.id
    rows = select(ConsentTextRow).where(
        ConsentTextRow.requester_id == kind.requester_id,
        col(ConsentTextRow.ended_ms).is_(None),
        or_(own, col(ConsentTextRow.hit_type_id).is_(None)),
    )
    return session.exec(rows.order_by(col(ConsentTextRow.hit_type_id).is_(None))).first()


def consent_texts(market: Marketplace) -> list[ConsentText]:
    """Return every version of every text, the oldest first, with how many workers stand by it."""
    stands = func.count(col(ConsentRow.seq)) - func.count(col(ConsentRow.withdrawn_ms))
    rows = (
        select(ConsentTextRow, RequesterRow.name, stands, func.count(col(ConsentRow.withdrawn_ms)))
        .join(RequesterRow, col(RequesterRow.id) == col(ConsentTextRow.requester_id))
        .join(ConsentRow, col(ConsentRow.text_seq) == col(ConsentTextRow.seq), isouter=True)
        .group_by(col(ConsentTextRow.seq), col(RequesterRow.name))
        .order_by(col(ConsentTextRow.seq))
    )
    with market.read() as session:
        return [_text(row, name, given, back) for row, name, given, back in session.exec(rows).all()]


def consents(market: Marketplace, *, worker_id: str | None = None) -> list[Consent]:
    """Return consents, the oldest first, withdrawn ones too; of one worker, or of all."""
    rows = (
        select(ConsentRow, ConsentTextRow, RequesterRow.name)
        .join(ConsentTextRow, col(ConsentTextRow.seq) == col(ConsentRow.text_seq))
        .join(RequesterRow, col(RequesterRow.id) == col(ConsentTextRow.requester_id))
        .order_by(col(ConsentRow.seq))
    )
    if worker_id is not None:
        rows = rows.where(ConsentRow.worker_id == worker_id)
    with market.read() as session:
        return [
            Consent(_text(text, name), row.worker_id, from_ms(row.given_ms), maybe_from_ms(row.withdrawn_ms))
            for row, text, name in session.exec(rows).all()
        ]


def get_text(market: Marketplace, text_id: int) -> ConsentText | None:
    """Return one version, or None."""
    rows = select(ConsentTextRow, RequesterRow.name).where(
        ConsentTextRow.seq == text_id, RequesterRow.id == ConsentTextRow.requester_id
    )
    with market.read() as session:
        found = session.exec(rows).first()
    return None if found is None else _text(*found)


def _is_about(requester_id: str, hit_type_id: str | None) -> ColumnElement[bool]:
    subject = col(ConsentTextRow.hit_type_id)
    same_type = subject.is_(None) if hit_type_id is None else subject == hit_type_id
    return (col(ConsentTextRow.requester_id) == requester_id) & same_type


def _end(session: Session, subject: ColumnElement[bool], now_ms: int) -> bool:
    in_force = select(ConsentTextRow.seq).where(subject, col(ConsentTextRow.ended_ms).is_(None))
    ended = session.exec(in_force).all()
    session.execute(update(ConsentTextRow).where(col(ConsentTextRow.seq).in_(ended)).values(ended_ms=now_ms))
    return bool(ended)


def _check_type(session: Session, requester_id: str, hit_type_id: str | None) -> None:
    if hit_type_id is None:
        return
    owner = session.exec(select(HitTypeRow.requester_id).where(HitTypeRow.id == hit_type_id)).first()
    if owner != requester_id:
        raise RequesterRefused(f"{hit_type_id} is no HIT type of this requester.")


def _text(row: ConsentTextRow, requester: str, given: int = 0, withdrawn: int = 0) -> ConsentText:
    assert row.seq is not None, "it is stored"
    return ConsentText(
        id=row.seq,
        requester=requester,
        hit_type_id=row.hit_type_id,
        version=row.version,
        markdown=row.markdown,
        made_at=from_ms(row.made_ms),
        ended_at=maybe_from_ms(row.ended_ms),
        given=given,
        withdrawn=withdrawn,
    )
