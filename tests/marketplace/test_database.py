"""Opening databases of this version, of the one before and of one to come, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from databases import postgres
from required import missing
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from crowdbroker.marketplace import Marketplace, MarketplaceUnusable
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.database import SCHEMA
from crowdbroker.marketplace.requesters import add_requester, disable, requesters
from crowdbroker.marketplace.tables import Base, MetaRow
from crowdbroker.marketplace.wire import answer

MASTER_KEY = "a master key for tests"
# What schema 1 had; those of the worker site were made by the site, and still are.
OLD_TABLES = {
    "marketplace_meta",
    "requester",
    "worker",
    "hit_type",
    "hit",
    "question",
    "assignment",
    "bonus",
    "request_token",
    "qualification_type",
    "qualification",
    "worker_block",
    "message",
    "account",
    "entry",
}
NEW_COLUMNS = (("requester", "disabled_ms"), ("requester", "webhook_rotations"), ("hit", "ended"))
NEW_INDEXES = ("request_token_by_age",)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/m.db"
        return
    server = postgres()
    if server is None:
        missing("postgresql", "its programs are not installed")
    empty = server.empty()
    yield empty
    server.drop(empty)


def opened(url: str) -> Marketplace:
    return Marketplace.open(url, master_key=MASTER_KEY)


def take_back(url: str) -> None:
    """Make a database what the program of schema 1 would have left."""
    market = opened(url)
    with market.write() as session:
        connection = session.connection()
        present = set(inspect(connection).get_table_names())
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in present - OLD_TABLES:
                connection.exec_driver_sql(f"DROP TABLE {table.name}")
        for index in NEW_INDEXES:
            connection.exec_driver_sql(f"DROP INDEX {index}")
        for table, column in NEW_COLUMNS:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.exec_driver_sql("ALTER TABLE worker ADD COLUMN masters BOOLEAN DEFAULT FALSE NOT NULL")
        session.get_one(MetaRow, "schema").value = 1
    market.close()


def balance(market: Marketplace, access_key: str) -> bytes:
    """Return what GetAccountBalance answers to the owner of a key."""
    headers = {
        "X-Amz-Target": "MTurkRequesterServiceV20170117.GetAccountBalance",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={access_key}/",
    }
    return answer(market, headers, b"{}", origin=Origin.IN_PROCESS).body


def test_a_database_of_the_version_before_is_brought_forward_with_what_it_holds(url):
    take_back(url)
    market = opened(url)
    assert [one.available_cents for one in requesters(market)] == [1_000_000]
    keys = add_requester(market, "Lab", deposit_cents=5)
    assert b'"0.05"' in balance(market, keys.access_key)
    assert disable(market, "Lab").disabled_at is not None
    market.switches.change(list_lag_s=1)
    with market.read() as session:
        assert session.get_one(MetaRow, "schema").value == SCHEMA
        assert check_books(session) == []
    market.close()
    again = opened(url)
    assert again.fidelity.on() == {"list_lag_s": 1}
    again.close()


def test_an_upgraded_database_has_the_columns_and_tables_of_a_new_one(url, tmp_path):
    def shape(market: Marketplace) -> dict[str, set[str]]:
        found = inspect(market.engine)
        return {
            table: {column["name"] for column in found.get_columns(table)}
            | {f"index {index['name']}" for index in found.get_indexes(table) if "duplicates_constraint" not in index}
            for table in found.get_table_names()
        }

    take_back(url)
    upgraded, new = opened(url), opened(f"sqlite:///{tmp_path}/new.db")
    assert shape(upgraded) == shape(new)
    upgraded.close()
    new.close()


def open_together(url: str) -> None:
    """Open a database four times at the same moment."""
    start = threading.Barrier(4)
    failures: list[Exception] = []

    def enter() -> None:
        start.wait()
        try:
            opened(url).close()
        except MarketplaceUnusable as error:
            failures.append(error)

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_several_who_open_an_old_database_at_once_upgrade_it_once(url):
    take_back(url)
    open_together(url)
    market = opened(url)
    with market.read() as session:
        # The first opening, four at once, and this one.
        assert session.get_one(MetaRow, "opened").value == 6
    market.close()


def test_several_may_make_one_database_together(url):
    open_together(url)
    market = opened(url)
    assert len(requesters(market)) == 1
    market.close()


def test_a_database_of_a_version_to_come_is_left_alone(url):
    market = opened(url)
    with market.write() as session:
        session.get_one(MetaRow, "schema").value = SCHEMA + 1
    market.close()
    with pytest.raises(MarketplaceUnusable, match=f"has schema {SCHEMA + 1} and this program works with"):
        opened(url)


def test_an_error_of_the_database_does_not_say_what_was_to_be_stored(url):
    market = opened(url)

    def store_again() -> None:
        with market.write() as session:
            session.add(MetaRow(name="schema", value=987_654_321))

    with pytest.raises(IntegrityError) as caught:
        store_again()
    assert "987654321" not in str(caught.value)
    market.close()
