"""Who may work: a Project's qualifications in words, and as the wire's QualificationRequirements."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictBool, StrictInt, field_validator, model_validator

SYSTEM_TYPES = {
    "approved": "00000000000000000040",
    "approval_rate": "000000000000000000L0",
    "locale": "00000000000000000071",
    "adult": "00000000000000000060",
}
"""Names for MTurk's system qualifications (Data structures, QualificationRequirement)."""

MASTERS = frozenset({"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"})
"""Masters in production and in the sandbox, for whom hosted MTurk takes a higher fee."""

_GUARDS = {"accept": "Accept", "preview": "PreviewAndAccept", "discover": "DiscoverPreviewAndAccept"}
_COMPARATORS = {
    "at_least": "GreaterThanOrEqualTo",
    "at_most": "LessThanOrEqualTo",
    "equals": "EqualTo",
    "not_equals": "NotEqualTo",
    "one_of": "In",
    "none_of": "NotIn",
}
_MOST_VALUES = {"locale": 30}
_MOST_INTEGERS = 15
"""The most values of In and NotIn (Data structures, QualificationRequirement)."""

_LOCALE = re.compile(r"[A-Z]{2}(-[A-Z]{2})?")
_TYPE_ID = re.compile(r"[A-Z0-9]{1,64}")

_WANTED = {
    "locale": 'a country such as "US", or "US-CA"',
    "approval_rate": "a percentage from 0 to 100",
    "adult": "0 or 1",
}


def _number_or_text(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(f"{value!r} is neither a whole number nor a text")
    return value


Value = Annotated[int | str, BeforeValidator(_number_or_text)]


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
    at_least: StrictInt | None = None
    at_most: StrictInt | None = None
    equals: Value | None = None
    not_equals: Value | None = None
    one_of: tuple[Value, ...] | None = None
    none_of: tuple[Value, ...] | None = None
    exists: StrictBool | None = None

    @field_validator("type")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in SYSTEM_TYPES and not _TYPE_ID.fullmatch(name):
            raise ValueError(f"{name!r} is neither a QualificationTypeId nor one of {', '.join(SYSTEM_TYPES)}")
        # A system qualification by its id means what its name does.
        return next((word for word, type_id in SYSTEM_TYPES.items() if type_id == name), name)

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        given = [name for name in (*_COMPARATORS, "exists") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join((*_COMPARATORS, 'exists'))}; given: {len(given)}")
        if self.type == "locale" and given[0] in ("at_least", "at_most", "exists"):
            raise ValueError("a locale has no order and is always there: use equals, not_equals, one_of or none_of")
        self._check_values(given[0])
        return self

    def _check_values(self, comparison: str) -> None:
        values = self._values()
        wrong = next((one for one in values if not self._fits(one)), None)
        if wrong is not None:
            raise ValueError(f"{wrong!r} is not {_WANTED.get(self.type, 'a whole number from 0 on')}")
        most = _MOST_VALUES.get(self.type, _MOST_INTEGERS)
        if comparison in ("one_of", "none_of") and not 1 <= len(values) <= most:
            raise ValueError(f"{comparison} takes 1 to {most} values; given: {len(values)}")

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
        highest = {"approval_rate": 100, "adult": 1}.get(self.type)
        return isinstance(value, int) and value >= 0 and (highest is None or value <= highest)


def _locale(words: str) -> dict[str, str]:
    country, _, subdivision = words.partition("-")
    return {"Country": country, **({"Subdivision": subdivision} if subdivision else {})}
