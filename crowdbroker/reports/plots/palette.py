"""The colours of charts: named while a chart is drawn, and real when it becomes a picture.

A chart is drawn with stand-ins, which no chart would use by accident. In a page they become the page's own variables,
so one picture is right in light and dark; in a file they become the colours of one of both. Every pair that carries
meaning has a contrast of 3:1 at least, text 4.5:1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Theme = Literal["light", "dark"]

INK, MUTED, GRID, PAPER = "#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04"
ACCENT, SECOND, WARN = "#0a0b05", "#0a0b06", "#0a0b07"

_LIGHT = {
    INK: "#1c1b19",
    MUTED: "#66625b",
    GRID: "#e4e1da",
    PAPER: "#ffffff",
    ACCENT: "#1f5fa8",
    SECOND: "#b3541e",
    WARN: "#a3262a",
}
_DARK = {
    INK: "#ecebe7",
    MUTED: "#a8a49b",
    GRID: "#3a3936",
    PAPER: "#191918",
    ACCENT: "#7db4f0",
    SECOND: "#f0a06a",
    WARN: "#f28b82",
}
_NAMES = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    PAPER: "paper",
    ACCENT: "accent",
    SECOND: "second",
    WARN: "warn",
}
COLOURS: Mapping[Theme, Mapping[str, str]] = {"light": _LIGHT, "dark": _DARK}
IN_A_PAGE: Mapping[str, str] = {stand_in: f"var(--chart-{name})" for stand_in, name in _NAMES.items()}


def variables(theme: Theme) -> str:
    """Return the declarations of CSS that give a page's charts the colours of a theme."""
    return " ".join(f"--chart-{name}: {COLOURS[theme][stand_in]};" for stand_in, name in _NAMES.items())
