from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.errors import InputError
from crowdbroker.formats.encoding import decoded_lines

FILE = Path("texts.csv")
WITHOUT_NUL = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"))
GERMAN = "id,text\n1,Größe über alles\n2,schön, „fein“\n"
JAPANESE = "id,text\n1,これは日本語のテキストです\n"
CHINESE = "id,text\n1,这是一个中文句子\n"
RUSSIAN = "id,text\n1,Это простой русский текст\n"


def lines(content: bytes, encoding: str | None = None) -> list[str]:
    return list(decoded_lines(FILE, io.BytesIO(content), encoding))


def refusal(content: bytes, encoding: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        lines(content, encoding)
    assert caught.value.remedy
    assert caught.value.file == FILE
    return caught.value


@given(
    WITHOUT_NUL, st.sampled_from([None, "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]), st.integers(0, 70_000)
)
def test_lines_come_back_unchanged_in_every_encoding(text: str, encoding: str | None, padding: int) -> None:
    text = "é" * padding + text
    found = lines(text.encode(encoding or "utf-8"), encoding)
    assert found == list(io.StringIO(text, newline=""))


@pytest.mark.parametrize("size", range(65_530, 65_540))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_at_the_edge_of_a_reading_are_kept_whole(size: int, end: str) -> None:
    assert lines(("a" * size + end + "é" + end + "c").encode()) == ["a" * size + end, "é" + end, "c"]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_is_recognised_and_left_out(mark: str) -> None:
    content = "é,b\n🎈".encode(mark)
    assert lines(content) == lines(content, mark) == ["é,b\n", "🎈"]


def test_what_comes_before_a_fault_is_read_and_the_fault_has_its_line() -> None:
    reading = decoded_lines(FILE, io.BytesIO(b"a\r\nb\rc\nd\xe9\n"))
    assert [next(reading) for _ in range(3)] == ["a\r\n", "b\r", "c\n"]
    with pytest.raises(InputError, match="byte 0xe9 at offset 8 is not UTF-8") as caught:
        next(reading)
    assert caught.value.row == 4


def test_a_fault_far_into_a_file_has_its_offset() -> None:
    error = refusal("ü".encode() * 50_000 + b"\n" + b"ok\n" * 30_000 + b"\xe9\n")
    assert "offset 190001 " in error.message
    assert error.row == 30_002


def test_a_character_that_is_cut_off_at_the_end_is_a_fault() -> None:
    assert "byte 0xc3 at offset 1" in refusal(b"a\xc3").message


def test_one_damaged_row_of_a_file_in_utf8_is_told_apart() -> None:
    assert "what comes before it is UTF-8" in refusal("schön,b\n".encode() + b"\xe9,c\n").remedy
    assert "what comes before" not in refusal(b"a,b\n\xe9,c\n").remedy


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        (GERMAN, "cp1252", "Größe"),
        (GERMAN, "mac_roman", "Größe"),
        ("a\ncafé\n", "cp1252", "café"),
        ("a\ncafé\n", "mac_roman", "café"),
        ("a\nÉtat déjà vu\n", "cp1252", "État"),
        ("a\nnaïve, Zoë\n", "mac_roman", "naïve"),
        ("a\n“fine”, he said…\n", "cp1252", "“fine”"),
        (JAPANESE, "shift_jis", "これは日本語のテキストです"),
        (CHINESE, "gb18030", "这是一个中文句子"),
        (RUSSIAN, "koi8-r", "Это"),
        (RUSSIAN, "cp1251", "Это"),
        (RUSSIAN, "utf-16-le", "id,text"),
        (CHINESE, "utf-16-be", "id,text"),
        (GERMAN, "utf-16-le", "id,text"),
    ],
)
def test_the_likeliest_encoding_is_offered_first_with_its_reading(text: str, encoding: str, shown: str) -> None:
    content = text.encode(encoding)
    assert refusal(content).remedy.startswith(f"Give --encoding {encoding} (reads it as “{shown}”)")
    assert "".join(lines(content, encoding)) == text


def test_bytes_that_read_alike_are_offered_once_and_never_more_than_three_ways() -> None:
    remedy = refusal(b"a\ncaf\xe9\n").remedy
    assert "latin-1" not in remedy
    assert remedy.count("--encoding") == 1
    for byte in range(0x80, 0x100):
        assert refusal(b"a\n" + bytes([byte, 0x0A])).remedy.count("--encoding") <= 3


def test_a_reading_shows_no_control_characters_and_no_novel() -> None:
    remedy = refusal(b"\x1b[31m\xe9" + b"x" * 500 + b"\n").remedy
    assert "\x1b" not in remedy
    assert len(remedy) < 250


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "cp1252", "shift_jis", "utf-16-le", "iso2022_jp", "hz"])
)
def test_any_bytes_are_read_or_refused(content: bytes, encoding: str | None) -> None:
    text = ""
    with contextlib.suppress(InputError):
        text = "".join(lines(content, encoding))
    assert "\0" not in text


@pytest.mark.parametrize(
    ("content", "encoding", "says", "offers"),
    [
        (b"a\n\x81\n", "cp1252", "byte 0x81 at offset 2 is not cp1252", ""),
        ("é\n".encode("cp1252"), "utf-8", "is not UTF-8", "cp1252"),
        ("é\n".encode(), "ascii", "is not ascii", "--encoding utf-8 (reads it as “é”)"),
        ("é\n".encode("utf-16"), "cp1252", "byte order mark of UTF-16", "Leave --encoding out"),
        ("é\n".encode("utf-8-sig"), "utf-16-le", "byte order mark of UTF-8", "Leave --encoding out"),
        ("é\n".encode("utf-16-le"), "utf-16", "can be read in two ways", "utf-16-le"),
        (b"a,b\n", "cp1225", "no encoding 'cp1225'", "cp125"),
        (b"a,b\n", "base64", "no encoding 'base64'", "utf-16"),
        (b"a,b\n", "unicode-escape", "no encoding", "utf"),
        (b"a,b\n", "", "no encoding", "utf"),
        (b"a,b\n", "a\0b", "no encoding", "utf"),
        (b"a\n\0b\n", "cp1252", "NUL byte at offset 2", "UTF-8"),
    ],
)
def test_a_given_encoding_that_does_not_fit_is_refused(content: bytes, encoding: str, says: str, offers: str) -> None:
    error = refusal(content, encoding)
    assert says in error.message
    assert offers in error.remedy
