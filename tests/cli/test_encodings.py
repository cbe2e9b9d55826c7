"""Tables in other encodings and with other separators: recognised where certain, asked for where not."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Command, one_error

PROJECT = "projects/plain.toml"
DATA = Path("data/own.csv")


@pytest.fixture
def plain(lab: Command) -> Command:
    """A folder whose Project wants no gold."""
    text = Path("projects/reviews.toml").read_text()
    Path(PROJECT).write_text(text.replace("per_hit = 1 ", "per_hit = 0 "))
    return lab


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("id,text\na,Grüße\nb,naïve\n".encode(), []),
        ("id,text\na,Grüße\nb,naïve\n".encode("utf-8-sig"), []),
        ("id,text\na,Grüße\nb,naïve\n".encode("utf-16"), []),
        ("id;text\na;Grüße\nb;naïve\n".encode(), []),
        ("id\ttext\na\tGrüße\nb\tnaïve\n".encode(), []),
        ("id,text\na,Grüße\nb,naïve\n".encode("cp1252"), ["--encoding", "cp1252"]),
        ("id|text\na|Grüße\nb|naïve\n".encode(), ["--delimiter", "|"]),
        ("id;text\na;Grüße\nb;naïve\n".encode("cp1252"), ["--encoding", "latin-1", "--delimiter", ";"]),
        ("id\ttext\na\tGrüße\nb\tnaïve\n".encode(), ["--delimiter", "tab"]),
    ],
)
def test_the_same_rows_come_in(plain: Command, content: bytes, options: list[str]) -> None:
    DATA.write_bytes(content)
    assert plain("check", PROJECT, str(DATA), *options).stdout.splitlines()[-1] == "Nothing is wrong."
    assert plain("quote", PROJECT, str(DATA), *options, "--json").document["items"] == 2
    assert plain("load", PROJECT, str(DATA), *options, "--json").document["items"] == 2
    labels = plain("export", "--json").document["labels"]
    assert [one["text"] for one in labels] == ["Grüße", "naïve"]


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (
            "id,text\na,fine\nb,café\n".encode("cp1252"),
            [],
            "own.csv, row 3: byte 0xe9 at offset 20 is not UTF-8\nGive --encoding cp1252 (reads it as “café”)",
        ),
        (
            b"id,text\na,fine\n",
            ["--encoding", "klingon"],
            "own.csv, field '--encoding': there is no encoding 'klingon'",
        ),
        ("id,text\na,fine\n".encode("utf-16"), ["--encoding", "cp1252"], "own.csv, field '--encoding': begins with"),
        (b"id;text\na;fine;too\n", [], "own.csv, row 1: cannot tell what separates the cells"),
        (b"id;text\na;fine\n", ["--delimiter", "ab"], "own.csv, field '--delimiter': 'ab' cannot separate cells"),
        (b"id|text\na|fine\n", [], "own.csv, row 1, field 'text': no such column"),
    ],
)
def test_what_is_not_certain_is_asked_for(plain: Command, content: bytes, options: list[str], says: str) -> None:
    DATA.write_bytes(content)
    for command in ("check", "load"):
        result = plain(command, PROJECT, str(DATA), *options)
        assert result.exit_code == 2
        assert says in result.stderr
        assert result.stderr.count("Error: ") == 1
    assert plain("status", "--json").document["batches"] == []


def test_answers_of_anywhere_are_read_the_same_way(crowdbroker: Command) -> None:
    rows = "task;worker;label\nt1;ann;süß\nt1;ben;süß\nt2;ann;herb\n"
    Path("answers.csv").write_bytes(rows.encode("cp1252"))
    Path("truth.csv").write_bytes("task;truth\nt1;süß\n".encode("cp1252"))
    options = ("--encoding", "cp1252", "--delimiter", ";")
    found = crowdbroker("aggregate", "answers.csv", "--gold", "truth.csv", "--method", "majority", *options, "--json")
    assert [(one["task"], one["label"]) for one in found.document["labels"]] == [("t1", "süß"), ("t2", "herb")]
    assert found.document["summary"]["gold_right"] == 1
    error = one_error(crowdbroker("aggregate", "answers.csv"))
    assert "answers.csv, row 2: byte 0xfc" in error
    assert "Give --encoding cp1252" in error
    wrong = one_error(crowdbroker("aggregate", "answers.csv", "--encoding", "cp1252", "--delimiter", "xy"))
    assert "answers.csv, field '--delimiter': 'xy' cannot separate cells" in wrong


def test_the_options_are_for_the_file_that_needs_them(lab: Command) -> None:
    """Data in cp1252 with semicolons, gold in UTF-8 with commas: both are read as what they are."""
    DATA.write_bytes("id;text\na;Grüße\nb;naïve\n".encode("cp1252"))
    gold = Path("data/own-gold.csv")
    rows = "".join(f"k{number},Café très cher {number},neutral\n" for number in range(5))
    gold.write_text("id,text,label\n" + rows, encoding="utf-8")
    options = ["--gold", str(gold), "--encoding", "cp1252", "--delimiter", ";"]
    page = Path("page.html")
    assert lab("check", "projects/reviews.toml", str(DATA), *options, "--page", str(page)).exit_code == 0
    shown = page.read_text(encoding="utf-8")
    assert "Grüße" in shown
    assert "Café très cher" in shown
