"""Vocabularies: the names behind positions, made into Python objects when somebody looks."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
import numpy.typing as npt


class Names(Sequence[Hashable]):
    """Distinct values in a fixed order, equal to any sequence of the same values.

    Ten million items with numbers for names are one array here and would be half a gigabyte of Python objects.

    Args:
        values: the names; an array gives plain Python values.
    """

    def __init__(self, values: Sequence[Hashable] | npt.NDArray[Any]) -> None:
        self._values: Any = values

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, index: int) -> Hashable: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hashable, ...]: ...
    def __getitem__(self, index: int | slice) -> Hashable | tuple[Hashable, ...]:
        found = self._values[index]
        if isinstance(self._values, np.ndarray):
            found = found.tolist()
        plain: Hashable = tuple(found) if isinstance(index, slice) else found
        return plain

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._values.tolist() if isinstance(self._values, np.ndarray) else self._values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Names({list(self)!r})" if len(self) <= 10 else f"Names({list(self[:9])!r} and {len(self) - 9} more)"

    def __contains__(self, value: object) -> bool:
        return value in self._places

    def place(self, value: Hashable) -> int | None:
        """Return the position of a value, None where it is not there."""
        return self._places.get(value)

    def places(self, others: Names) -> npt.NDArray[np.int64]:
        """Return the position of each of other names, -1 where it is not here; shape (others,)."""
        if not (self.are_integers and others.are_integers):
            return np.fromiter((self._places.get(name, -1) for name in others), dtype=np.int64, count=len(others))
        own, wanted = self.array(), others.array()
        order = None if bool((own[1:] > own[:-1]).all()) else np.argsort(own)
        place = np.minimum(np.searchsorted(own, wanted, sorter=order), len(own) - 1)
        place = place if order is None else order[place]
        return np.where(own[place] == wanted, place, -1)

    def at(self, positions: npt.NDArray[Any]) -> list[Hashable]:
        """Return the names at positions."""
        if isinstance(self._values, np.ndarray):
            taken: list[Hashable] = self._values[positions].tolist()
            return taken
        return list(map(self._values.__getitem__, positions.tolist()))

    @property
    def are_integers(self) -> bool:
        """Return whether these are an array of integers."""
        return isinstance(self._values, np.ndarray) and self._values.dtype.kind in "iu"

    def array(self) -> npt.NDArray[Any]:
        """Return the array behind names that are integers."""
        values: npt.NDArray[Any] = self._values
        return values

    def with_more(self, names: Sequence[Hashable]) -> Names:
        """Return these names and then others, which must not be among them."""
        if not names:
            return self
        if isinstance(self._values, np.ndarray):
            more = np.array(names)
            if more.dtype.kind == self._values.dtype.kind and self._values.dtype.kind in "biu":
                return Names(np.concatenate([self._values, more]))
        return Names([*self, *names])

    @cached_property
    def _places(self) -> dict[Hashable, int]:
        return dict(zip(self, range(len(self)), strict=True))


class Named(Mapping[Hashable, Hashable]):
    """name -> its label, kept as one array of positions.

    Args:
        names: the keys.
        labels: the label set.
        chosen: position in `labels` for every name; shape (names,).
    """

    def __init__(self, names: Names, labels: Sequence[Hashable], chosen: npt.NDArray[Any]) -> None:
        self._names, self._labels, self._chosen = names, labels, chosen

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._names)

    def __getitem__(self, name: Hashable) -> Hashable:
        place = self._names.place(name)
        if place is None:
            raise KeyError(name)
        return self._labels[int(self._chosen[place])]

    def values(self) -> Iterable[Hashable]:  # type: ignore[override]
        """Return the labels in the order of the names."""
        return list(map(self._labels.__getitem__, self._chosen.tolist()))

    def items(self) -> Iterable[tuple[Hashable, Hashable]]:  # type: ignore[override]
        """Return pairs of name and label in the order of the names."""
        return list(zip(self._names, self.values(), strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self.items()))


def as_names(values: Iterable[Hashable]) -> Names:
    """Return values as Names."""
    return values if isinstance(values, Names) else Names(tuple(values))
