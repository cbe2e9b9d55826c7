"""What the database says when it cannot go on becomes an error that a person can act on, once, at this border."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from crowdbroker.errors import StoreBusy, StoreUnusable

_BUSY = ("locked", "busy", "deadlock detected")
_FULL = ("disk is full", "No space left", "could not extend file")
_READ_ONLY = ("readonly", "read-only")
_NO_DATABASE = ("file is not a database", "malformed")
_KEPT = "What was done is saved: the same command goes on where it was."


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise our errors for those of the driver.

    Raises:
        StoreBusy: somebody else holds what was to be written.
        StoreUnusable: anything else that is no mistake of ours.
    """
    try:
        yield
    except DBAPIError as error:
        ours = _ours(error, engine)
        if ours is None:
            raise
        raise ours from error


def _ours(error: DBAPIError, engine: Engine) -> StoreBusy | StoreUnusable | None:
    problem, where = str(error.orig).strip(), engine.url
    if isinstance(error, OperationalError) and _says(problem, _BUSY):
        return StoreBusy(
            f"the database {where} is busy",
            remedy="Another crowdbroker works on it; try again when it has ended.",
        )
    if _says(problem, _NO_DATABASE):
        return StoreUnusable(f"{where} is no crowdbroker database: {problem}", remedy="Check data_dir or database_url.")
    if _says(problem, _FULL):
        return StoreUnusable(f"the disk of the database {where} is full", remedy=f"Make room. {_KEPT}")
    if _says(problem, _READ_ONLY):
        return StoreUnusable(
            f"the database {where} cannot be written: {problem}",
            remedy=f"Give this user the right to write it and its folder. {_KEPT}",
        )
    if error.connection_invalidated:
        return StoreUnusable(f"the database {where} went away: {problem}", remedy=f"Start it again. {_KEPT}")
    if isinstance(error, OperationalError):
        return StoreUnusable(
            f"the database {where} cannot be used: {problem}",
            remedy="Check data_dir or database_url in the settings.",
        )
    return None


def _says(problem: str, words: tuple[str, ...]) -> bool:
    return any(word in problem for word in words)
