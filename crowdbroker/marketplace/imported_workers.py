"""Workers who come from elsewhere with their WorkerIds, their history and their groups: all of a list, or nobody.

A worker's history counts for the system qualifications (approval rate, number approved) as if it had happened here. A
group becomes a qualification type of one requester, and everybody of the group holds it with the value 1. E-mail
addresses are not kept: the invitations, one a worker, go out by the operator's own means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from crowdbroker.marketplace import accounts
from crowdbroker.marketplace.invitations import Invitation, add_invitation
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualification_tables import ACTIVE, GRANTED
from crowdbroker.marketplace.requesters import find
from crowdbroker.marketplace.tables import QualificationRow, QualificationTypeRow, WorkerRow
from crowdbroker.marketplace.work_errors import WorkError
from crowdbroker.marketplace.workers import add_worker

LONGEST_GROUP = 200
MOST_COUNTED = 10**9


@dataclass(frozen=True)
class Newcomer:
    """One row of the list.

    Attributes:
        row: where it stands, for messages.
        worker_id: the WorkerId to keep; None draws one.
        submitted, approved, rejected: Assignments elsewhere; approved and rejected are among the submitted.
        subdivision: of the country, such as `CA` of the US.
        adult: whether this worker may see adult content.
    """

    row: int
    name: str
    worker_id: str | None = None
    country: str | None = None
    groups: tuple[str, ...] = ()
    submitted: int = 0
    approved: int = 0
    rejected: int = 0
    subdivision: str | None = None
    adult: bool = True


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row: its column and a sentence."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Arrived:
    """One worker who is in, with the invitation to an account."""

    row: int
    worker_id: str
    invitation: Invitation


class ImportRefused(Exception):
    """The list has problems, so nobody came in."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = list(problems)


def import_workers(market: Marketplace, rows: Sequence[Newcomer], *, requester: str | None = None) -> list[Arrived]:
    """Bring in everybody of a list, in one transaction, and return them in its order.

    Args:
        requester: whose qualification types the groups are (id, access key or name); None: the only requester with a
            key, or the default one.

    Raises:
        ImportRefused: with everything that is wrong; nothing was stored.
        RequesterRefused: nobody is called so, or there are several and none was named.
    """
    accounts.create_tables(market)
    problems = [*_wrong_values(rows), *_repeated(rows)]
    with market.write() as session:
        owner = find(session, requester).id if any(row.groups for row in rows) else ""
        arrived = [one for row in rows if (one := _let_in(market, session, row, problems)) is not None]
        if problems:
            raise ImportRefused(sorted(problems, key=lambda one: one.row))
        types = {name: _group(market, session, owner, name) for row in rows for name in row.groups}
        for row, one in zip(rows, arrived, strict=True):
            for type_id in dict.fromkeys(types[name] for name in row.groups):
                _grant(session, type_id, one.worker_id, market.now_ms())
    return arrived


def _wrong_values(rows: Sequence[Newcomer]) -> Iterator[Problem]:
    for row in rows:
        for column in ("submitted", "approved", "rejected"):
            if not 0 <= getattr(row, column) <= MOST_COUNTED:
                yield Problem(row.row, column, f"A count is 0 to {MOST_COUNTED:,}.")
        if row.approved + row.rejected > row.submitted:
            yield Problem(row.row, "submitted", "Less was submitted than approved and rejected together.")
        for group in row.groups:
            if not group.strip() or len(group) > LONGEST_GROUP or not group.isprintable():
                yield Problem(row.row, "groups", f"A group is a name of up to {LONGEST_GROUP} printable characters.")


def _repeated(rows: Sequence[Newcomer]) -> Iterator[Problem]:
    names: dict[str, int] = {}
    ids: dict[str, int] = {}
    for row in rows:
        first = names.setdefault(accounts.name_key(row.name), row.row)
        if first != row.row:
            yield Problem(row.row, "name", f"Row {first} has the same name.")
        first = ids.setdefault(row.worker_id or "", row.row)
        if row.worker_id and first != row.row:
            yield Problem(row.row, "worker_id", f"Row {first} has the same WorkerId.")


def _let_in(market: Marketplace, session: Session, row: Newcomer, problems: list[Problem]) -> Arrived | None:
    now_ms, already = market.now_ms(), {one.row for one in problems}
    try:
        name = accounts.shown_name(row.name)
        worker_id = row.worker_id or market.ids.person()
        if row.row not in already:
            # A row that is known to be wrong would only repeat itself, or name what another row has just taken.
            lives = {"country": row.country, "subdivision": row.subdivision}
            add_worker(session, worker_id, name, now_ms, **lives, adult=row.adult)
            invitation = add_invitation(session, name, now_ms, worker_id=worker_id)
            _count(session, worker_id, row)
            return Arrived(row.row, worker_id, invitation)
    except accounts.AccountError as refusal:
        problems.append(Problem(row.row, "name", str(refusal)))
    except WorkError as refusal:
        column = next((one for one in ("subdivision", "country") if one in str(refusal)), "worker_id")
        problems.append(Problem(row.row, column, str(refusal)))
    return None


def _count(session: Session, worker_id: str, row: Newcomer) -> None:
    made = session.get_one(WorkerRow, worker_id)
    made.submitted, made.approved, made.rejected = row.submitted, row.approved, row.rejected


def _group(market: Marketplace, session: Session, owner: str, name: str) -> str:
    kind = QualificationTypeRow
    found = session.exec(select(kind.id).where(kind.requester_id == owner, kind.name == name.strip())).first()
    if found is not None:
        return found
    shown, made = name.strip(), market.ids.entity()
    session.add(
        QualificationTypeRow(
            id=made,
            requester_id=owner,
            name=shown,
            description=f"Workers of the group {shown}",
            status=ACTIVE,
            created_ms=market.now_ms(),
        )
    )
    session.flush()
    return made


def _grant(session: Session, type_id: str, worker_id: str, now_ms: int) -> None:
    session.merge(QualificationRow(type_id=type_id, worker_id=worker_id, value=1, status=GRANTED, granted_ms=now_ms))
