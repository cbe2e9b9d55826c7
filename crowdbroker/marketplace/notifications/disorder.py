"""A disorderly channel for tests of receivers: messages twice, late, out of order or never, by seed."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Disorder:
    """What goes wrong; nothing by default. Each message's fate follows from the seed and its EventDocId.

    Attributes:
        duplicate: the probability that a message is sent twice.
        reorder: whether messages that are due together go out shuffled.
        delay_s: the most seconds that a message waits beyond its time.
        drop: the probability that a message is never sent.
    """

    seed: int = 0
    duplicate: float = 0.0
    reorder: bool = False
    delay_s: float = 0.0
    drop: float = 0.0

    def drops(self, doc_id: str) -> bool:
        """Tell whether a message gets lost."""
        return self._draw("drop", doc_id) < self.drop

    def copies(self, doc_id: str) -> int:
        """Return how often a message is sent."""
        return 2 if self._draw("duplicate", doc_id) < self.duplicate else 1

    def delay_ms(self, doc_id: str) -> int:
        """Return how much later than it could a message goes out."""
        return round(self._draw("delay", doc_id) * self.delay_s * 1000)

    def place(self, doc_id: str) -> float:
        """Return where a message stands among those that are due together; 0 for all keeps their order."""
        return self._draw("order", doc_id) if self.reorder else 0.0

    def _draw(self, what: str, doc_id: str) -> float:
        return random.Random(f"{self.seed}:{what}:{doc_id}").random()
