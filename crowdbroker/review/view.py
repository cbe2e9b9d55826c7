"""Which Labels somebody looks at: the filter in the address, so that a view can be sent as a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from crowdbroker.review.pages import NO_ROW
from crowdbroker.store.review_queue import Filter, Place

STATES: Mapping[str, tuple[str, str | None]] = {
    "waiting": ("Wait for review", ""),
    "accept": ("Accepted", "accept"),
    "correct": ("Corrected", "correct"),
    "gold": ("Made gold", "gold"),
    "ambiguous": ("Ambiguous", "ambiguous"),
    "more": ("Back with Workers", "more"),
    "all": ("All Labels", None),
}
"""Word in the address -> what it is called, and the decision that it stands for."""

SORTS = {"doubt": "Most doubtful first", "sure": "Surest first"}
_LONGEST_SEARCH = 200


@dataclass(frozen=True)
class View:
    """A view of the Labels of a Batch; wrong words in an address mean the usual view."""

    state: str = "waiting"
    label: str = ""
    search: str = ""
    sort: str = "doubt"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> View:
        """The view that the address asks for."""
        state, sort = given.get("state", "waiting"), given.get("sort", "doubt")
        return cls(
            state if state in STATES else "waiting",
            given.get("label", ""),
            given.get("search", "").strip()[:_LONGEST_SEARCH],
            sort if sort in SORTS else "doubt",
        )

    @property
    def filter(self) -> Filter:
        """What the store is asked for."""
        return Filter(STATES[self.state][1], self.label, self.search, surest_first=self.sort == "sure")

    @property
    def state_name(self) -> str:
        """What the state is called."""
        return STATES[self.state][0]

    def query(self, **more: object) -> str:
        """The view as the query of an address, with more after it; the usual view needs no words."""
        usual = View()
        mine = {name: getattr(self, name) for name in ("state", "label", "search", "sort")}
        said = {name: value for name, value in mine.items() if value != getattr(usual, name)}
        said |= {name: value for name, value in more.items() if value not in ("", None)}
        return f"?{urlencode(said)}" if said else ""


def written(place: Place) -> str:
    """A place as the address writes it: exact, so that no Label is passed over."""
    return f"{place.confidence.hex()}:{place.item}"


def read_place(text: str) -> Place | None:
    """The place that an address names; None where it names none."""
    confidence, _, item = text.partition(":")
    try:
        place = Place(float.fromhex(confidence), int(item))
    except (ValueError, OverflowError):
        return None
    return place if abs(place.item) < NO_ROW else None
