"""Which encoding a text may be in: names checked, and likely readings of its bytes shown, for a person to choose."""

from __future__ import annotations

import codecs
import difflib
import unicodedata
from itertools import pairwise
from pathlib import Path

from crowdbroker.errors import InputError

_CANDIDATES = ("utf-8", "cp1252", "latin-1", "mac_roman", "shift_jis", "gb18030", "koi8-r", "cp1251")
_NAMES = ("utf-16", "utf-16-le", "utf-16-be", *_CANDIDATES, "cp1250", "iso8859-15", "big5", "euc_jp", "euc_kr")
# Python counts these among its text encodings, but no file is written in them.
_NO_FILES = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_CELL_ENDS = tuple(
    bytes([end]) for end in b' ,;\t\r\n"'
)  # bytes that are no part of a longer character in any candidate
_SAMPLE_CHARACTERS = 20_000
_SHOWN_CHARACTERS = 40
_MOST_READINGS = 3
_AS_GOOD, _ABSURD = 0.5, 2.5  # doubts a character
_IN_PROSE = frozenset("‘’“”„‚–—…«»¿¡·•€£¥。、「」，！？：；（）《》ー\xa0\u3000")  # noqa: RUF001 - meant as they are
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH"})


def checked_name(path: Path, name: str) -> str:
    """Python's own spelling of an encoding's name.

    Raises:
        InputError: Python has no such encoding of text.
    """
    try:
        b"a".decode(name, "replace")
        known = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        known = ""
    if known and known.replace("-", "_") not in _NO_FILES:
        return known.removesuffix("-sig")  # a mark is left out from every encoding
    near = difflib.get_close_matches(name.lower(), _NAMES, 2) or _NAMES[:5]
    raise InputError(
        f"there is no encoding {name!r}", file=path, field="--encoding", remedy=f"Try {' or '.join(near)}."
    )


def remedy(data: bytes, at: int, tried: str) -> str:
    """What to do about bytes that are not in the encoding that was tried, with what would read them.

    Args:
        data: the bytes around the fault, in which it has the index `at`.
    """
    offers = [f"--encoding {name} (reads it as “{shown}”)" for name, shown in _readings(data, at, tried)]
    if tried == "utf-8" and not data[:at].isascii():
        offers.insert(0, "this row its right characters, for what comes before it is UTF-8")
    save = "ave the file as UTF-8 (in Excel: 'CSV UTF-8')."
    return f"Give {', or '.join(offers)}, or s{save}" if offers else f"S{save}"


def _readings(data: bytes, at: int, tried: str) -> list[tuple[str, str]]:
    """The encodings that are as likely as the likeliest, with what each makes of the word around the fault."""
    judged: list[tuple[float, str, str]] = []
    for name in _candidates(data):
        text = _decoded(data, name)
        if text is not None and codecs.lookup(name) != codecs.lookup(tried):
            judged.append((_doubt(text, name), name, _shown(data, at, name, text)))
    judged.sort(key=lambda one: one[0])  # stable: among equals the more common encoding comes first
    found: dict[str, str] = {}
    for doubt, name, shown in judged:
        if doubt <= min(judged[0][0] + _AS_GOOD, _ABSURD):
            found.setdefault(shown, name)
    return [(name, shown) for shown, name in found.items()][:_MOST_READINGS]


def _candidates(data: bytes) -> tuple[str, ...]:
    """Encodings by how common they are; only UTF-16 has NUL bytes, many of them, and only before or behind a letter."""
    low, high = data[0::2].count(0), data[1::2].count(0)
    if low + high == 0:
        return _CANDIDATES
    if low + high == 1 or 4 * min(low, high) > max(low, high) or 10 * (low + high) < len(data):
        return ()
    return ("utf-16-le",) if high >= low else ("utf-16-be",)


def _decoded(data: bytes, name: str) -> str | None:
    """The text, whose last character may be cut off; None where a byte does not fit."""
    try:
        text = codecs.getincrementaldecoder(name)().decode(data)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text[:_SAMPLE_CHARACTERS]


def _shown(data: bytes, at: int, name: str, text: str) -> str:
    if name.startswith("utf-16"):
        word = text.lstrip().partition("\n")[0]
    else:
        start = max((data.rfind(end, 0, at) for end in _CELL_ENDS), default=-1) + 1
        ends = [end for mark in _CELL_ENDS if (end := data.find(mark, at)) >= 0]
        word = data[start : min(ends, default=len(data))].decode(name, "replace")
    word = "".join(character for character in word if character.isprintable())
    return word if len(word) <= _SHOWN_CHARACTERS else f"{word[:_SHOWN_CHARACTERS]}…"


def _doubt(text: str, name: str) -> float:
    """How odd a text looks, per character beyond ASCII; 0 for what people write."""
    strange = [character for character in text if character > "\x7f"]
    oddities = sum(_oddity(character, name) for character in strange)
    clashes = sum(_clash(one, two) for one, two in pairwise(text) if max(one, two) > "\x7f")
    return (oddities + clashes) / max(len(strange), 1)


def _oddity(character: str, name: str) -> float:
    category = unicodedata.category(character)
    if category[0] == "C":
        return 5
    if category[0] == "L":
        rare = name == "gb18030" and not _in_gb2312(character)
        return 1.5 if rare or _script(character) == "HALFWIDTH" else 0
    return 0.1 if character in _IN_PROSE else 1


def _clash(one: str, two: str) -> float:
    """How odd two neighbours look, of which at least one is not ASCII."""
    if not (one.isalpha() and two.isalpha()):
        return 0.5 if (one.isalpha() and _is_symbol(two)) or (two.isalpha() and _is_symbol(one)) else 0
    scripts = {_script(one), _script(two)}
    if len(scripts) == 2 and not scripts <= _EAST_ASIAN:
        return 2
    if one.islower() and two.isupper():
        return 1.5
    if scripts == {"LATIN"} and min(one, two) > "\x7f":
        return 1
    return 0.3 if one.isupper() and two.isupper() else 0


def _is_symbol(character: str) -> bool:
    return character > "\x7f" and not character.isalpha() and character not in _IN_PROSE


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
