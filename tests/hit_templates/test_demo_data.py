"""The demo's reviews: what the quick start, the simulated crowds and the published figures rely on."""

from __future__ import annotations

import csv
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

DEMO = Path(__file__).resolve().parents[2] / "config" / "demo"
CLASSES = {"negative", "neutral", "positive"}


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def reviews() -> list[dict[str, str]]:
    return rows_of("reviews.csv")


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    return rows_of("reviews-truth.csv")


@pytest.fixture(scope="module")
def gold() -> list[dict[str, str]]:
    return rows_of("reviews-gold.csv")


def nearest_ratio(text: str, other: str) -> float:
    """Return difflib's likeness, 0 when its cheap upper bounds already rule a near copy out."""
    matcher = SequenceMatcher(None, text.casefold(), other.casefold(), autojunk=False)
    if matcher.real_quick_ratio() < 0.75 or matcher.quick_ratio() < 0.75:
        return 0.0
    return matcher.ratio()


def test_there_are_200_reviews_and_40_gold_reviews_with_ids_in_order(
    reviews: list[dict[str, str]], gold: list[dict[str, str]]
) -> None:
    assert [row["id"] for row in reviews] == [f"r{number:03d}" for number in range(1, 201)]
    assert [row["id"] for row in gold] == [f"g{number:02d}" for number in range(1, 41)]


def test_every_file_has_exactly_its_columns(
    reviews: list[dict[str, str]], truth: list[dict[str, str]], gold: list[dict[str, str]]
) -> None:
    assert {tuple(row) for row in reviews} == {("id", "text")}
    assert {tuple(row) for row in truth} == {("task", "truth", "ambiguous")}
    assert {tuple(row) for row in gold} == {("id", "text", "label")}


def test_the_truth_names_every_review_once(reviews: list[dict[str, str]], truth: list[dict[str, str]]) -> None:
    assert [row["task"] for row in truth] == [row["id"] for row in reviews]


def test_the_classes_of_the_truth_are_balanced(truth: list[dict[str, str]]) -> None:
    counts = Counter(row["truth"] for row in truth)
    assert set(counts) == CLASSES
    assert all(55 <= count <= 80 for count in counts.values())


def test_about_thirty_reviews_are_ambiguous_in_every_class(truth: list[dict[str, str]]) -> None:
    assert {row["ambiguous"] for row in truth} == {"yes", "no"}
    ambiguous = Counter(row["truth"] for row in truth if row["ambiguous"] == "yes")
    assert 27 <= ambiguous.total() <= 33
    assert min(ambiguous[name] for name in CLASSES) >= 8


def test_a_third_of_the_gold_reviews_is_in_each_class(gold: list[dict[str, str]]) -> None:
    counts = Counter(row["label"] for row in gold)
    assert set(counts) == CLASSES
    assert all(12 <= count <= 15 for count in counts.values())


def test_every_review_has_8_to_35_words(reviews: list[dict[str, str]], gold: list[dict[str, str]]) -> None:
    outside = [row["text"] for row in reviews + gold if not 8 <= len(row["text"].split()) <= 35]
    assert outside == []
    lengths = sorted(len(row["text"].split()) for row in reviews)
    assert lengths[0] <= 9
    assert lengths[-15] >= 25


def test_texts_are_one_trimmed_line(reviews: list[dict[str, str]], gold: list[dict[str, str]]) -> None:
    assert [row["id"] for row in reviews + gold if row["text"] != " ".join(row["text"].split())] == []


def test_no_review_is_a_near_copy_of_another(reviews: list[dict[str, str]], gold: list[dict[str, str]]) -> None:
    pairs = combinations([row["text"] for row in reviews + gold], 2)
    assert [pair for pair in pairs if nearest_ratio(*pair) >= 0.75] == []


def test_gold_looks_like_the_rest_in_length_and_characters(
    reviews: list[dict[str, str]], gold: list[dict[str, str]]
) -> None:
    def mean_words(rows: list[dict[str, str]]) -> float:
        return sum(len(row["text"].split()) for row in rows) / len(rows)

    assert abs(mean_words(reviews) - mean_words(gold)) < 2
    for mark in ('"', "&", ",", "?", "!"):
        assert any(mark in row["text"] for row in reviews), mark
        assert any(mark in row["text"] for row in gold), mark
    for rows in (reviews, gold):
        assert any(not row["text"].isascii() for row in rows)
        assert any(row["text"][0].islower() for row in rows)
