"""The parameters of a review policy, read by name and checked."""

from __future__ import annotations

from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.shapes import PolicyParameter, ReviewPolicy

LONGEST_EXTENSION_S = 31_536_000
SHORTEST_EXTENSION_S = 60
_FLAGS = {"t": True, "true": True, "f": False, "false": False}


class Parameters:
    """A policy's parameters; names are taken without regard to case, as MTurk's own samples differ in it.

    Args:
        member: the input member that has the policy, for error texts.
        known: the names that the policy has.

    Raises:
        BadValue: a name is unknown or comes twice.
    """

    def __init__(self, policy: ReviewPolicy, member: str, known: frozenset[str]) -> None:
        self._member = member
        self._found: dict[str, PolicyParameter] = {}
        names = {name.lower(): name for name in known}
        for parameter in policy.Parameters or []:
            name = names.get((parameter.Key or "").strip().lower())
            if name is None:
                raise self._wrong(f"{policy.PolicyName} has no parameter {(parameter.Key or '')[:60]!r}")
            if name in self._found:
                raise self._wrong(f"the parameter {name} comes twice")
            self._found[name] = parameter

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def require(self, *names: str) -> None:
        """Raise BadValue unless all of these are there."""
        for name in names:
            if name not in self._found:
                raise self._wrong(f"the parameter {name} is missing")

    def integer(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number, None when the parameter is absent. Raises BadValue outside of low to high."""
        text = self.text(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high):
            raise self._wrong(f"{name} is a whole number from {low} to {high}, not {text[:60]!r}")
        return int(text)

    def flag(self, name: str) -> bool:
        """Return a boolean, spelled T or F, False when the parameter is absent."""
        text = self.text(name)
        if text is None:
            return False
        if text.lower() not in _FLAGS:
            raise self._wrong(f"{name} is T or F, not {text[:60]!r}")
        return _FLAGS[text.lower()]

    def text(self, name: str) -> str | None:
        """Return the one value of a parameter without outer white space, None when it is absent."""
        if name not in self._found:
            return None
        values = self.texts(name)
        if len(values) != 1:
            raise self._wrong(f"{name} takes one value, not {len(values)}")
        return values[0].strip()

    def texts(self, name: str) -> list[str]:
        """Return all values of a parameter, none when it is absent."""
        parameter = self._found.get(name)
        if parameter is not None and parameter.MapEntries:
            raise self._wrong(f"{name} takes Values, not MapEntries")
        return [] if parameter is None else parameter.Values or []

    def entries(self, name: str) -> dict[str, list[str]]:
        """Return a parameter's MapEntries by their keys. Raises BadValue when there is none or a key comes twice."""
        parameter = self._found.get(name)
        entries = [] if parameter is None else parameter.MapEntries or []
        found = {(entry.Key or "").strip(): entry.Values or [] for entry in entries}
        if not found or "" in found or len(found) != len(entries):
            raise self._wrong(f"{name} takes MapEntries, each with a Key of its own")
        return found

    def _wrong(self, sentence: str) -> BadValue:
        return BadValue(f"Value at '{self._member}' failed to satisfy constraint: {sentence}")
