from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.formats.formulas import defuse, undefuse


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    safe = defuse(text)
    assert safe[:1] not in set("=+-@\t\r\n\0") or float(safe) < 0 or safe.startswith("-0")
    assert undefuse(safe) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\n=1", "\0x", "-2+3+cmd|' /C calc'!A0"]
)
def test_formulas_get_a_quote(text: str) -> None:
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "-1", "-0.5", "'quoted'", "1-1"])
def test_harmless_text_stays(text: str) -> None:
    assert defuse(text) == undefuse(text) == text
