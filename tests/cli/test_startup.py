from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "alembic",
    "altair",
    "boto3",
    "botocore",
    "jinja2",
    "numpy",
    "polars",
    "pydantic",
    "pydantic_settings",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "tenacity",
    "tomllib",
    "uvicorn",
}
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["publish", "--help"], ["aggregate", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from crowdbroker.cli import main; code = main(sys.argv[1:]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    assert not HEAVY & set(run.stderr.split())
    assert run.stdout


def test_python_m_crowdbroker_is_the_same_program() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "crowdbroker", "--version"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout.strip()
