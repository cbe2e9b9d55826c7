"""Rows become Items, or one error that names the row."""

from __future__ import annotations

import pytest
from factories import LABELS
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.domain.dataset import content_key, gold_from_rows, items_from_rows
from crowdbroker.errors import InputError


def test_rows_with_an_id_keep_it_and_all_their_cells() -> None:
    [item] = items_from_rows([(2, {"id": " 7 ", "text": "a"})], source="d.csv")
    assert (item.key, item.data, item.is_gold) == ("7", {"id": " 7 ", "text": "a"}, False)


def test_a_row_without_an_id_column_gets_a_key_from_its_content() -> None:
    one, two = items_from_rows([(2, {"text": "a"}), (3, {"text": "b"})], source="d.csv")
    assert one.key == content_key({"text": "a"}) != two.key
    assert len(one.key) == 16


@given(st.dictionaries(st.text(), st.text(), max_size=4))
def test_the_key_of_a_content_does_not_depend_on_the_order_of_columns(data: dict[str, str]) -> None:
    assert content_key(data) == content_key(dict(reversed(data.items())))


def test_cells_that_moved_to_another_column_make_another_key() -> None:
    assert content_key({"a": "x", "b": ""}) != content_key({"a": "", "b": "x"})


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(2, {"id": "7"}), (5, {"id": "7"})], "d.csv, row 5, field 'id': the id '7' stands already in row 2"),
        ([(2, {"id": "7"}), (3, {"id": "7 "})], "row 3"),
        ([(4, {"id": "  "})], "d.csv, row 4, field 'id': the id is empty"),
        ([(2, {"text": "a"}), (3, {"text": "a"})], "stands already in row 2"),
    ],
)
def test_a_wrong_id_is_named_with_its_row(rows: list[tuple[int, dict[str, str]]], says: str) -> None:
    with pytest.raises(InputError) as caught:
        items_from_rows(rows, source="d.csv")
    assert says in caught.value.message
    assert caught.value.remedy


def _gold(label: str, labels: tuple[str, ...] = LABELS) -> tuple[str, ...]:
    return gold_from_rows([(2, {"id": "g", "label": label})], labels=labels, source="g.csv")[0].accepted


def test_gold_knows_its_accepted_labels_and_does_not_show_them() -> None:
    [gold] = gold_from_rows([(2, {"id": "g", "text": "a", "label": "neutral"})], labels=LABELS, source="g.csv")
    assert (gold.accepted, gold.data, gold.is_gold) == (("neutral",), {"id": "g", "text": "a"}, True)


def test_several_accepted_labels_are_separated() -> None:
    assert _gold("neutral | positive") == ("neutral", "positive")


def test_a_label_may_contain_the_separator() -> None:
    assert _gold("a|b", labels=("a|b", "a")) == ("a|b",)


@pytest.mark.parametrize("label", ["Neutral", "bad", "neutral|bad", "neutral||bad", "|bad"])
def test_a_label_outside_the_label_set_is_refused_with_its_place(label: str) -> None:
    with pytest.raises(InputError, match=r"g\.csv, row 2, field 'label': .* is none of the Project's labels"):
        _gold(label)


@pytest.mark.parametrize("label", ["", " ", "|", " | "])
def test_an_empty_label_is_refused_with_its_place(label: str) -> None:
    with pytest.raises(InputError, match=r"g\.csv, row 2, field 'label': the label is empty"):
        _gold(label)


def test_a_gold_row_repeated_with_another_label_is_a_repeated_row() -> None:
    rows = [(2, {"text": "a", "label": "neutral"}), (3, {"text": "a", "label": "positive"})]
    with pytest.raises(InputError, match="stands already in row 2"):
        gold_from_rows(rows, labels=LABELS, source="g.csv")
