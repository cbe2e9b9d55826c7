from __future__ import annotations

from pathlib import Path

import pytest

from crowdbroker.errors import InputError
from crowdbroker.formats.dataset import read_gold, read_items

LABELS = ("bad", "good", "so|so")


def written(tmp_path: Path, text: str, name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_items_keep_their_ids_order_and_cells(tmp_path: Path) -> None:
    items = read_items(written(tmp_path, 'id,text\nb,"one, two"\na,"three\nfour"\n'))
    assert [(item.key, item.data["text"]) for item in items] == [("b", "one, two"), ("a", "three\nfour")]
    assert not any(item.is_gold for item in items)


def test_without_ids_the_key_comes_from_the_content(tmp_path: Path) -> None:
    first, second = read_items(written(tmp_path, "text\none\ntwo\n"))
    again = read_items(written(tmp_path, "text\ntwo\n", "other.csv"))
    assert again[0].key == second.key != first.key


def test_tabs_by_the_suffix(tmp_path: Path) -> None:
    (item,) = read_items(written(tmp_path, "id\ttext\nr1\tone, two\n", "data.tsv"))
    assert item.data["text"] == "one, two"


def test_gold_accepts_one_label_or_several_and_a_label_with_a_bar(tmp_path: Path) -> None:
    gold = read_gold(written(tmp_path, "id,text,label\ng1,a,good\ng2,b,bad | good\ng3,c,so|so\n"), LABELS)
    assert [item.accepted for item in gold] == [("good",), ("bad", "good"), ("so|so",)]
    assert all("label" not in item.data for item in gold)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "data.csv: the file is empty"),
        ("id,text,label\n", "data.csv, row 1: only a header and no rows"),
        ("id,text\ng1,a\n", "data.csv, row 1, field 'label': no such column"),
        ("id,text,label\ng1,a,good\ng1,b,bad\n", "data.csv, row 3, field 'id': the id 'g1' stands already in row 2"),
        ("id,text,label\n ,a,good\n", "data.csv, row 2, field 'id': the id is empty"),
        ("id,text,label\ng1,a,great\n", "data.csv, row 2, field 'label': 'great' is none of the Project's labels"),
        ("id,text,label\ng1,a,\n", "data.csv, row 2, field 'label': "),
        ("id,text,label\ng1,a\n", "data.csv, row 2: cells: 2, but the header has 3"),
    ],
)
def test_a_mistake_in_the_gold_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_gold(written(tmp_path, text), LABELS)
    assert says in str(caught.value)
    assert caught.value.remedy


def test_a_repeated_row_without_ids_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 3, field 'id'.*stands already in row 2"):
        read_items(written(tmp_path, "text\none\none\n"))
