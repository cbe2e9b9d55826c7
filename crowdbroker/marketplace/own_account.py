"""What a worker does with an account: another name or password, a country, the end of its sessions, the end of it."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from crowdbroker.marketplace import accounts, worker
from crowdbroker.marketplace.account_tables import AccountRow, SessionRow
from crowdbroker.marketplace.inbox_tables import AppealRow, InboxMarkRow, NoticeRow
from crowdbroker.marketplace.invitations import InvitationRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualification_tables import QualificationRequestRow
from crowdbroker.marketplace.tables import MessageRow, WorkerRow
from crowdbroker.marketplace.workers import COUNTRY, known

FORMER = "Former worker"


class CountryRefused(accounts.AccountError):
    """The country is no ISO 3166 code of two letters, or one was told before."""


def rename(market: Marketplace, worker_id: str, name: str) -> str:
    """Give an account another name and return it as it is shown.

    Raises:
        NameRefused: the name is taken, of a wrong length or unprintable.
    """
    shown = accounts.shown_name(name)
    mine = col(AccountRow.worker_id) == worker_id
    try:
        with market.write() as session:
            session.execute(update(AccountRow).where(mine).values(name=shown, name_key=accounts.name_key(shown)))
            known(session, worker_id).name = shown
    except IntegrityError:
        raise accounts.taken(shown) from None
    return shown


def tell_country(market: Marketplace, worker_id: str, country: str) -> None:
    """Note where a worker lives, once: work may require it, so it is not changed back and forth.

    Raises:
        CountryRefused: it is not two letters, or the worker has told another one.
    """
    code = country.strip().upper()
    if not COUNTRY.fullmatch(code):
        raise CountryRefused("A country is two letters, such as DE or US.")
    with market.write() as session:
        row = session.exec(select(WorkerRow).where(WorkerRow.id == worker_id).with_for_update()).one()
        if row.country not in (None, code):
            raise CountryRefused("Your country is known. Ask whoever runs this site to change it.")
        row.country = code


def change_password(market: Marketplace, worker_id: str, name: str, old: str, new: str) -> None:
    """Give an account another password and end its sessions on all browsers.

    Raises:
        PasswordRefused: the new one is of a wrong length.
        SignInFailed, TooManyTries: the old one is wrong.
    """
    accounts.check_length(new)
    accounts.sign_in(market, name, old)
    password_hash = accounts.hashed(new)
    with market.write() as session:
        session.execute(
            update(AccountRow).where(col(AccountRow.worker_id) == worker_id).values(password_hash=password_hash)
        )
        _end_sessions(session, worker_id)


def sign_out_everywhere(market: Marketplace, worker_id: str) -> None:
    """End the sessions of an account on all browsers."""
    with market.write() as session:
        _end_sessions(session, worker_id)


def delete_account(market: Marketplace, worker_id: str, name: str, password: str) -> None:
    """Forget a person: account, name, country, letters, appeals and test answers go, held Assignments are returned.

    The WorkerId stays with what was submitted, with the Entries of the ledger and the consents, which are other
    people's records too. Money that is owed stays owed to the WorkerId.

    Raises:
        SignInFailed, TooManyTries: the password is wrong; nothing was changed.
    """
    accounts.sign_in(market, name, password)
    for held in worker.held(market, worker_id):
        worker.give_back(market, worker_id, held.assignment_id)
    with market.write() as session:
        _end_sessions(session, worker_id)
        for table in (AccountRow, MessageRow, NoticeRow, InboxMarkRow, AppealRow):
            session.execute(delete(table).where(col(table.worker_id) == worker_id))
        requests = update(QualificationRequestRow).where(col(QualificationRequestRow.worker_id) == worker_id)
        session.execute(requests.values(answer=None))
        invitation = update(InvitationRow).where(col(InvitationRow.worker_id) == worker_id)
        session.execute(invitation.values(name=FORMER, name_key=worker_id))
        row = known(session, worker_id)
        row.name, row.country, row.subdivision = FORMER, None, None


def _end_sessions(session: Session, worker_id: str) -> None:
    session.execute(delete(SessionRow).where(col(SessionRow.worker_id) == worker_id))
