"""The passes over votes that a model asks for while it learns, remembered for the next time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Parameters, Statistics, Sweeper
from crowdbroker.aggregation.unchanged import Unchanged


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Statistics, and the parameters behind their posterior; None where it is shares of votes."""

    statistics: Statistics
    parameters: Parameters | None


class Passes:
    """A sweeper that remembers where learning began and where it ended.

    Args:
        model: whose learning it is.
        sweep: what does the work.
    """

    def __init__(self, model: DawidSkene, sweep: Sweeper) -> None:
        self._sweep = sweep
        self._weighted = model.start == "weighted"
        self._first: Taken | None = None
        self._last: Taken | None = None

    def __call__(self, parameters: Parameters) -> Statistics:
        """Return the statistics of the posterior under parameters."""
        taken = Taken(self._sweep(parameters), parameters)
        if self._weighted and self._first is None:
            self._first = taken
        else:
            self._last = taken
        return taken.statistics

    @property
    def taken(self) -> tuple[Taken, ...]:
        """Return the first pass, where a model starts by weighing workers, and the last."""
        return tuple(taken for taken in (self._first, self._last) if taken is not None)


class Partial:
    """A sweeper that looks at the items with new votes, and at all of them once in a while.

    Args:
        rest: of the other items: one for the first pass, where a model starts by weighing workers, and one for the
            passes after it.
        touched: sweeps the items with new votes.
        everything: sweeps all.
        refresh: every so many passes are over all items; 0 for none.
        made: passes since the last that was over all items.

    Attributes:
        made: likewise, by now.
        refreshed: whether there was a pass over all items.
    """

    def __init__(
        self, rest: Sequence[Unchanged], touched: Sweeper, everything: Sweeper, refresh: int, made: int
    ) -> None:
        self._rest = list(rest)
        self._touched = touched
        self._everything = everything
        self._refresh = refresh
        self.made = made
        self.refreshed = False

    def __call__(self, parameters: Parameters) -> Statistics:
        """Return the statistics of all items, those of the others by the posterior that they had."""
        part = self._touched(parameters)
        self.made += 1
        if len(self._rest) > 1:
            # Workers are weighed once, in the first pass.
            return self._rest.pop(0).with_part(part, parameters)
        if self._refresh and self.made >= self._refresh:
            self.made, self.refreshed = 0, True
            whole = self._everything(parameters)
            self._rest[0] = Unchanged.rest(whole, part, parameters)
            return whole
        return self._rest[0].with_part(part, parameters)
