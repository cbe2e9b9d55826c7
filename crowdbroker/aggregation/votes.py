"""Votes as index arrays: who said what about which item."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.errors import EmptyVotes, MissingValue, RepeatedVote, UnknownLabel
from crowdbroker.errors import InputError

Indices = npt.NDArray[np.intp]
Repeats = Literal["keep_first", "keep_last", "error"]


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """One label at the most for every pair of item and worker, in an order that the input's order cannot change.

    Attributes:
        item: position in `items` of every vote; shape (n,), ascending.
        worker: position in `workers`; shape (n,), ascending within an item.
        label: position in `labels`; shape (n,).
        items: the items that were voted on, by (type name, value).
        workers: the workers who voted, by (type name, value).
        labels: the label set in its declared order, else the labels seen, by (type name, value).
        repeats: votes left out because the worker had voted on the item before.
    """

    item: Indices
    worker: Indices
    label: Indices
    items: tuple[Hashable, ...]
    workers: tuple[Hashable, ...]
    labels: tuple[Hashable, ...]
    repeats: int = 0

    def __len__(self) -> int:
        return len(self.item)

    @classmethod
    def from_columns(
        cls,
        items: Iterable[Hashable],
        workers: Iterable[Hashable],
        labels: Iterable[Hashable],
        label_set: Collection[Hashable] | None = None,
        repeats: Repeats = "keep_first",
    ) -> Self:
        """Return the votes of three columns of equal length.

        Args:
            items: what each vote is about; any hashable but None and NaN.
            workers: who gave it; likewise.
            labels: what was said; likewise.
            label_set: all labels that there are, in the order to keep.
            repeats: which vote of one worker on one item counts; `keep_first` and `keep_last` go by row.

        Raises:
            EmptyVotes: there is no row.
            MissingValue: a value is None or NaN.
            UnknownLabel: a label is not in `label_set`.
            RepeatedVote: `repeats` is `error` and a worker voted twice on an item.
            InputError: columns of unequal length, values that cannot be hashed or are equal but of unequal type
                (1 and True), a label set with repeats.
        """
        columns = [_as_list(column) for column in (items, workers, labels)]
        _check_lengths(columns)
        item, item_names = _encode("item", columns[0])
        worker, worker_names = _encode("worker", columns[1])
        label, label_names = _encode("label", columns[2], label_set)
        kept = _one_vote_each(item * len(worker_names) + worker, repeats)
        if repeats == "error" and len(kept) < len(item):
            raise _repeated(columns, kept)
        return cls(item[kept], worker[kept], label[kept], item_names, worker_names, label_names, len(item) - len(kept))


def _as_list(column: Iterable[Hashable]) -> list[Hashable]:
    """Return plain Python values: numpy and pandas keep their own scalars otherwise."""
    to_list = getattr(column, "tolist", None)
    return list(to_list() if callable(to_list) else column)


def _check_lengths(columns: Sequence[Sequence[Hashable]]) -> None:
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1:
        raise InputError(
            f"items, workers and labels have unequal lengths {lengths}", remedy="Give one of each for every vote."
        )
    if not lengths[0]:
        raise EmptyVotes("there are no votes", remedy="Collect answers first.")


def _encode(
    what: str, column: list[Hashable], declared: Collection[Hashable] | None = None
) -> tuple[Indices, tuple[Hashable, ...]]:
    """Return positions in the vocabulary, shape (n,), and the vocabulary."""
    seen = _distinct(what, column)
    _check_present(what, column, seen)
    _check_types(what, column, seen)
    names = tuple(sorted(seen, key=_order)) if declared is None else _declared(declared)
    lookup = {name: index for index, name in enumerate(names)}
    for name in seen:
        if name not in lookup:
            raise UnknownLabel(
                f"vote {column.index(name)} (counted from 0) has label {name!r}, not one of the {len(names)} declared",
                label=name,
                remedy="Correct the label, or declare it.",
            )
    return np.fromiter(map(lookup.__getitem__, column), dtype=np.intp, count=len(column)), names


def _distinct(what: str, column: list[Hashable]) -> dict[Hashable, None]:
    try:
        return dict.fromkeys(column)
    except TypeError as error:
        raise InputError(
            f"a {what} cannot be hashed: {error}", remedy="Use text, numbers or other values that cannot change."
        ) from error


def _check_present(what: str, column: list[Hashable], seen: Iterable[Hashable]) -> None:
    if any(map(_is_missing, seen)):
        position = next(index for index, value in enumerate(column) if _is_missing(value))
        raise MissingValue(
            f"vote {position} (counted from 0) has {what} {column[position]!r}",
            position=position,
            remedy=f"Leave out votes without a {what}.",
        )


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas' NA refuses to be true or false
        return True


def _check_types(what: str, column: list[Hashable], seen: Collection[Hashable]) -> None:
    """Refuse values that Python takes for one although they look different: the first row would name them."""
    if len(set(map(type, column))) > 1 and len(set(zip(map(type, column), column, strict=True))) > len(seen):
        raise InputError(
            f"some {what}s are equal but of unequal type, such as 1, 1.0 and True",
            remedy=f"Give every {what} in one type.",
        )


def _order(value: Hashable) -> tuple[str, Any]:
    # Other types may have no order, or a partial one that sorts by accident (sets).
    comparable = isinstance(value, (str, bytes, int, float))
    return f"{type(value).__name__} {type(value).__module__}", value if comparable else repr(value)


def _declared(label_set: Collection[Hashable]) -> tuple[Hashable, ...]:
    names = tuple(_as_list(label_set))
    if not names or len(set(names)) < len(names) or any(map(_is_missing, names)):
        raise InputError(
            f"the label set {list(names)!r} is empty or has a label twice or a missing one",
            remedy="Name every label once.",
        )
    return names


def _one_vote_each(pair: Indices, repeats: Repeats) -> Indices:
    """Return the rows to keep in the order of their pairs; shape (distinct pairs,)."""
    if repeats == "keep_last":
        return len(pair) - 1 - np.unique(pair[::-1], return_index=True)[1]
    return np.unique(pair, return_index=True)[1]


def _repeated(columns: Sequence[Sequence[Hashable]], kept: Indices) -> RepeatedVote:
    again = int(np.setdiff1d(np.arange(len(columns[0])), kept)[0])
    item, worker = columns[0][again], columns[1][again]
    return RepeatedVote(
        f"vote {again} (counted from 0): worker {worker!r} voted on item {item!r} before",
        remedy="Leave one out, or take keep_first or keep_last.",
    )
