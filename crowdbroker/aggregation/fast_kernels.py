"""Compiled loops over votes (numba): one pass that is the posterior, the counts, or both.

A loop is compiled for each number of classes (up to a limit) and each precision when it is first used, and kept in
numba's cache on disk. Rows are as long as there are classes: padding them to whole vector registers was tried and is
slower, because what bounds a pass is how much of the tables the caches hold.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np

Kernel = Callable[..., Any]

# Compiled for a fixed row length up to here; longer rows share one loop for all lengths.
_WIDEST = 16
# Numbers of a block of items that stay in the first cache.
_BLOCK_NUMBERS = 2048
# Totals lie between 1 and the number of classes, so the product of so many cannot overflow.
_LOGS_AT_ONCE = 32


def sweep_kernel(classes: int, bits: int) -> Kernel:
    """Return the pass over the votes of a range of items, for so many classes and bits of precision (64 or 32).

    Its arguments are start (items + 1,), cell (votes,), log_confusion (cells, classes), log_prior (classes,), gold's
    item (gold,) and accepted (gold, classes), and then what it fills: counts (cells, classes), or none to leave out;
    expected items (classes,), 64 bits always; posterior (items, classes), or none to leave out; then the first item and
    the last, not included. It returns the log-likelihood.
    """
    return _compiled(classes if classes <= _WIDEST else 0, bits)


@cache
def counting_kernel() -> Kernel:
    """Return the pass that adds a posterior (items, classes) to counts (cells, classes) for a range of items."""
    return _jit(_add_posterior)


@cache
def voting_kernel() -> Kernel:
    """Return the pass that adds up votes (start, label) in counts (items, labels) for a range of items."""
    return _jit(_add_votes)


def _jit(loop: Callable[..., Any]) -> Kernel:
    # Contraction to fused multiply-add is the one liberty: sums keep their order, so results are the same on each run.
    compiled: Kernel = numba.njit(nogil=True, cache=True, fastmath={"contract"})(loop)
    return compiled


def _add_posterior(start: Any, cell: Any, posterior: Any, counts: Any, first: int, last: int) -> None:
    for item in range(first, last):
        for vote in range(start[item], start[item + 1]):
            row = cell[vote]
            for true in range(posterior.shape[1]):
                counts[row, true] += posterior[item, true]


def _add_votes(start: Any, label: Any, counts: Any, first: int, last: int) -> None:
    for item in range(first, last):
        for vote in range(start[item], start[item + 1]):
            counts[item, label[vote]] += 1


def _exp64(x: Any, power: Any, size: int) -> None:
    """Replace x by exp(x) for x <= 0, as a loop that the compiler turns into vector instructions.

    x = n log 2 + r with |r| <= log 2 / 2; the Taylor series of exp(r) to the 12th power is right to the last bit or
    two, and n goes into the exponent's bits (adding 1.5 * 2^52 leaves n in the lowest bits of the sum).
    """
    bits = power.view(np.int64)
    for place in range(size):
        power[place] = max(x[place], -708.0) * 1.4426950408889634 + 6755399441055744.0
    for place in range(size):
        n = power[place] - 6755399441055744.0
        r = (max(x[place], -708.0) - n * 0.6931471803691238) - n * 1.9082149292705877e-10
        p = 2.08767569878681e-09
        p = p * r + 2.505210838544172e-08
        p = p * r + 2.755731922398589e-07
        p = p * r + 2.7557319223985893e-06
        p = p * r + 2.48015873015873e-05
        p = p * r + 0.0001984126984126984
        p = p * r + 0.001388888888888889
        p = p * r + 0.008333333333333333
        p = p * r + 0.041666666666666664
        p = p * r + 0.16666666666666666
        p = p * r + 0.5
        p = p * r + 1.0
        p = p * r + 1.0
        bits[place] = (bits[place] + 1023) << 52
        x[place] = p * power[place] if x[place] >= -708.0 else 0.0


def _exp32(x: Any, power: Any, size: int) -> None:
    """As `_exp64`, for 32 bits: to the 7th power."""
    bits = power.view(np.int32)
    for place in range(size):
        power[place] = max(x[place], np.float32(-87.0)) * np.float32(1.4426950408889634) + np.float32(12582912.0)
    for place in range(size):
        n = power[place] - np.float32(12582912.0)
        r = (max(x[place], np.float32(-87.0)) - n * np.float32(0.693359375)) + n * np.float32(2.12194440e-4)
        p = np.float32(0.0001984126984126984)
        p = p * r + np.float32(0.001388888888888889)
        p = p * r + np.float32(0.008333333333333333)
        p = p * r + np.float32(0.041666666666666664)
        p = p * r + np.float32(0.16666666666666666)
        p = p * r + np.float32(0.5)
        p = p * r + np.float32(1.0)
        p = p * r + np.float32(1.0)
        bits[place] = (bits[place] + np.int32(127)) << np.int32(23)
        x[place] = p * power[place] if x[place] >= np.float32(-87.0) else np.float32(0.0)


@cache
def _compiled(fixed: int, bits: int) -> Kernel:
    exp = _jit(_exp64 if bits == 64 else _exp32)
    number: Any = np.float64 if bits == 64 else np.float32

    def one_pass(
        start: Any,
        cell: Any,
        log_confusion: Any,
        log_prior: Any,
        gold_item: Any,
        accepted: Any,
        counts: Any,
        classes: Any,
        posterior: Any,
        first: int,
        last: int,
    ) -> float:
        width = fixed if fixed > 0 else log_confusion.shape[1]
        block = max(1, _BLOCK_NUMBERS // width)
        joint = np.empty((block, width), number)
        flat = joint.reshape(block * width)
        power = np.empty(block * width, number)
        likelihood = 0.0
        known = np.searchsorted(gold_item, first)
        for begin in range(first, last, block):
            size = min(block, last - begin)
            for place in range(size):
                for true in range(width):
                    joint[place, true] = log_prior[true]
                for vote in range(start[begin + place], start[begin + place + 1]):
                    row = cell[vote]
                    for true in range(width):
                        joint[place, true] += log_confusion[row, true]
            while known < len(gold_item) and gold_item[known] < begin + size:
                for true in range(width):
                    if not accepted[known, true]:
                        joint[gold_item[known] - begin, true] = -np.inf
                known += 1
            for place in range(size):
                best = joint[place, 0]
                for true in range(1, width):
                    best = max(best, joint[place, true])
                likelihood += best
                for true in range(width):
                    joint[place, true] -= best
            exp(flat, power, size * width)
            product = 1.0
            for place in range(size):
                total = number(0.0)
                for true in range(width):
                    total += joint[place, true]
                product *= total
                if (place + 1) % _LOGS_AT_ONCE == 0 or place + 1 == size:
                    likelihood += np.log(product)
                    product = 1.0
                share = number(1.0) / total
                for true in range(width):
                    joint[place, true] *= share
            for place in range(size):
                for true in range(width):
                    classes[true] += joint[place, true]
            if len(counts):
                for place in range(size):
                    for vote in range(start[begin + place], start[begin + place + 1]):
                        row = cell[vote]
                        for true in range(width):
                            counts[row, true] += joint[place, true]
            if len(posterior):
                for place in range(size):
                    for true in range(width):
                        posterior[begin + place, true] = joint[place, true]
        return likelihood

    return _jit(one_pass)
