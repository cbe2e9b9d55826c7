"""Who may work: a Project's qualifications in words, and as the wire's QualificationRequirements."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SYSTEM_TYPES = {
    "approved": "00000000000000000040",
    "approval_rate": "000000000000000000L0",
    "locale": "00000000000000000071",
    "adult": "00000000000000000060",
}
"""Names for MTurk's system qualifications (Data structures, QualificationRequirement)."""

_GUARDS = {"accept": "Accept", "preview": "PreviewAndAccept", "discover": "DiscoverPreviewAndAccept"}
_COMPARATORS = {
    "at_least": "GreaterThanOrEqualTo",
    "at_most": "LessThanOrEqualTo",
    "equals": "EqualTo",
    "not_equals": "NotEqualTo",
    "one_of": "In",
    "none_of": "NotIn",
}
_LOCALE = re.compile(r"[A-Z]{2}(-[A-Z]{2})?")
_TYPE_ID = re.compile(r"[A-Z0-9]{1,64}")

Value = int | str


class Requirement(BaseModel):
    """One qualification that a Worker needs.

    Attributes:
        type: approved (number of approved HITs), approval_rate (percent), locale, adult, or a QualificationTypeId.
        guards: what it guards: accepting; previewing too; or even seeing the work in the list.
        at_least ... exists: the comparison; exactly one is given. Locales are written "US" or "US-CA".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    guards: Literal["accept", "preview", "discover"] = "accept"
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    equals: Value | None = None
    not_equals: Value | None = None
    one_of: tuple[Value, ...] | None = None
    none_of: tuple[Value, ...] | None = None
    exists: bool | None = None

    @field_validator("type")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in SYSTEM_TYPES and not _TYPE_ID.fullmatch(name):
            raise ValueError(f"{name!r} is neither a QualificationTypeId nor one of {', '.join(SYSTEM_TYPES)}")
        return name

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        given = [name for name in (*_COMPARATORS, "exists") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join((*_COMPARATORS, 'exists'))}; given: {len(given)}")
        values = self._values()
        wrong = next((one for one in values if not self._fits(one)), None)
        if wrong is not None:
            wanted = 'a country such as "US", or "US-CA"' if self.type == "locale" else "a whole number"
            raise ValueError(f"{wrong!r} is not {wanted}")
        if self.type == "locale" and given[0] in ("at_least", "at_most"):
            raise ValueError("a locale has no order: use equals, not_equals, one_of or none_of")
        return self

    def to_wire(self) -> dict[str, Any]:
        """The QualificationRequirement of the API."""
        wire: dict[str, Any] = {
            "QualificationTypeId": SYSTEM_TYPES.get(self.type, self.type),
            "ActionsGuarded": _GUARDS[self.guards],
        }
        if self.exists is not None:
            return {**wire, "Comparator": "Exists" if self.exists else "DoesNotExist"}
        name = next(name for name in _COMPARATORS if getattr(self, name) is not None)
        values = self._values()
        shown = {"LocaleValues": [_locale(str(one)) for one in values]}
        return {
            **wire,
            "Comparator": _COMPARATORS[name],
            **(shown if self.type == "locale" else {"IntegerValues": values}),
        }

    def _values(self) -> list[Value]:
        for name in _COMPARATORS:
            value = getattr(self, name)
            if value is not None:
                return list(value) if isinstance(value, tuple) else [value]
        return []

    def _fits(self, value: Value) -> bool:
        if self.type == "locale":
            return isinstance(value, str) and bool(_LOCALE.fullmatch(value))
        return isinstance(value, int)


def _locale(words: str) -> dict[str, str]:
    country, _, subdivision = words.partition("-")
    return {"Country": country, **({"Subdivision": subdivision} if subdivision else {})}
