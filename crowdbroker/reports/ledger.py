"""The ledger line by line, in the order in which it was written, for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from crowdbroker.formats.beancount import LedgerBatch, LedgerLine
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import BalanceRow, EntryRow

_AT_ONCE = 1000


def ledger_batches(session: Session, batches: Sequence[BatchView]) -> list[LedgerBatch]:
    """The Batches with their balances as they are kept, in cents; `deposited` is the negative source of the others."""
    kept: dict[int, dict[str, int]] = {batch.id: {} for batch in batches}
    for row in session.exec(select(BalanceRow).where(col(BalanceRow.batch_id).in_(kept))):
        kept[row.batch_id][row.account] = row.cents
    return [LedgerBatch(one.id, one.name, one.row.created_at.date(), kept[one.id]) for one in batches]


def ledger_lines(session: Session, batches: Sequence[BatchView]) -> Iterator[LedgerLine]:
    """All lines, by time; those of one transfer follow each other."""
    rows = (
        select(EntryRow)
        .where(col(EntryRow.batch_id).in_([one.id for one in batches]))
        .order_by(col(EntryRow.at), col(EntryRow.transfer), col(EntryRow.account))
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in session.exec(rows):
        yield LedgerLine(row.batch_id, row.transfer, row.account, row.cents, row.at)
