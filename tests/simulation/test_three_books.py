"""Three sets of books over Batches in which everything went wrong: ours, the marketplace's and another program's.

beancount reads the exported ledger and comes to balances of its own; they are compared with what the marketplace's
tables say was paid, so that neither our arithmetic nor our exporter can be wrong alone.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from required import missing

from crowdbroker.formats.beancount import beancount_lines
from crowdbroker.reports.ledger import ledger_batches, ledger_lines
from crowdbroker.simulation.ending import conclude
from crowdbroker.simulation.happenings import draw, draw_design, happen
from crowdbroker.simulation.market_facts import MarketFacts, market_facts
from crowdbroker.simulation.world import World

FEW = range(40, 42)
MANY = range(42, 42 + int(os.environ.get("CROWDBROKER_BOOKS", "12")))


def lived(scratch: Any, seed: int) -> tuple[str, MarketFacts]:
    """The exported ledger of a simulated Batch that came to its end, and the marketplace's facts."""
    with World(scratch, draw_design(seed)) as world:
        for one in draw(seed):
            happen(world, one)
        conclude(world)
        batches = [world.batch()]
        with world.store.read() as session:
            lines = list(beancount_lines(ledger_batches(session, batches), ledger_lines(session, batches)))
        with world.marketplace.read() as session:
            return "\n".join(lines) + "\n", market_facts(session)


def beancounted(text: str) -> Counter[str]:
    """Cents by account, as beancount comes to them."""
    try:
        from beancount import loader
    except ImportError:
        missing("beancount", "it is not installed")
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    cents: Counter[str] = Counter()
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            cents[posting.account.rpartition(":")[2]] += int(posting.units.number * 100)
    return cents


def agree(scratch: Any, seed: int) -> None:
    text, facts = lived(scratch, seed)
    cents = beancounted(text)
    assert cents["Rewards"] == facts.rewards_cents
    assert cents["Fees"] == facts.fees_cents
    assert cents["Bonuses"] == facts.bonuses_cents
    assert cents["Reserved"] + cents["Owed"] >= facts.held_cents
    assert cents.total() == 0


@pytest.mark.parametrize("seed", FEW)
def test_the_three_books_agree(scratch: Any, seed: int) -> None:
    agree(scratch, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_the_three_books_agree_under_many_seeds(scratch: Any, seed: int) -> None:
    agree(scratch, seed)
