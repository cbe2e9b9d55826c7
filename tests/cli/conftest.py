from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands import LOAD, Command, Result
from pets import LOAD_PETS, write_pictures, write_project

from crowdbroker.cli import main
from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.simulation.reading import read_page

ROWS = 12
MARKETPLACE = "sqlite:///crowdbroker-data/marketplace.db"


@pytest.fixture
def crowdbroker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a runner of commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def invoke(*arguments: str) -> Result:
        capsys.readouterr()
        code = main([*arguments])
        return Result(code, *capsys.readouterr())

    return invoke


@pytest.fixture(scope="session")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders to be copied, for making a database anew takes longer than most tests.

    `labels` is what `init` writes, with only the first reviews of the sample and with empty databases; in `published`
    these are loaded as Batch `first` and published; in `worked` two of three workers have done all, one round was run,
    and a second Batch was only loaded.
    """
    folder = tmp_path_factory.mktemp("folders")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _done("init", "labels")
        patch.chdir(folder / "labels")
        data = Path("data/reviews.csv")
        data.write_text("".join(data.read_text().splitlines(keepends=True)[: ROWS + 1]))
        _done("status")
        Marketplace.open(MARKETPLACE).close()
        shutil.copytree(folder / "labels", folder / "published")
        patch.chdir(folder / "published")
        _done(*LOAD)
        _done("publish", "--yes")
        shutil.copytree(folder / "published", folder / "worked")
        patch.chdir(folder / "worked")
        market = Marketplace.open(MARKETPLACE)
        for name in ("ann", "ben"):
            _work_off(market, worker.enrol(market, name), lambda _text: "neutral")
        market.close()
        _done("run", "--once")
        _done(*LOAD[:-1], "second")
    return folder


@pytest.fixture
def lab(crowdbroker: Command, _folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a runner of commands in a folder that `init` made."""
    return _in_a_copy(crowdbroker, _folders / "labels", tmp_path, monkeypatch)


@pytest.fixture
def published(crowdbroker: Command, _folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same after the sample was loaded as Batch `first` and published."""
    return _in_a_copy(crowdbroker, _folders / "published", tmp_path, monkeypatch)


@pytest.fixture
def worked(crowdbroker: Command, _folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same after two of three workers did all, one round was run, and a second Batch was loaded."""
    return _in_a_copy(crowdbroker, _folders / "worked", tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def _published_pets(_folders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like `labels` with twenty pictures, published as the Batch `pets`: four HITs for two people each."""
    folder = tmp_path_factory.mktemp("pets") / "labels"
    shutil.copytree(_folders / "labels", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_pictures(Path("pictures"), 20)
        write_project(Path("projects/pets.toml"))
        _done(*LOAD_PETS)
        _done("publish", "--yes")
    return folder


@pytest.fixture
def pets(crowdbroker: Command, _published_pets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a runner of commands where twenty pictures are published for colleagues."""
    return _in_a_copy(crowdbroker, _published_pets, tmp_path, monkeypatch)


@pytest.fixture
def colleagues() -> Iterator[Callable[..., int]]:
    """Return what lets named workers do all work at the marketplace of the current folder."""
    opened: list[Marketplace] = []

    def work(*names: str, says: Callable[[str], str] = lambda _text: "neutral") -> int:
        market = Marketplace.open(MARKETPLACE)
        opened.append(market)
        return sum(_work_off(market, worker.enrol(market, name), says) for name in names)

    yield work
    for market in opened:
        market.close()


def _done(*arguments: str) -> None:
    assert main([*arguments]) == 0


def _in_a_copy(crowdbroker: Command, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    shutil.copytree(folder, tmp_path / "labels")
    monkeypatch.chdir(tmp_path / "labels")
    return crowdbroker


def _work_off(market: Marketplace, worker_id: str, says: Callable[[str], str]) -> int:
    """Let one worker submit every HIT on offer; return how many."""
    done = 0
    while groups := [group for group in worker.groups(market, worker_id) if group.available]:
        held = worker.accept_next(market, worker_id, groups[0].hit_type_id)
        fields = [(asked.name, says(asked.text)) for asked in read_page(held.html or "")]
        worker.submit(market, worker_id, held.assignment_id, fields)
        done += 1
    return done
