"""Programs from npm that some tests drive: installed once a machine, in pytest's own cache folder."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from required import missing

VERSIONS = {"axe-core": "4.14.1", "@aws-sdk/client-mturk": "3.1015.0"}
_CACHE = Path(__file__).parent.parent / ".pytest_cache" / "npm"


def package(name: str) -> Path:
    """Return the folder of an installed package; skip the test, with the reason, where npm cannot bring it."""
    modules = _CACHE / f"{name.replace('/', '+')}@{VERSIONS[name]}" / "node_modules"
    if not modules.is_dir():
        _install(name, modules.parent)
    return modules / name


def axe_script() -> str:
    """Return axe-core as a script whose value can be thrown away."""
    return (package("axe-core") / "axe.min.js").read_text() + ";0"


def _install(name: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        missing("npm", "no program npm is installed")
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Two test processes may want it at once: each installs apart, and the first rename stands.
    apart = Path(tempfile.mkdtemp(dir=folder.parent))
    quiet = ("--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    command = [npm, "install", "--prefix", str(apart), *quiet, f"{name}@{VERSIONS[name]}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 0:
        with contextlib.suppress(OSError):
            apart.rename(folder)
    shutil.rmtree(apart, ignore_errors=True)
    if not folder.exists():
        missing("npm", f"npm could not install {name}: {done.stderr.strip()[-300:]}")
