from __future__ import annotations

import sqlite3

import pytest
from sqlmodel import SQLModel, select

from crowdbroker.marketplace import FREE, Marketplace, MarketplaceUnusable, worker
from crowdbroker.marketplace.tables import Base, MetaRow, RequesterRow


def test_a_database_keeps_everything_between_two_openings(open_desk):
    first = open_desk()
    hit = first.hit()
    first.market.close()
    assert open_desk().look(hit)["HITStatus"] == "Assignable"


def test_a_seed_gives_the_same_ids_and_never_one_twice_in_a_database(tmp_path, clock):
    def ids(folder):
        drawn = []
        for _ in range(2):
            market = Marketplace.open(f"sqlite:///{tmp_path}/{folder}/m.db", clock=clock, seed=3)
            drawn += [worker.enrol(market, "Ann"), market.ids.entity()]
            market.close()
        return drawn

    first, second = ids("a"), ids("b")
    assert first == second
    assert len(set(first)) == 4


def test_without_a_seed_ids_are_nobodys_guess(tmp_path):
    market = Marketplace.open(f"sqlite:///{tmp_path}/m.db")
    assert len({market.ids.entity() for _ in range(1000)}) == 1000
    market.close()


def test_another_schema_version_is_refused_in_one_sentence(open_desk):
    desk = open_desk()
    with desk.market.write() as session:
        session.get_one(MetaRow, "schema").value = 99
    with pytest.raises(MarketplaceUnusable, match="has schema 99 and this program works with schema "):
        open_desk()


@pytest.mark.parametrize("url", ["not a url", "sqlite:////proc/nowhere/m.db"])
def test_what_cannot_be_opened_is_said_in_one_sentence(url):
    with pytest.raises(MarketplaceUnusable):
        Marketplace.open(url)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "m.db").write_text("hello " * 1000)
    with pytest.raises(MarketplaceUnusable):
        Marketplace.open(f"sqlite:///{tmp_path}/m.db")


def test_another_programs_database_is_left_alone(tmp_path):
    other = sqlite3.connect(tmp_path / "m.db")
    other.execute("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(MarketplaceUnusable, match="another program's tables"):
        Marketplace.open(f"sqlite:///{tmp_path}/m.db")
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


def test_the_books_of_a_new_marketplace_start_with_the_deposit(open_desk):
    desk = open_desk(starting_balance_cents=12_345, tariff=FREE)
    assert desk.balance() == ("123.45", "0.00")
    desk.hit(Reward="1.00")
    assert desk.balance() == ("122.45", "1.00")
    assert desk.problems() == []


def test_a_failed_write_leaves_nothing_behind(desk):
    def fail():
        with desk.market.write() as session:
            session.add(RequesterRow(id="A1", name="x", created_ms=0))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with desk.market.read() as session:
        assert session.exec(select(RequesterRow).where(RequesterRow.id == "A1")).first() is None


def test_the_marketplaces_tables_are_on_no_other_metadata():
    assert "hit" in Base.metadata.tables
    assert Base.metadata is not SQLModel.metadata
    assert "hit" not in SQLModel.metadata.tables
