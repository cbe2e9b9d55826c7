"""A folder, a marketplace and a clock of the demo's own, so that it touches nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crowdbroker.app import App
from crowdbroker.broker.check import Checked
from crowdbroker.broker.load import load
from crowdbroker.domain.model import Item
from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.marketplace import Marketplace
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.settings import Profile, Settings
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.reads import BatchView, find_batch

_MARK = ".crowdbroker-demo"
_FILES = ("store.db", "marketplace.db", "labels.csv", "workers.csv", "budget.json")
_ACCOUNT_CENTS = 1_000_000


@dataclass(frozen=True)
class Stage:
    """What a demo works with."""

    app: App
    marketplace: Marketplace
    clock: ManualClock
    workdir: Path

    def file(self, name: str) -> Path:
        """The absolute path of one of the demo's files."""
        return self.workdir / name


def yesterday(now: datetime) -> datetime:
    """Midnight (UTC) of the day before: simulated times lie in the past, and are the same all day."""
    return (now - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


@contextmanager
def staged(workdir: Path, *, seed: int, needs_cents: int = 0) -> Iterator[Stage]:
    """A fresh stage in a folder; an earlier demo's files there are replaced.

    Raises:
        InputError: the folder holds something that no demo made.
    """
    workdir = workdir.resolve()
    _clear(workdir)
    clock = ManualClock(yesterday(datetime.now(UTC)))
    settings = _own_settings(workdir)
    marketplace = Marketplace.open(
        settings.marketplace_url, clock=clock, seed=seed, starting_balance_cents=max(_ACCOUNT_CENTS, needs_cents)
    )
    app = App(settings, clock=clock, embedded=marketplace)
    try:
        yield Stage(app, marketplace, clock, workdir)
    finally:
        app.close()
        marketplace.close()


def load_batch(
    stage: Stage,
    project: Project,
    template: PageTemplate,
    found: Checked,
    *,
    name: str,
    items: Sequence[Item] = (),
    mixed_in: frozenset[str],
    seed: int,
) -> BatchView:
    """Load what a check found to be right.

    Raises:
        InputError: the check found a mistake.
    """
    if found.errors:
        raise found.errors[0]
    app = stage.app
    load(
        app.store,
        project,
        template,
        found.plans,
        name=name,
        items=items,
        mixed_in=mixed_in,
        tariff=app.tariff,
        seed=seed,
        now=app.clock(),
        # This marketplace has one store, and its ledger must follow the seed.
        uid=f"{name}-{seed}",
    )
    with app.store.read() as session:
        return find_batch(session, name)


def _own_settings(workdir: Path) -> Settings:
    """Settings that neither a file nor the environment has a say in: a demo runs for whoever has just come."""
    return Settings.model_construct(
        source=workdir,
        base=workdir,
        profile="embedded",
        profiles={"embedded": Profile()},
        data_dir=workdir,
        database_url=None,
    )


def _clear(workdir: Path) -> None:
    mark = workdir / _MARK
    try:
        if workdir.exists() and any(workdir.iterdir()) and not mark.is_file():
            raise InputError(
                "is not empty and holds no earlier demo", file=workdir, field="--workdir", remedy="Name a new folder."
            )
        workdir.mkdir(parents=True, exist_ok=True)
        mark.touch()
        for name in _FILES:
            for ending in ("", "-wal", "-shm"):
                (workdir / f"{name}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be used: {error.strerror}", file=workdir, field="--workdir", remedy="Name another folder."
        ) from error
