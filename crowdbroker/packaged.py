"""The files that come with crowdbroker: `hit_templates/` and `config/`."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def packaged(name: str) -> Path:
    """The folder `hit_templates` or `config`: inside the package from a wheel, beside it in a checkout.

    An editable install has only the checkout's folder, so that an edit is seen at once.
    """
    inside = _HERE / "_packaged" / name
    return inside if inside.is_dir() else _HERE.parent / name
