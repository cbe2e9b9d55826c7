"""Answers that are none: a worker saw the item and gave no label."""

from __future__ import annotations

from collections.abc import Collection, Hashable

import numpy as np

from crowdbroker.aggregation.columns import Coded, is_missing
from crowdbroker.aggregation.encoding import check_present
from crowdbroker.aggregation.errors import EmptyVotes
from crowdbroker.aggregation.names import Names

Pairs = tuple[tuple[Hashable, Hashable], ...]


def apart(columns: list[Coded], skip: Collection[Hashable]) -> tuple[list[Coded], Pairs]:
    """Return the columns without skipped answers, and the item and worker of each of those.

    Args:
        columns: items, workers and labels.
        skip: labels that mean that there was no answer; None stands for every missing one.

    Raises:
        EmptyVotes: every answer was skipped.
        MissingValue: a skipped answer has no item or no worker.
    """
    if not skip:
        return columns, ()
    labels = columns[2]
    meant = [code for code, label in enumerate(Names(labels.values)) if label in skip]
    skipped = np.isin(labels.code, meant)
    if any(map(is_missing, skip)):
        skipped |= labels.missing
    if skipped.all():
        raise EmptyVotes("every answer was skipped", remedy="Collect answers first.")
    for what, column in zip(("item", "worker"), columns[:2], strict=True):
        check_present(what, column)
    items, workers = (Names(column.values).at(column.code[skipped]) for column in columns[:2])
    return [column.where(~skipped) for column in columns], tuple(zip(items, workers, strict=True))
