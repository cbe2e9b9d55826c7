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


def numbers_of(names: Names) -> Numbers:
    """Return 64 bits for each name, the same in every process."""
    if names.are_integers:
        return _scrambled(names.array().astype(np.int64).view(np.uint64))
    digests = (hashlib.blake2b(repr(name).encode("utf-8", "surrogatepass"), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


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
