"""A figure with its interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A share or coefficient with its 95% interval."""

    share: float
    low: float
    high: float
