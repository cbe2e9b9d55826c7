from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.errors import InputError
from crowdbroker.formats.csv_table import Row, dump_table, read_table, scan_table, write_table

ON_FILE = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def refusal(path: Path, content: bytes, **options: object) -> InputError:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_table(path, **options)  # type: ignore[arg-type]
    assert caught.value.remedy
    assert str(path) in str(caught.value)
    return caught.value


def test_cells_come_back_unchanged_with_the_line_of_their_row(file: Path) -> None:
    file.write_bytes(b'a,b\r\n" x\r\ny",2\r\n\r\n3,"say ""hi"""\r\n')
    table = read_table(file)
    assert table.columns == ("a", "b")
    assert table.rows == [Row(2, {"a": " x\r\ny", "b": "2"}), Row(5, {"a": "3", "b": 'say "hi"'})]


@pytest.mark.parametrize("content", [b"a,b\n1,2", b"a,b\r\n1,2\r\n", b"a,b\r1,2\r", b'\xef\xbb\xbf"a",b\n1,2\n'])
def test_every_line_end_and_a_byte_order_mark_are_read(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert read_table(file, required=["a", "b"]).rows == [Row(2, {"a": "1", "b": "2"})]


def test_the_suffix_tsv_means_tabs(tmp_path: Path) -> None:
    path = tmp_path / "table.TSV"
    path.write_text("a\tb\n1,5\t2\n")
    assert read_table(path).rows == [Row(2, {"a": "1,5", "b": "2"})]


def test_a_header_alone_is_a_table_unless_rows_are_required(file: Path) -> None:
    assert refusal(file, b"a,b\n", rows_required=True).row == 1
    assert read_table(file).rows == []


@pytest.mark.parametrize(
    ("content", "row", "says"),
    [
        (b"", None, "empty"),
        (b"\n\n", None, "empty"),
        (b"a,b\n1,2\n1,2,3\n", 3, "cells: 3, but the header has 2"),
        (b'a,b\n"1\n2",2\n1\n', 4, "cells: 1, but the header has 2"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 3, "never closed"),
        (b'a,b\n1,"' + b"x\n" * 70_000, 2, "longer than"),
        (b'a,b\n1,"2"x\n', 2, "follows a closing quote"),
        (b"a,b\n1,2\ncaf\xe9,2\n", 3, "byte 0xe9 at offset 11 is not UTF-8"),
        (b"\xef\xbb\xbfa\xff,b\n", 1, "byte 0xff at offset 4"),
        (b"\xff\xfea\0,", 1, "byte 0x2c at offset 4 is not UTF-16-LE"),
        (b"a,b\n1,\0\n", 2, "NUL byte at offset 6"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(file: Path, content: bytes, row: int | None, says: str) -> None:
    error = refusal(file, content)
    assert says in error.message
    assert error.row == row


def test_two_columns_of_one_name_are_refused(file: Path) -> None:
    assert refusal(file, b"a,b,a\n").field == "a"


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        (b"Task,label", "Did you mean 'Task'?"),
        (b"tasks ,label", "Did you mean 'tasks '?"),
        (b"id,label", "The columns are 'id', 'label'."),
        (b"task;label", "separated by ';'"),
        (b"task\tlabel", r"separated by '\t'"),
    ],
)
def test_a_missing_column_names_what_may_be_meant(file: Path, header: bytes, hint: str) -> None:
    error = refusal(file, header + b"\n", required=["task"])
    assert (error.row, error.field) == (1, "task")
    assert hint in error.remedy


def test_a_missing_file_names_what_may_be_meant(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").touch()
    with pytest.raises(InputError, match="no such file") as caught:
        read_table(tmp_path / "anwsers.csv")
    assert caught.value.remedy == "Did you mean answers.csv?"
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "nowhere" / "answers.csv")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder"):
        read_table(tmp_path)


def test_scanning_reads_row_by_row(file: Path) -> None:
    file.write_bytes(b"a\n1\n2,3\n")
    columns, records = scan_table(file)
    assert columns == ("a",)
    assert next(records) == (2, ["1"])
    with pytest.raises(InputError, match="cells: 2"):
        next(records)


@settings(deadline=None)
@given(st.lists(st.tuples(ON_FILE, ON_FILE), max_size=5), st.sampled_from(["t.csv", "t.tsv"]))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], name: str
) -> None:
    path = tmp_path_factory.mktemp("round") / name
    write_table(path, ["a", "b"], rows)
    assert [tuple(row.cells.values()) for row in read_table(path, defused=True).rows] == rows
    write_table(path, ["a", "b"], rows, spreadsheet_safe=False)
    assert [tuple(row.cells.values()) for row in read_table(path).rows] == rows


