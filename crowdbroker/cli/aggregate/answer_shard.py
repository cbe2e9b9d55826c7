"""One file of answers as a shard, read as every other file of answers is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowdbroker.cli.aggregate.kinds import typed
from crowdbroker.formats.answer_files import is_parquet, read_answers
from crowdbroker.formats.votes_parquet import read_parquet_columns

if TYPE_CHECKING:
    from crowdbroker.aggregation.votes import Votes


@dataclass(frozen=True)
class AnswerShard:
    """A CSV, TSV, JSON lines or Parquet file with all answers of its tasks.

    Attributes:
        path: of the file, as the process that reads it sees it.
        encoding, delimiter: of tables, as for `read_answers`.
        skip: labels that mean that there was no answer, as they are written; each is taken in the type of the column.
    """

    path: str
    encoding: str | None = None
    delimiter: str | None = None
    skip: tuple[str, ...] = ()

    def labels(self) -> tuple[Hashable, ...]:
        """Return the labels that occur.

        Raises:
            InputError: the file is wrong, as for `read_answers`; of Parquet only the labels are looked at.
        """
        path = Path(self.path)
        column = read_parquet_columns(path, ("label",))["label"] if is_parquet(path) else self._columns()["label"]
        skip = typed(self.skip, column)
        found = column.unique().to_list() if is_parquet(path) else dict.fromkeys(column)
        return tuple(label for label in found if label not in skip)

    def votes(self, label_set: tuple[Hashable, ...]) -> Votes:
        """Return the votes; the same on every call.

        Raises:
            InputError: the file is wrong, as for `read_answers`, or its votes are, as for `Votes.from_columns`.
        """
        from crowdbroker.aggregation.sources import votes_of

        columns = self._columns()
        return votes_of(columns, label_set=label_set, skip=typed(self.skip, columns["label"]))

    def _columns(self) -> dict[str, Any]:
        return read_answers([Path(self.path)], encoding=self.encoding, delimiter=self.delimiter)
