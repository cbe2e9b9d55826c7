"""Who does which work: a lease is a row that its holder renews, and that another takes over when the holder is gone."""

from __future__ import annotations

import functools
import os
import secrets
import socket
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.store.bulk import build_insert
from crowdbroker.store.process_tables import LeaseRow
from crowdbroker.store.tables import EffectRow

LASTS = timedelta(seconds=60)
"""How long a lease holds without being renewed."""


def this_process() -> str:
    """The name by which this process holds work: host, process id, and a mark that no other process has."""
    return _name(os.getpid())


@functools.cache
def _name(pid: int) -> str:
    # In a container each new process may get the host name and the number of the one before.
    return f"{socket.gethostname()}:{pid}:{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether a holder certainly works no more: a process of this machine that has ended.

    Of another machine's processes nothing is known but that they do not renew their leases.
    """
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdecimal():
        return False
    pid = int(rest)
    return holder != this_process() if pid == os.getpid() else not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def take(session: Session, work: str, holder: str, now: datetime) -> LeaseRow | None:
    """Take or renew a lease and return None, or return the lease of whoever holds it."""
    row = {"work": work, "holder": holder, "until": now + LASTS}
    table = LeaseRow.__table__  # type: ignore[attr-defined]
    free = (table.c.until <= now) | (table.c.holder == holder)
    statement = (
        build_insert(session, LeaseRow)
        .values(row)
        .on_conflict_do_update(index_elements=["work"], set_={"holder": holder, "until": row["until"]}, where=free)
        .returning(table.c.work)
    )
    if session.connection().execute(statement).first() is not None:
        return None
    held = session.exec(select(LeaseRow).where(col(LeaseRow.work) == work)).one()
    if not is_gone(held.holder):
        return held
    # Of several that find the holder gone, one gets the row.
    mine = (
        update(LeaseRow)
        .where(col(LeaseRow.work) == work, col(LeaseRow.holder) == held.holder)
        .values(holder=holder, until=row["until"])
        .execution_options(synchronize_session=False)
    )
    return None if session.exec(mine).rowcount == 1 else held


def give_back(session: Session, work: str, holder: str) -> None:
    """End a lease of one's own; one that was lost is left alone."""
    session.exec(delete(LeaseRow).where(col(LeaseRow.work) == work, col(LeaseRow.holder) == holder))


def holders_gone(session: Session, batch_id: int | None = None) -> list[str]:
    """Who had Effects under way and is certainly gone."""
    sent = select(EffectRow.leased_by).where(col(EffectRow.state) == EffectState.SENT).distinct()
    if batch_id is not None:
        sent = sent.where(col(EffectRow.batch_id) == batch_id)
    return [holder for holder in session.exec(sent) if holder is not None and is_gone(holder)]


def free_effects(session: Session, holders: Collection[str], now: datetime) -> None:
    """Let the Effects of holders who are gone be claimed now; they are looked up before they are called."""
    session.exec(
        update(EffectRow)
        .where(col(EffectRow.state) == EffectState.SENT, col(EffectRow.leased_by).in_(holders))
        .values(leased_by=None, lease_until=now)
        .execution_options(synchronize_session=False)
    )
