"""A HIT's page as a person reads it: each question's text, its field, and the choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


@dataclass
class Asked:
    """One question on a page: what it shows, the name of its radio buttons, and their values in order."""

    text: str = ""
    name: str = ""
    choices: list[str] = field(default_factory=list)


def read_page(html: str) -> list[Asked]:
    """The questions of a page: its fieldsets with radio buttons, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [asked for asked in reader.asked if asked.choices]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.asked: list[Asked] = []
        self._inside = 0
        self._depth = 0
        self._shown_at: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "fieldset":
            self._inside += 1
            self.asked.append(Asked())
        if not self._inside:
            return
        if tag not in _VOID:
            self._depth += 1
            if "data-item-text" in given:
                self._shown_at = self._depth
        if tag == "input" and given.get("type") == "radio":
            self.asked[-1].name = given.get("name") or ""
            self.asked[-1].choices.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if not self._inside or tag in _VOID:
            return
        if self._shown_at == self._depth:
            self._shown_at = None
        self._depth -= 1
        if tag == "fieldset":
            self._inside -= 1

    def handle_data(self, data: str) -> None:
        if self._shown_at is not None:
            self.asked[-1].text += data
