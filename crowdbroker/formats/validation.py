"""A pydantic error in one sentence a person can act on: the setting, what is wrong, and near misses."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""An unknown setting of a model, and of a dataclass."""


def explain(error: ValidationError, model: type[BaseModel]) -> str:
    """The first problem, such as `gold.per_hit: Input should be a valid integer`."""
    first = error.errors()[0]
    setting = ".".join(str(part) for part in first["loc"])
    if first["type"] in _UNKNOWN:
        return f"there is no setting {setting!r}{near_miss(str(first['loc'][-1]), _names(model, first['loc']))}"
    if first["type"] == "missing":
        return f"the setting {setting!r} is missing"
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{setting}: {message}" if setting else message


def near_miss(word: str, known: list[str]) -> str:
    """`; did you mean 'reward'?`, or all that is known, as the end of a sentence."""
    near = difflib.get_close_matches(word, known, 1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else ""


def _names(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The settings that exist where an unknown one was found; empty where that cannot be told."""
    here: Any = model
    for part in place[:-1]:
        here = get_args(here)[1] if get_origin(here) in (dict, Mapping) else _settings(here).get(str(part))
    return list(_settings(here))


def _settings(kind: Any) -> dict[str, Any]:
    """Setting -> type, of a model or a dataclass; empty for anything else."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return {field.name: field.type for field in dataclasses.fields(kind)}
    return {}
