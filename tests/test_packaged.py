"""The files that come with crowdbroker are found from a checkout, an editable install and a wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from crowdbroker import __version__
from crowdbroker.packaged import packaged

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["config", "hit_templates"])
def test_a_checkout_and_an_editable_install_use_the_folders_beside_the_package(name: str) -> None:
    assert packaged(name) == ROOT / name
    assert packaged(name).is_dir()


def run(*command: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONSTARTUP")}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel")
    out = tmp_path_factory.mktemp("wheel")
    build = (
        "import sys; from hatchling.builders.wheel import WheelBuilder;"
        "print(next(WheelBuilder(sys.argv[1]).build(directory=sys.argv[2])))"
    )
    return Path(run("-c", build, str(ROOT), str(out), cwd=out).stdout.strip().splitlines()[-1])


def test_the_wheel_carries_every_template_and_setting_once(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    for name in ("config", "hit_templates"):
        wanted = {str(path.relative_to(ROOT)) for path in (ROOT / name).rglob("*") if path.is_file()}
        inside = {name.removeprefix("crowdbroker/_packaged/") for name in names if "/_packaged/" in name}
        assert wanted <= inside
    assert not [name for name in names if name.startswith(("tests/", "config/", "hit_templates/"))]
    assert "crowdbroker/store/migrations/versions/v0001_first.py" in names


@pytest.mark.slow
def test_init_check_and_demo_run_from_the_installed_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    target, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    install = ("install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target", str(target))
    run("-m", "pip", *install, str(wheel), cwd=empty)
    program = str(target / "bin" / "crowdbroker")
    where = "from crowdbroker.packaged import packaged; print(packaged('config'))"
    inside = target / "crowdbroker" / "_packaged" / "config"
    assert Path(run("-c", where, cwd=empty, path=target).stdout.strip()) == inside
    run(program, "init", "labels", cwd=empty, path=target)
    assert (empty / "labels" / "hit_templates" / "text-classification.html").is_file()
    check = ("check", "projects/reviews.toml", "data/reviews.csv", "--gold", "data/reviews-gold.csv")
    assert "Nothing is wrong." in run(program, *check, cwd=empty / "labels", path=target).stdout
    shown = run(program, "demo", "--items", "20", cwd=empty, path=target).stdout
    assert "the marketplace's books say the same" in shown
    assert (empty / "crowdbroker-data" / "demo" / "labels.csv").is_file()


def test_the_version_is_stated_the_same_twice(wheel: Path) -> None:
    assert wheel.name.startswith(f"crowdbroker-{__version__}-")