def test_numbers_and_none_are_written_plainly(file: Path) -> None:
    write_table(file, ["n", "x", "none"], [(-1, -0.5, None)])
    assert file.read_text() == "n,x,none\n-1,-0.5,\n"


def test_the_header_is_defused_too() -> None:
    sink = io.StringIO()
    dump_table(sink, ["=a"], [])
    assert sink.getvalue() == "'=a\n"


def test_text_that_utf8_cannot_hold_does_not_stop_the_export(file: Path) -> None:
    write_table(file, ["a"], [("\ud800",)])
    assert file.read_text() == "a\n?\n"


def read(path: Path, content: bytes, **options: object) -> tuple[tuple[str, ...], list[list[str]]]:
    path.write_bytes(content)
    table = read_table(path, **options)  # type: ignore[arg-type]
    return table.columns, [list(row.cells.values()) for row in table.rows]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_tabs_are_recognised_where_header_and_rows_agree(file: Path, mark: str) -> None:
    content = f'\r\nid{mark}text\r\n1{mark}"a{mark} b,\r\nc"\r\n2{mark}3,5\r\n'
    assert read(file, content.encode()) == (("id", "text"), [["1", f"a{mark} b,\r\nc"], ["2", "3,5"]])
    assert [row.line for row in read_table(file).rows] == [3, 5]


@pytest.mark.parametrize(
    "content", [b"a;b,c\n1,2\n", b'"a;b"\n1\n', b"a\n1;2\n", b"text\nno; more\n", b"a;b,c;d\n1;2,3;4\n"]
)
def test_commas_stay_commas_where_the_header_has_them_or_nothing_else(file: Path, content: bytes) -> None:
    columns, _ = read(file, content)
    assert columns == tuple(content.decode().splitlines()[0].replace('"', "").split(","))


@pytest.mark.parametrize(
    ("content", "offer"),
    [
        (b"a;b\n", "--delimiter ';'"),
        (b"a;b\n1;2\n3\n", "--delimiter ';'"),
        (b"note; long\nfine\n", "--delimiter ','"),
        (b"a\tb\n1\n", "--delimiter tab"),
        (b"a;b\tc\n1;2\t3\n", "--delimiter ';' or --delimiter tab"),
    ],
)
def test_a_delimiter_that_is_not_certain_is_asked_for(file: Path, content: bytes, offer: str) -> None:
    error = refusal(file, content)
    assert "cannot tell what separates the cells" in error.message
    assert offer in error.remedy


def test_a_given_delimiter_is_taken(file: Path, tmp_path: Path) -> None:
    assert read(file, b"note; long\nfine\n", delimiter=",") == (("note; long",), [["fine"]])
    assert read(file, b"a|b\n1|2\n", delimiter="|") == (("a", "b"), [["1", "2"]])
    assert read(file, b"a\tb,c\n1\t2\n", delimiter="tab") == read(file, b"a\tb,c\n1\t2\n", delimiter="\\t")
    assert read(tmp_path / "t.tsv", b"a,b\n1,2\n", delimiter=",") == (("a", "b"), [["1", "2"]])
    for nonsense in ("", ";;", '"', "x", "\n", " "):
        assert refusal(file, b"a\n", delimiter=nonsense).field == "--delimiter"


def test_a_cell_beyond_the_limit_is_named_also_while_the_delimiter_is_sought(file: Path) -> None:
    assert "longer than" in refusal(file, b'a;b\n1;"' + b"x" * 140_000 + b'"\n', delimiter=";").message
    assert refusal(file, b'a;b\n1;"' + b"x" * 140_000 + b'"\n').row == 1


def test_more_rows_than_are_looked_at_may_span_lines(file: Path) -> None:
    rows = b'1;"' + b"x\n" * 150 + b'"\n'
    columns, cells = read(file, b"a;b\n" + rows * 3)
    assert (columns, len(cells)) == (("a", "b"), 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_spreadsheets_unicode_text_is_read_without_a_word(file: Path, encoding: str) -> None:
    assert read(file, "id\ttext\r\n1\tcafé 🎈\r\n".encode(encoding)) == (("id", "text"), [["1", "café 🎈"]])


def test_an_encoding_is_taken_or_offered(file: Path) -> None:
    content = "id,text\n1,café au lait\n".encode("cp1252")
    error = refusal(file, content)
    assert (error.row, error.message.endswith("byte 0xe9 at offset 13 is not UTF-8")) == (2, True)
    assert error.remedy.startswith("Give --encoding cp1252 (reads it as “café”), or save the file as UTF-8")
    assert read(file, content, encoding="cp1252")[1] == [["1", "café au lait"]]
