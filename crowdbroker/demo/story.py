"""What happens in a demo, told while it happens: quarters of the work, and whoever is excluded or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crowdbroker.broker.run import Round
from crowdbroker.demo.evidence import exclusions, refusals
from crowdbroker.demo.stage import Stage
from crowdbroker.domain.durations import in_words
from crowdbroker.domain.money import dollars
from crowdbroker.errors import CrowdbrokerError
from crowdbroker.store.ledger import balances
from crowdbroker.store.reads import BatchView

Tell = Callable[[str], None]

_MOST_EVENTS = 11
"""More lines than this would bury the story; the ending lists everybody."""


class Story:
    """Is told of every round, and tells what is worth it; times are the marketplace's, from the first round on."""

    def __init__(self, stage: Stage, batch: BatchView, tell: Tell) -> None:
        self._stage = stage
        self._batch = batch
        self._tell = tell
        self._began = stage.clock()
        self._published = False
        self._quarters = 0
        self._known: dict[str, set[str]] = {"excluded": set(), "refused": set()}
        self._events = 0

    def __call__(self, this: Round) -> None:
        """Tell of a round.

        Raises:
            CrowdbrokerError: the marketplace refused a call, which it never does to a demo that is right.
        """
        if this.settled.failed or this.settled.in_doubt or this.published.failed or this.published.in_doubt:
            raise CrowdbrokerError(f"the marketplace refused a call: {this.published.problem or this.settled.problem}")
        with self._stage.app.store.read() as session:
            excluded = exclusions(session, self._batch.id)
            refused = refusals(session, self._batch.id)
            money = {account.value: cents for account, cents in balances(session, self._batch.id).items()}
        if not self._published:
            self._published = True
            hits = sum(this.progress.hits.values())
            self._say(f"{hits:,} HITs are published, and {dollars(money['reserved'])} is reserved for them")
        self._tell_of_people(self._new("excluded", excluded), self._new("refused", refused))
        self._tell_of_quarter(this, money)

    @property
    def elapsed(self) -> str:
        """The marketplace's time since the first round, in words."""
        return in_words((self._stage.clock() - self._began).total_seconds())

    def _say(self, text: str) -> None:
        self._tell(f"{self.elapsed:>13}  {text}")

    def _new(self, what: str, people: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Those of whom nothing was told yet, by name."""
        known = self._known[what]
        new = {one["worker"]: one for one in people if one["worker"] not in known}
        known.update(new)
        return new

    def _tell_of_people(self, excluded: dict[str, dict[str, Any]], refused: dict[str, dict[str, Any]]) -> None:
        for name, one in (excluded | refused).items():
            self._events += 1
            if self._events > _MOST_EVENTS:
                return
            what = "excluded and refused" if name in excluded and name in refused else "excluded, but paid"
            what = "refused" if name not in excluded else what
            signals = one["signals"][:1] if name in refused else []
            self._say("; ".join([f"{name} is {what}: {gold_words(one, self._batch.project.gold.bar)}", *signals]))

    def _tell_of_quarter(self, this: Round, money: Mapping[str, int]) -> None:
        reached = this.progress
        quarters = 4 * reached.answers // reached.answers_wanted
        if quarters == self._quarters:
            return
        self._quarters = quarters
        spent = money["rewards"] + money["fees"] + money["bonuses"]
        self._say(
            f"{reached.answers:,} of {reached.answers_wanted:,} answers are in; {reached.assignments['approved']:,} "
            f"assignments are paid, {dollars(spent)} with fees"
        )


def gold_words(evidence: Mapping[str, Any], bar: float) -> str:
    """What gold says of a Worker, as a part of a sentence."""
    gold = f"{evidence['gold_right']} of {evidence['gold_seen']} gold right"
    return f"{gold}, P(accuracy < {bar:.0%}) = {evidence['below_bar']:.3f}"
