"""HTML templates with `${column}`, as MTurk's requester site and Turkle know them: one page shows one Item.

A value is escaped by the place in which its placeholder stands; `${raw:column}` inserts it as it is, and `$${column}`
stays as the text `${column}`. Inside scripts and styles, what is no name of a column (`${count + 1}`) stays too.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from html import unescape

from crowdbroker.errors import InputError
from crowdbroker.mturk.html_places import scan
from crowdbroker.mturk.requester_form import RESERVED, additions, field_regions
from crowdbroker.mturk.slots import Slot, mask, read_piece


class PlaceholderTemplate:
    """A template that is read once and rendered for every Item.

    Attributes:
        name: the file's name, for errors.
        source: the template as its file has it.
        columns: the names in its placeholders, in order of appearance.
        lines: such a name -> the 1-based line at which it first appears.
        fields: the names of the fields that its form sends, with placeholders as they stand; see `field_names`.
        unknown_elements: the `crowd-…` elements in it, which nothing here gives a meaning to.

    Raises:
        InputError: a placeholder stands where no value can be made safe or names no column at all, or the HTML leaves
            something open that would swallow the rest of the page.
    """

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source
        scanned = scan(name, mask(source))
        added = additions(scanned, source)
        pieces = [(region.start, read_piece(name, source, region)) for region in scanned.regions]
        self._pieces = [part for start, piece in pieces for part in (added.pop(start, ""), piece)] + [*added.values()]
        self._fields = [read_piece(name, source, region).parts for region in field_regions(scanned)]
        slots = [part for _, piece in pieces for part in piece.parts if isinstance(part, Slot)]
        self.lines: Mapping[str, int] = {slot.name: slot.line for slot in reversed(slots)}
        self.columns = tuple(dict.fromkeys(slot.name for slot in slots))
        self.fields = self._named(lambda slot: f"${{{slot.name}}}")
        self.unknown_elements = tuple(dict.fromkeys(tag.name for tag in scanned.tags if tag.name.startswith("crowd-")))

    def render(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> str:
        """The page of one Item.

        Args:
            cells: column of the dataset -> text.
            columns: name in the template -> column of the dataset, where they differ.

        Raises:
            InputError: the dataset has no such column.
        """
        value = self._values(cells, columns)
        return "".join(piece if isinstance(piece, str) else piece.filled(value) for piece in self._pieces)

    def field_names(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> tuple[str, ...]:
        """The names of the fields on the page that `render` gives for the same arguments."""
        return self._named(self._values(cells, columns))

    def _named(self, value: Callable[[Slot], str]) -> tuple[str, ...]:
        names = [
            "".join(unescape(part) if isinstance(part, str) else value(part) for part in parts)
            for parts in self._fields
        ]
        return tuple(name for name in dict.fromkeys(names) if name and name not in RESERVED)

    def _values(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> Callable[[Slot], str]:
        def value(slot: Slot) -> str:
            column = columns.get(slot.name, slot.name)
            if column not in cells:
                raise self._missing(slot, column, list(cells))
            return cells[column]

        return value

    def _missing(self, slot: Slot, column: str, known: list[str]) -> InputError:
        folded = {name.strip().casefold(): name for name in known}
        near = [folded[match] for match in difflib.get_close_matches(column.casefold(), list(folded), 2)]
        hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
        return InputError(
            f"the template shows the column {column!r}, which the dataset does not have",
            file=self.name,
            row=slot.line,
            field=column,
            remedy=f"{hint}Correct it, map it in [template.columns], or write $${{{slot.name}}} if it is no column; "
            f"there are: {', '.join(known)}.",
        )
