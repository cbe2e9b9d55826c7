"""Many rows at once: those whose key exists already are left out, the others come back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Connection, Insert, MetaData, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from crowdbroker.store.tables import Base

COPY_FROM = 100
"""Rows from which on PostgreSQL's COPY is faster than an INSERT."""


def build_insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the session's database, which can say what happens to rows whose key exists already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table.__table__)  # type: ignore[attr-defined]
    return sqlite.insert(table.__table__)  # type: ignore[attr-defined]


def insert_new(session: Session, table: type[Base]) -> Insert:
    """An INSERT that leaves out rows whose key exists already, on any database."""
    return build_insert(session, table).on_conflict_do_nothing()


def insert_many(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], returning: Sequence[str] = ()
) -> Sequence[Any]:
    """Insert the rows that are new, and return these columns of them.

    Args:
        rows: all with the same keys, which are the table's columns.
    """
    if not rows:
        return []
    if session.get_bind().dialect.name == "postgresql" and len(rows) >= COPY_FROM:
        return _copied(session, table, rows, returning)
    statement: Any = insert_new(session, table)
    if not returning:
        session.connection().execute(statement, rows)
        return []
    columns = [table.__table__.c[name] for name in returning]  # type: ignore[attr-defined]
    return session.connection().execute(statement.returning(*columns), rows).all()


def _copied(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], returning: Sequence[str]
) -> Sequence[Any]:
    """COPY knows no conflicts, so the rows go to a table of this transaction first."""
    connection, target = session.connection(), table.__table__  # type: ignore[attr-defined]
    columns = [target.c[name] for name in rows[0]]
    passing = Table(
        f"new_{target.name}",
        MetaData(),
        *(Column(column.name, column.type) for column in columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    passing.create(connection)
    _copy(connection, passing, rows)
    names = [column.name for column in columns]
    statement: Any = postgresql.insert(target).from_select(names, select(passing)).on_conflict_do_nothing()
    if returning:
        statement = statement.returning(*(target.c[name] for name in returning))
    found = connection.execute(statement)
    made = found.all() if returning else []
    passing.drop(connection)
    return made


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    prepare = connection.dialect.identifier_preparer
    names = ", ".join(prepare.format_column(column) for column in table.c)
    documents = {column.name for column in table.c if isinstance(column.type, JSON)}
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {prepare.format_table(table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([json.dumps(value) if name in documents else value for name, value in row.items()])
