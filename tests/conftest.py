"""What every test shares: one profile for hypothesis, and how a missing part of the machine is treated."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from required import missing

# A shared machine is slow at times, and slowness is no defect; speed is measured in benchmarks/.
settings.register_profile("crowdbroker", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crowdbroker")

# A shell starts background jobs with Ctrl-C ignored, and children inherit that; the tests send it to them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    # What was imported and collected stays to the end; looked through again and again it takes a twentieth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--endpoint", help="run the conformance tests against the MTurk endpoint at this address")


@pytest.fixture(scope="session")
def need() -> Callable[[str, bool, str], None]:
    """Skip where a part of the machine is missing, or fail where CROWDBROKER_REQUIRE names it."""

    def check(part: str, there: bool, reason: str) -> None:
        if not there:
            missing(part, reason)

    return check


@pytest.fixture(scope="session")
def datasets(need: Callable[[str, bool, str], None]) -> Path:
    """The folder of recorded crowds, by CROWDBROKER_DATASETS."""
    folder = os.environ.get("CROWDBROKER_DATASETS", "")
    need("datasets", bool(folder) and Path(folder).is_dir(), "CROWDBROKER_DATASETS names no folder of recorded crowds")
    return Path(folder)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches the code, and no AWS account is ever used."""
    for name in list(os.environ):
        if name.startswith("CROWDBROKER_") and name not in ("CROWDBROKER_REQUIRE", "CROWDBROKER_DATASETS"):
            monkeypatch.delenv(name)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_MTURK", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
