"""Alembic on the store's own migrations, without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

_UPGRADING = 0x63726F7764
"""The advisory lock of PostgreSQL that an upgrade holds; any number that nobody else takes will do."""


def config() -> Config:
    """Alembic's configuration for the migrations in this folder."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("path_separator", "os")
    return made


def known_versions() -> set[str]:
    """The versions that this program can migrate from."""
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema, in one transaction where the database allows it."""
    made = config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Of several that open a new database at once, one makes the tables and the others wait for it.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADING})
        made.attributes["connection"] = connection
        command.upgrade(made, "head")
