"""The list of crowd elements that Python knows is the list of those that the worker site defines."""

from __future__ import annotations

import re

from crowdbroker.marketplace.crowd_elements import KNOWN_ELEMENTS
from crowdbroker.marketplace.site.routes import STATIC

PARTS = sorted((STATIC / "crowd").glob("*.js"))
LOADER = (STATIC / "crowd-html-elements.js").read_text(encoding="utf-8")


def test_the_known_elements_are_the_defined_ones() -> None:
    """An element is defined by its name in quotes, in a call or in a list that a call goes through."""
    defined = set()
    for part in PARTS:
        text = part.read_text(encoding="utf-8")
        defined |= set(re.findall(r'define\("([a-z-]+)"', text))
        for names in re.findall(r"for \(const name of \[(.+?)\]\) \{\s+customElements", text):
            defined |= set(re.findall(r'"([a-z-]+)"', names))
        for names in re.findall(r"const KINDS = \[(.+?)\n  \];", text, re.DOTALL):
            defined |= set(re.findall(r'\["([a-z-]+)"', names))
    assert defined == KNOWN_ELEMENTS


def test_the_loader_loads_every_part_once() -> None:
    [listed] = re.findall(r"const PARTS = \[(.+?)\];", LOADER, re.DOTALL)
    assert sorted(re.findall(r'"([a-z-]+)"', listed)) == sorted(part.stem for part in PARTS)


def test_every_part_holds_one_idea_and_asks_nobody_else() -> None:
    for part in PARTS:
        text = part.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, part
        assert not re.search(r"\b(?:fetch|XMLHttpRequest|localStorage|sessionStorage|cookie|eval|innerHTML)\b", text), (
            part
        )
