"""Tables in and out, as users of crowd-kit know them: columns task, worker and label."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Answers
from crowdbroker.aggregation.sources import votes_of
from crowdbroker.aggregation.votes import Votes


class Method(Protocol):
    """What every method of aggregation has once it is fitted.

    Attributes:
        labels_: item -> label.
        posterior_: P(label), or shares of votes; shape (items, labels), rows sum to 1.
        keeps_gold: whether known items get their known label, whatever was voted.
    """

    keeps_gold: bool
    labels_: Mapping[Hashable, Hashable]
    posterior_: npt.NDArray[np.float64]

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from votes."""


class FromFrames:
    """Methods with frames for arguments: a notebook that fitted crowd-kit changes its import and nothing else."""

    keeps_gold: bool = True

    def fit_predict(self: Any, data: Any, true_labels: Any = None) -> Any:
        """Return the label of every task.

        Args:
            data: a pandas or polars frame, an Arrow table or a mapping, with columns task, worker and label.
            true_labels: known labels; a mapping or a pandas Series, task -> label.

        Returns:
            For pandas, a Series `agg_label` with the tasks as its index; else a table of task and agg_label of the
            same kind.

        Raises:
            InputError: a column is missing, or as `fit` does.
        """
        votes = votes_of(data)
        self.fit(votes, gold=gold_of(true_labels))
        return _series(data, votes, list(self.labels_.values()))

    def fit_predict_proba(self: Any, data: Any, true_labels: Any = None) -> Any:
        """Return P(label) of every task: a frame with a row a task and a column a label."""
        votes = votes_of(data)
        self.fit(votes, gold=gold_of(true_labels))
        return _table(data, votes, self.posterior_)


def gold_of(true_labels: Any) -> Answers | None:
    """Return known labels as a mapping."""
    if true_labels is None or isinstance(true_labels, Mapping):
        return true_labels
    known: Answers = true_labels.to_dict()
    return known


def _is_pandas(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pandas"


def _series(data: Any, votes: Votes, labels: list[Hashable]) -> Any:
    if _is_pandas(data):
        import pandas  # type: ignore[import-untyped]

        return pandas.Series(labels, index=pandas.Index(list(votes.items), name="task"), name="agg_label")
    return _like(data, {"task": list(votes.items), "agg_label": labels})


def _table(data: Any, votes: Votes, posterior: npt.NDArray[np.float64]) -> Any:
    if _is_pandas(data):
        import pandas

        index = pandas.Index(list(votes.items), name="task")
        return pandas.DataFrame(posterior, index=index, columns=pandas.Index(list(votes.labels), name="label"))
    columns = {str(label): posterior[:, place] for place, label in enumerate(votes.labels)}
    return _like(data, {"task": list(votes.items), **columns})


def _like(data: Any, columns: dict[str, Any]) -> Any:
    """Return a table of the same kind as data."""
    make = getattr(data, "from_pydict", type(data))  # Arrow's tables have no other way from columns
    return make(columns)
