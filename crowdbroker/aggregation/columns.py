"""Values of a column as codes, by whatever library holds the column.

pandas, polars and Arrow are recognised by the module of the column's class, so none of them is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.cells import Positions, smallest
from crowdbroker.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column as codes.

    Attributes:
        code: position in `values` of every row, below 0 where the value is missing; shape (n,).
        values: the distinct values, in ascending order if they are an array.
        row: the row in the column as it was given, where rows were left out; shape (n,).
    """

    code: Positions
    values: Sequence[Hashable] | npt.NDArray[Any]
    row: Positions | None = None

    def __len__(self) -> int:
        return len(self.code)

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Return whether a row has no value; shape (n,)."""
        return np.zeros(len(self), dtype=np.bool_) if self.code.dtype.kind == "u" else self.code < 0

    def first(self, rows: npt.NDArray[np.bool_]) -> int:
        """Return the first of some rows, at least one, as the column was given."""
        place = int(np.argmax(rows))
        return place if self.row is None else int(self.row[place])

    def where(self, kept: npt.NDArray[np.bool_]) -> Coded:
        """Return the rows that are kept, with the values that they still have."""
        row = np.flatnonzero(kept) if self.row is None else self.row[kept]
        code = self.code[kept].astype(np.int64)
        used = np.zeros(len(self.values) + 1, dtype=np.bool_)
        used[code] = True  # -1, a missing value, marks the last place, which is none of the values
        place = np.append(np.cumsum(used[:-1]) - 1, -1)
        if isinstance(self.values, np.ndarray):
            return Coded(place[code], self.values[used[:-1]], row)
        return Coded(place[code], [self.values[index] for index in np.flatnonzero(used[:-1]).tolist()], row)


def coded(what: str, column: Iterable[Hashable]) -> Coded:
    """Return a column as codes.

    Args:
        what: item, worker or label, for messages.
        column: any iterable of hashable values; an array, pandas, polars or Arrow column is the fast way.

    Raises:
        InputError: a value cannot be hashed, or two are equal but of unequal type.
    """
    plain = _plain_array(column)
    if plain is not None:
        return _of_array(plain)
    library = type(column).__module__.partition(".")[0]
    known = _LIBRARIES.get(library)
    found = known(column) if known else None
    return found if found is not None else _of_list(what, as_list(column))


def as_list(column: Iterable[Hashable]) -> list[Hashable]:
    """Return plain Python values: numpy, pandas and Arrow keep their own scalars otherwise."""
    plain = getattr(column, "tolist", None) or getattr(column, "to_list", None) or getattr(column, "to_pylist", None)
    return list(plain() if callable(plain) else column)


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN or another that is not equal to itself."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas' NA refuses to be true or false
        return True


def _plain_array(column: Any) -> npt.NDArray[Any] | None:
    """Return the array in or behind a column of numbers or bools with nothing missing."""
    if isinstance(column, np.ndarray):
        return column if column.dtype.kind in "biufU" and column.ndim == 1 else None
    library = type(column).__module__.partition(".")[0]
    if library == "pandas" and isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        array: npt.NDArray[Any] = column.to_numpy()
        return array
    if (
        library == "polars"
        and (column.dtype.is_numeric() or str(column.dtype) == "Boolean")
        and not column.null_count()
    ):
        return _if_plain(column.to_numpy())
    if library == "pyarrow" and not column.null_count:
        return _if_plain(column.to_numpy()) if _is_arrow_number(column.type) else None
    return None


def _if_plain(array: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
    return array if array.dtype.kind in "biuf" else None


def _is_arrow_number(kind: Any) -> bool:
    return str(kind) in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double")


def _of_array(array: npt.NDArray[Any]) -> Coded:
    if array.dtype.kind == "f":
        missing = np.isnan(array)
        if missing.any():
            code, values = _distinct(array[~missing])
            return Coded(_spread(code, ~missing), values)
    return Coded(*_distinct(array))


def _distinct(array: npt.NDArray[Any]) -> tuple[Positions, npt.NDArray[Any]]:
    """Return codes and the distinct values in ascending order."""
    if array.dtype.kind in "iu" and len(array):
        lowest, highest = int(array.min()), int(array.max())
        if highest - lowest <= 4 * len(array) + 1000:
            return _distinct_in_range(array, lowest, highest)
    values, code = np.unique(array, return_inverse=True)
    return code.astype(smallest(len(values))), values


def _distinct_in_range(array: npt.NDArray[Any], lowest: int, highest: int) -> tuple[Positions, npt.NDArray[Any]]:
    """As `_distinct`, by a mark for each number in the range: no sorting."""
    offset = array if lowest == 0 else _above(array, lowest)
    seen = np.zeros(highest - lowest + 1, dtype=np.bool_)
    seen[offset] = True
    if seen.all():
        # Without a copy where it is of that type already: codes are read, never changed.
        return offset.astype(smallest(len(seen)), copy=False), _from(np.arange(len(seen)), array, lowest)
    place = np.cumsum(seen, dtype=np.int64) - 1
    values = np.flatnonzero(seen)
    return place.astype(smallest(len(values)))[offset], _from(values, array, lowest)


def _from(offset: npt.NDArray[np.int64], array: npt.NDArray[Any], lowest: int) -> npt.NDArray[Any]:
    wide: type[np.integer[Any]] = np.uint64 if array.dtype.kind == "u" else np.int64
    values: npt.NDArray[Any] = (offset.astype(wide) + wide(lowest)).astype(array.dtype)
    return values


def _above(array: npt.NDArray[Any], lowest: int) -> npt.NDArray[np.int64]:
    # 64 bits without a sign hold more than 64 with one, and few bits with one do not hold their own range.
    if array.dtype.kind == "u":
        offset: npt.NDArray[np.int64] = (array - array.dtype.type(lowest)).astype(np.int64)
    else:
        offset = array.astype(np.int64) - lowest
    return offset


def _spread(code: Positions, present: npt.NDArray[np.bool_]) -> Positions:
    spread = np.full(len(present), -1, dtype=np.int64)
    spread[present] = code
    return spread


def _of_pandas(column: Any) -> Coded | None:
    kind = str(column.dtype)
    if kind == "category":
        codes = column.cat.codes.to_numpy().astype(np.int64)
        return Coded(codes, as_list(column.cat.categories)).where(np.ones(len(codes), dtype=np.bool_))
    if kind == "object":
        # It may hold 1 and True, which pandas would take for one.
        return None
    code, values = column.factorize()
    return Coded(code, as_list(values))


def _of_polars(column: Any) -> Coded | None:
    if str(column.dtype).startswith(("Categorical", "Enum")):
        column = column.cast(str)
    if str(column.dtype) != "String":
        return None
    values = column.drop_nulls().unique().sort()
    frame, places = column.alias("value").to_frame(), values.alias("value").to_frame().with_row_index("place")
    # A join looks values up in a table of hashes, several times faster than a search among sorted text.
    found = frame.join(places, on="value", how="left", maintain_order="left")["place"]
    return Coded(found.cast(int).fill_null(-1).to_numpy(), values.to_list())


def _of_arrow(column: Any) -> Coded | None:
    if str(column.type).startswith("dictionary"):
        column = column.cast(column.type.value_type)
    if str(column.type) not in ("string", "large_string", "string_view", "bool"):
        return None
    encoded = column.dictionary_encode()
    if hasattr(encoded, "unify_dictionaries"):
        encoded = encoded.unify_dictionaries().combine_chunks()
    code = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded(code, encoded.dictionary.to_pylist())


_LIBRARIES: dict[str, Callable[[Any], Coded | None]] = {
    "pandas": _of_pandas,
    "polars": _of_polars,
    "pyarrow": _of_arrow,
}


def _of_list(what: str, column: list[Hashable]) -> Coded:
    try:
        seen = dict.fromkeys(column)
    except TypeError as error:
        raise InputError(
            f"a {what} cannot be hashed: {error}", remedy="Use text, numbers or other values that cannot change."
        ) from error
    _check_types(what, column, len(seen))
    present = [name for name in seen if not is_missing(name)]
    lookup = dict.fromkeys(seen, -1) | dict(zip(present, range(len(present)), strict=True))
    return Coded(np.fromiter(map(lookup.__getitem__, column), dtype=np.int64, count=len(column)), present)


def _check_types(what: str, column: list[Hashable], distinct: int) -> None:
    """Refuse values that Python takes for one although they look different: the first row would name them."""
    if len(set(map(type, column))) > 1 and len(set(zip(map(type, column), column, strict=True))) > distinct:
        raise InputError(
            f"some {what}s are equal but of unequal type, such as 1, 1.0 and True",
            remedy=f"Give every {what} in one type.",
        )
