"""The issue's list of bad input: one message with file, row, field and remedy, exit 2, and the store as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from commands import GOLD, LOAD, Command, all_rows, one_error

STORE = Path("crowdbroker-data/store.db")
DATA, GOLD_FILE = Path("data/reviews.csv"), Path("data/reviews-gold.csv")
PROJECT, TEMPLATE = Path("projects/reviews.toml"), Path("hit_templates/text-classification.html")


def changed(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


MISTAKES: dict[str, tuple[Callable[[], object], list[str]]] = {
    "missing column": (
        lambda: changed(DATA, "id,text", "id,txt"),
        ["data/reviews.csv, row 1, field 'text': no such column", "Did you mean 'txt'?"],
    ),
    "missing column in the gold": (
        lambda: changed(GOLD_FILE, "text", "txt"),
        ["data/reviews-gold.csv, row 1, field 'text': no such column", "Did you mean 'txt'?"],
    ),
    "gold without labels": (
        lambda: changed(GOLD_FILE, "label", "lable"),
        ["data/reviews-gold.csv, row 1, field 'label'", "Did you mean 'lable'?"],
    ),
    "no UTF-8": (
        lambda: DATA.write_bytes(b"id,text\nr1,fine\nr2,caf\xe9\n"),
        ["data/reviews.csv, row 3", "0xe9", "is not UTF-8", "ave the file as UTF-8"],
    ),
    "duplicate id": (
        lambda: DATA.write_text("id,text\nr1,a\nr2,b\nr1,c\n"),
        ["data/reviews.csv, row 4, field 'id'", "'r1' stands already in row 2", "Give every row an id of its own"],
    ),
    "an id in data and gold": (
        lambda: changed(DATA, "\n", "\ng01,once more\n"),
        ["data/reviews-gold.csv, field 'id'", "'g01'", "Give gold Items ids of their own"],
    ),
    "empty file": (
        lambda: DATA.write_bytes(b""),
        ["data/reviews.csv: the file is empty", "name the columns"],
    ),
    "header alone": (
        lambda: DATA.write_text("id,text\n"),
        ["data/reviews.csv, row 1: only a header", "Add a row"],
    ),
    "gold label outside the set": (
        lambda: GOLD_FILE.write_text("id,text,label\ng01,hm,neutral\ng02,well,happy\n"),
        ["data/reviews-gold.csv, row 3, field 'label'", "'happy'", "negative, neutral, positive", "Correct the label"],
    ),
    "amount with a symbol": (
        lambda: changed(PROJECT, 'reward = "0.20"', 'reward = "$5"'),
        ["projects/reviews.toml, row 19, field 'reward': '$5' is no amount like 0.05", "Correct the setting"],
    ),
    "amount with half a cent": (
        lambda: changed(PROJECT, 'budget = "100.00"', 'budget = "0.055"'),
        ["projects/reviews.toml, row 20, field 'budget': '0.055' is no amount like 0.05", "Correct the setting"],
    ),
    "template with an unknown column": (
        lambda: changed(TEMPLATE, "item.data.text", "item.data.review"),
        ["field 'review': no such column", "text-classification.html, row", "Correct the template or map the name"],
    ),
    "unknown setting": (
        lambda: changed(PROJECT, "overlap =", "overlapp ="),
        ["projects/reviews.toml, row 21, field 'overlapp'", "did you mean 'overlap'?"],
    ),
    "broken TOML": (
        lambda: changed(PROJECT, "overlap = 3", "overlap = "),
        ["projects/reviews.toml, row 21: no TOML", "Correct this line"],
    ),
    "unknown template": (
        lambda: changed(PROJECT, 'file = "text-classification"', 'file = "txt"'),
        ["projects/reviews.toml, row ", "field 'template.file'", "'txt.html'", "Known templates: "],
    ),
    "budget below the worst case": (
        lambda: changed(PROJECT, 'budget = "100.00"', 'budget = "2.15"'),
        ["projects/reviews.toml, row 20, field 'budget': $2.15 is below the worst case, $2.16", "Raise it"],
    ),
    "too little gold": (
        lambda: GOLD_FILE.write_text("id,text,label\ng01,hm,neutral\n"),
        ["projects/reviews.toml, row 38, field 'gold.per_hit': there are 1 gold Items", "Give a file with more gold"],
    ),
    "no such data": (
        lambda: DATA.rename("data/review.csv"),
        ["data/reviews.csv: no such file", "Did you mean review.csv?"],
    ),
    "no such project": (PROJECT.unlink, ["projects/reviews.toml: cannot be read", "Give the path"]),
    "no such gold": (GOLD_FILE.unlink, ["data/reviews-gold.csv: no such file", "Did you mean reviews.csv?"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_bad_input_is_one_message_and_changes_nothing(lab: Command, mistake: str) -> None:
    make, says = MISTAKES[mistake]
    make()
    before = all_rows(STORE)
    for command in (LOAD, ("check", str(PROJECT), str(DATA), *GOLD)):
        result = lab(*command, "--json")
        assert result.exit_code == 2
        error = one_error(result) if command is LOAD else result.stderr
        for part in says:
            assert part in error
    assert all_rows(STORE) == before


def test_a_page_that_is_too_large_names_the_items(lab: Command) -> None:
    changed(DATA, "\n", f"\nlong,{'x' * 70_000}\n")
    error = one_error(lab(*LOAD))
    assert "field 'items_per_hit': the page with the Items " in error
    assert "long" in error
    assert "MTurk takes 65,535" in error


def test_check_says_all_that_is_wrong_at_once_and_in_json_too(lab: Command) -> None:
    changed(PROJECT, 'budget = "100.00"', 'budget = "1.00"')
    changed(DATA, "\n", f"\nlong,{'x' * 70_000}\n")
    result = lab("check", str(PROJECT), str(DATA), *GOLD, "--json")
    assert result.exit_code == 2
    assert len(result.document["errors"]) == 2
    assert result.stderr.count("Error: ") == 2
