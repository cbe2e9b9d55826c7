from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

from crowdbroker.reports.plots.confusion import ConfusionCell, confusion_map
from crowdbroker.reports.plots.labels import ConfidenceBin, LabelShare, confidence_histogram, label_distribution
from crowdbroker.reports.plots.palette import COLOURS, IN_A_PAGE, Theme, variables
from crowdbroker.reports.plots.reliability import ReliabilityPoint, reliability_diagram
from crowdbroker.reports.plots.rendering import inline, png, svg
from crowdbroker.reports.plots.workers import WorkerPoint, worker_accuracy

HOSTILE = "<script>alert('x')</script>"
CHARTS: dict[str, Callable[[], Any]] = {
    "labels": lambda: label_distribution([LabelShare("cat", 30, 0.75), LabelShare(HOSTILE, 10, 0.25)]),
    "confidence": lambda: confidence_histogram([ConfidenceBin(0.5, 0.75, 3), ConfidenceBin(0.75, 1, 9)]),
    "reliability": lambda: reliability_diagram([ReliabilityPoint(0.8, 0.7, 0.5, 0.9, 12)]),
    "confusion": lambda: confusion_map(
        [ConfusionCell(a, b, 0.9 if a == b else 0.1) for a in ("cat", HOSTILE) for b in ("cat", HOSTILE)],
        ["cat", HOSTILE],
    ),
    "workers": lambda: worker_accuracy([WorkerPoint(10, 0.8, 0.6, 0.9), WorkerPoint(900, 0.7)], bar=0.5),
}
TITLES = {
    "labels": {"Labels", "Tasks", "Label", "30 (75%)"},
    "confidence": {"Confidence of the labels", "Confidence", "Tasks"},
    "reliability": {"Does the confidence come true?", "Confidence", "Share of labels that are right"},
    "confusion": {"What workers say, by what is true", "Said", "True", "90", "10"},
    "workers": {
        "How often each worker is right",
        "Answers (logarithmic)",
        "Share of right answers",
        "on gold, with its 95 % interval",
        "estimated from agreement",
    },
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_its_title_and_its_axes(name: str) -> None:
    tree = ElementTree.fromstring(svg(CHARTS[name]()))
    texts = {element.text for element in tree.iter() if element.tag.endswith("}text")}
    assert texts >= TITLES[name]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_file_has_the_colours_of_its_theme_and_no_stand_ins(name: str, theme: Theme) -> None:
    picture = svg(CHARTS[name](), theme)
    assert COLOURS[theme]["#0a0b04"] in picture  # the paper
    assert not re.search("#0a0b0[0-9a-f]|var\\(", picture)


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_in_a_page_is_one_image_in_the_colours_of_the_page(name: str) -> None:
    picture = inline(CHARTS[name](), 'Says "this"')
    root = ElementTree.fromstring(picture)
    assert (root.get("role"), root.get("aria-label")) == ("img", 'Says "this"')
    assert picture.count("role=") == 1
    assert set(re.findall(r"var\([^)]*\)", picture)) <= set(IN_A_PAGE.values())
    # A strict Content-Security-Policy allows neither.
    assert "style=" not in picture
    assert "<style" not in picture
    assert "<script" not in picture


def test_a_png_is_one_and_twice_as_large_as_the_picture() -> None:
    chart = CHARTS["labels"]()
    width = int(float(str(ElementTree.fromstring(svg(chart)).get("width"))))
    picture = png(chart)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert abs(int.from_bytes(picture[16:20]) - 2 * width) <= 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_carries_meaning_can_be_told_from_the_paper(theme: Theme) -> None:
    colours = COLOURS[theme]
    for stand_in, least in (("01", 4.5), ("02", 4.5), ("05", 3), ("06", 3), ("07", 3)):
        assert _contrast(colours[f"#0a0b{stand_in}"], colours["#0a0b04"]) >= least, stand_in
    # Full cells of a heat map carry numbers in the colour of the paper.
    assert _contrast(colours["#0a0b05"], colours["#0a0b04"]) >= 4.5


def test_the_page_defines_every_colour_that_a_picture_uses() -> None:
    for theme in COLOURS:
        for value in IN_A_PAGE.values():
            assert f"{value[4:-1]}:" in variables(theme)


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return float(sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
