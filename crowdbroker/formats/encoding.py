"""Text files in any encoding, read line by line: UTF-8 and UTF-16 with its mark are recognised, others are asked for.

Most bytes mean something in most encodings, so a wrong guess would go unnoticed. Where a file is not UTF-8, the error
shows what the likely encodings would make of it, and a person chooses.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from crowdbroker.errors import InputError
from crowdbroker.formats.likely_encodings import checked_name, remedy

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_CHUNK_BYTES = 1 << 16


def decoded_lines(path: Path, file: BinaryIO, encoding: str | None = None) -> Iterator[str]:
    """Yield a file's lines with their line ends (LF, CR LF or a lone CR), without a byte order mark.

    Args:
        path: for errors.
        file: read once from where it stands, so that it may be a pipe.
        encoding: one of Python's names; None recognises UTF-8, and UTF-16 or UTF-32 by its mark.

    Raises:
        InputError: the file has a byte that its encoding does not, or a NUL; or there is no such encoding, or the
            file's mark belongs to another one.
    """
    yield from _Decoding(path, file, None if encoding is None else checked_name(path, encoding)).lines()


def is_plain_utf8(path: Path) -> bool:
    """Whether a file is UTF-8 and shows it by a character beyond ASCII; that is certain, whatever somebody says."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return not text.isascii() and "\0" not in text


class _Decoding:
    def __init__(self, path: Path, file: BinaryIO, given: str | None) -> None:
        self._path, self._file, self._given = path, file, given
        self._lines = 0  # that are complete
        self._rest: list[str] = []  # of the line after them

    def lines(self) -> Iterator[str]:
        for text in self._texts():
            if self._rest and not self._rest[-1].endswith("\r") and "\n" not in text and "\r" not in text:
                self._rest.append(text)
                continue
            complete = list(io.StringIO("".join([*self._rest, text]), newline=""))
            # A CR at the end may be the first half of CR LF.
            self._rest = [] if complete[-1].endswith("\n") else [complete.pop()]
            self._lines += len(complete)
            yield from complete
        if self._rest:
            yield "".join(self._rest)

    def _texts(self) -> Iterator[str]:
        """Yield the decoded text in pieces that are not empty; what precedes a fault comes before its error."""
        data = self._file.read(_CHUNK_BYTES)
        mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
        encoding, offset, data = self._agreed(mark), len(mark), data[len(mark) :]
        decoder = codecs.getincrementaldecoder(encoding)()
        while True:
            state = decoder.getstate()
            start = offset - len(state[0])
            try:
                text = decoder.decode(data, not data)
            except UnicodeDecodeError as error:
                decoder.setstate(state)
                yield from filter(None, [decoder.decode(data[: max(start + error.start - offset, 0)])])
                raise self._wrong_byte(encoding, error, start) from error
            if "\0" in text:
                before = text[: text.index("\0")]
                yield from filter(None, [before])
                raise self._nul(encoding, data, start + len(before.encode(encoding)))
            yield from filter(None, [text])
            if not data:
                return
            offset += len(data)
            data = self._file.read(_CHUNK_BYTES)

    def _agreed(self, mark: bytes) -> str:
        """The encoding that the file's mark and the caller agree on."""
        given, marked = self._given, _MARKS.get(mark, "")
        agreed = marked if given is None or marked.startswith(given) else given
        agreed = agreed or "utf-8"
        if agreed in ("utf-16", "utf-32"):
            raise InputError(
                f"has no byte order mark, so {agreed} can be read in two ways",
                file=self._path,
                field="--encoding",
                remedy=f"Give --encoding {agreed}-le (as Windows writes it) or {agreed}-be.",
            )
        if marked and agreed != marked:
            raise InputError(
                f"begins with the byte order mark of {marked.upper()}, which {given} is not",
                file=self._path,
                field="--encoding",
                remedy="Leave --encoding out: this mark is recognised.",
            )
        return agreed

    def _wrong_byte(self, encoding: str, error: UnicodeDecodeError, start: int) -> InputError:
        name = encoding.upper() if encoding.startswith("utf") else encoding
        return InputError(
            f"byte 0x{error.object[error.start]:02x} at offset {start + error.start} is not {name}",
            file=self._path,
            row=self._row(),
            remedy=remedy(error.object, error.start, encoding),
        )

    def _nul(self, encoding: str, data: bytes, offset: int) -> InputError:
        return InputError(
            f"NUL byte at offset {offset}",
            file=self._path,
            row=self._row(),
            remedy=remedy(data, data.index(b"\0"), encoding),
        )

    def _row(self) -> int:
        """The line at which a fault lies, once all before it is yielded."""
        return self._lines + 1 + (bool(self._rest) and self._rest[-1].endswith("\r"))
