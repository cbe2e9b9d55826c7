"""A worker's inbox: messages of requesters and notices of the marketplace, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, func, literal, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from crowdbroker.marketplace.inbox_tables import InboxMarkRow, NoticeRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import MessageRow, RequesterRow
from crowdbroker.marketplace.times import from_ms

_MESSAGE, _NOTICE = 0, 1


@dataclass(frozen=True)
class Letter:
    """One message or notice.

    Attributes:
        requester: who wrote it; empty: the marketplace itself.
        link: the page of the site that it is about, or empty.
        is_new: whether it was never shown before.
    """

    requester: str
    subject: str
    text: str
    link: str
    sent_at: datetime
    is_new: bool


@dataclass(frozen=True)
class Inbox:
    """Some letters, and how many there are in all."""

    letters: list[Letter]
    total: int


def unread(market: Marketplace, worker_id: str) -> int:
    """Return how many letters were never shown."""
    with market.read() as session:
        mark = _mark(session, worker_id)
        messages = select(func.count()).where(MessageRow.worker_id == worker_id, col(MessageRow.seq) > mark.message_seq)
        notices = select(func.count()).where(NoticeRow.worker_id == worker_id, col(NoticeRow.seq) > mark.notice_seq)
        return session.exec(messages).one() + session.exec(notices).one()


def read_inbox(market: Marketplace, worker_id: str, *, first: int = 0, most: int = 25) -> Inbox:
    """Return letters, the newest first, `first` of them passed over."""
    with market.read() as session:
        mark = _mark(session, worker_id)
        all_of_them = _letters(worker_id)
        total = session.execute(select_columns(func.count()).select_from(all_of_them)).scalar_one()
        column = all_of_them.c
        rows = select_columns(all_of_them).order_by(column.sent_ms.desc(), column.kind, column.seq.desc())
        letters = [
            Letter(
                requester=row.requester,
                subject=row.subject,
                text=row.text,
                link=row.link,
                sent_at=from_ms(row.sent_ms),
                is_new=row.seq > (mark.message_seq if row.kind == _MESSAGE else mark.notice_seq),
            )
            for row in session.execute(rows.offset(first).limit(most))
        ]
    return Inbox(letters, total)


def mark_read(market: Marketplace, worker_id: str) -> None:
    """Note that everything that is there now was shown."""
    newest_message = select(func.max(MessageRow.seq)).where(MessageRow.worker_id == worker_id)
    newest_notice = select(func.max(NoticeRow.seq)).where(NoticeRow.worker_id == worker_id)
    with market.write() as session:
        message_seq, notice_seq = session.exec(newest_message).one(), session.exec(newest_notice).one()
        row = InboxMarkRow(worker_id=worker_id, message_seq=message_seq or 0, notice_seq=notice_seq or 0)
        session.merge(row)


def _mark(session: Session, worker_id: str) -> InboxMarkRow:
    return session.get(InboxMarkRow, worker_id) or InboxMarkRow(worker_id=worker_id)


def _letters(worker_id: str) -> Subquery:
    message, notice = MessageRow, NoticeRow
    messages: Select[*tuple[Any, ...]] = (
        select_columns(
            literal(_MESSAGE).label("kind"),
            col(message.seq).label("seq"),
            col(RequesterRow.name).label("requester"),
            col(message.subject).label("subject"),
            col(message.text).label("text"),
            literal("").label("link"),
            col(message.sent_ms).label("sent_ms"),
        )
        .join(RequesterRow, col(RequesterRow.id) == col(message.requester_id))
        .where(col(message.worker_id) == worker_id)
    )
    notices = select_columns(
        literal(_NOTICE),
        col(notice.seq),
        literal(""),
        col(notice.subject),
        col(notice.text),
        col(notice.link),
        col(notice.sent_ms),
    ).where(col(notice.worker_id) == worker_id)
    return union_all(messages, notices).subquery()
