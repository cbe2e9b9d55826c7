"""Parts that a machine may lack: a test that needs one is skipped with the reason, unless the run requires the part."""

from __future__ import annotations

import os

import pytest


def missing(part: str, reason: str) -> None:
    """Skip the test, or fail it when `CROWDBROKER_REQUIRE` (words with commas between) names the part."""
    required = {word.strip() for word in os.environ.get("CROWDBROKER_REQUIRE", "").split(",")}
    if part in required:
        pytest.fail(f"{part} is required here, but {reason}", pytrace=False)
    pytest.skip(f"{part}: {reason}")
