"""Whether all votes of every item are in one shard, as they must be: an item in two would get two labels.

Shards give a number for each of their items, drawn from its name. They are compared a range of numbers at a time, so
the comparison needs no more memory however many items there are; names are compared only where numbers meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.names import Names
from crowdbroker.errors import InputError

Numbers = npt.NDArray[np.uint64]

# Numbers of all shards that are compared at once: 128 MB.
_AT_ONCE = 1 << 24
_ALL_BITS = (1 << 64) - 1


def numbers_of(names: Names) -> Numbers:
    """Return 64 bits for each name, the same in every process and whatever holds the name."""
    if names.are_integers:
        return _scrambled(names.array().astype(np.int64).view(np.uint64))
    return _scrambled(np.fromiter(map(_bits, names), dtype=np.uint64, count=len(names)))


def _bits(name: Hashable) -> int:
    if type(name) is int:  # an array has it in 64 bits, too
        return name & _ALL_BITS
    digest = hashlib.blake2b(repr(name).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def ranges(items: int, at_once: int = _AT_ONCE) -> list[tuple[int, int]]:
    """Return ranges of numbers, first and last, that hold about `at_once` of so many items each."""
    count = -(-items // at_once)
    edges = [(1 << 64) * place // count for place in range(count + 1)]
    return [(first, last - 1) for first, last in pairwise(edges)]


def within(numbers: Numbers, first: int, last: int) -> Numbers:
    """Return the numbers in a range."""
    return numbers[(numbers >= np.uint64(first)) & (numbers <= np.uint64(last))]


def met(parts: list[Numbers]) -> Numbers:
    """Return the numbers that more than one part has."""
    everything = np.sort(np.concatenate([np.unique(part) for part in parts]))
    return np.unique(everything[1:][everything[1:] == everything[:-1]])


def _scrambled(bits: Numbers) -> Numbers:
    """Return 64 bits where each hangs on all bits given (the finaliser of SplitMix64, Steele et al. 2014)."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def kinds_of(names: Names) -> tuple[str, str]:
    """Return the types of the first and the last name, which differ where a column has several; see `encode`."""
    return type(names[0]).__name__, type(names[len(names) - 1]).__name__


def refuse_kinds(what: str, kinds: list[tuple[str, str]], paths: list[str | None]) -> None:
    """Raise where a column has one type in one shard and another in the next: "1" and 1 would be two names of one.

    Args:
        what: item or worker.
        kinds: of each shard; nothing is said of shards that mix types themselves.
        paths: of each shard, None where it has none.

    Raises:
        InputError: the types differ.
    """
    if any(first != last for first, last in kinds):
        return
    for (kind, _), path in zip(kinds, paths, strict=True):
        if kind != kinds[0][0]:
            where = f"in {paths[0]}" if paths[0] else "in another shard"
            remedy = f"Write every {what} in one type."
            raise InputError(f"every {what} is {kind} here, but {kinds[0][0]} {where}", file=path, remedy=remedy)


def refuse(named: list[list[Hashable]]) -> None:
    """Raise where shards have an item in common.

    Args:
        named: the items of each shard whose numbers met.

    Raises:
        InputError: an item is in two shards.
    """
    seen: set[Hashable] = set()
    for item in chain.from_iterable(named):
        if item in seen:
            raise InputError(
                f"item {item!r} has votes in more than one file",
                remedy="Put all votes of an item into one file, or aggregate without shards.",
            )
        seen.add(item)
