"""Every invariant speaks up when somebody breaks it: an auditor that never finds anything proves nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from crowdbroker.broker.publish import publish
from crowdbroker.broker.run import run_round
from crowdbroker.errors import StaleState
from crowdbroker.simulation.ending import open_ends
from crowdbroker.simulation.invariants import Watch
from crowdbroker.simulation.operating import compensating
from crowdbroker.simulation.workflow import DESIGN
from crowdbroker.simulation.world import World
from crowdbroker.store.ledger import Account, Transfer, post


@pytest.fixture
def watched(scratch: Any) -> Any:
    """A world in which work was done, paid and thanked for, and the eye on it."""
    with World(scratch, DESIGN) as world:
        watch = Watch(world)
        world.run(publish)
        for worker_id in world.careful[:2]:
            world.work(worker_id, most=1)
        world.run(run_round)
        world.pass_time(days=31)
        world.run(run_round)
        compensating(world, random.Random(1))
        assert watch.violations() == []
        yield world, watch


def here(statement: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        with world.store.engine.begin() as connection:
            connection.execute(text(statement))

    return act


def there(statement: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        with world.marketplace.engine.begin() as connection:
            connection.execute(text(statement))

    return act


def _bonus_again(world: World) -> None:
    with world.marketplace.read() as session:
        worker_id, assignment_id, reason = session.execute(
            text("SELECT worker_id, assignment_id, reason FROM bonus")
        ).one()
    world.market.bonus(worker_id, assignment_id, 1, reason, token="another")


def _money_for_nothing(world: World) -> None:
    with world.store.write() as session:
        moves = {Account.AVAILABLE: -6, Account.RESERVED: 6}
        post(session, [Transfer("for nothing", world.batch().id, moves)], world.clock())


def _foreign_hit(world: World, *, places: int = 3) -> None:
    [first, *_] = world.market.list_hits()
    question = world.market._client.get_hit(HITId=first.hit_id)["HIT"]["Question"]
    kind = {"Title": "t", "Description": "d", "Reward": "0.05", "AssignmentDurationInSeconds": 60}
    hit = {"HITTypeId": world.market.create_hit_type(kind), "MaxAssignments": places, "LifetimeInSeconds": 3600}
    world.market.create_hit(hit | {"Question": question, "RequesterAnnotation": first.annotation}, token="elsewhere")


BREAKS: dict[str, tuple[Callable[[World], None], str]] = {
    "a balance": (here("UPDATE balance SET cents = cents + 1 WHERE account = 'available'"), "the Entries come to"),
    "an Entry": (here("UPDATE entry SET cents = cents + 1 WHERE account = 'fees'"), "was changed"),
    "half a transfer": (here("DELETE FROM entry WHERE account = 'fees'"), "comes to"),
    "an answer": (here("UPDATE assignment SET answer_sha256 = 'x' WHERE id = 1"), "The answer of Assignment"),
    "a decision": (here("UPDATE assignment SET state = 'rejected' WHERE id = 1"), "was approved and is rejected"),
    "another HIT": (here("UPDATE hit SET hit_id = 'X' || hit_id WHERE id = 1"), "The HIT of row 1"),
    "an Effect undone": (
        here("UPDATE effect SET state = 'failed' WHERE kind = 'exclude' OR id = 1"),
        "was done and is",
    ),
    "an Effect without money": (here("DELETE FROM entry WHERE transfer LIKE 'reserve:create%'"), "no money set aside"),
    "a bonus booked alone": (here("DELETE FROM entry WHERE transfer LIKE 'bonus:%'"), "done or booked alone"),
    "money set aside for nothing": (_money_for_nothing, "reserved"),
    "a bonus paid twice": (_bonus_again, "was paid 2 times"),
    "a HIT made twice": (_foreign_hit, "2 HITs carry"),
    "the marketplace's books": (there("UPDATE account SET balance_cents = balance_cents + 1"), "Marketplace: "),
    "work decided otherwise": (there("UPDATE assignment SET status = 'Rejected'"), "at the marketplace"),
    "another answer there": (there("UPDATE assignment SET answer = 'x'"), "another answer"),
    "work never submitted": (there("UPDATE assignment SET status = 'Free'"), "never submitted"),
    "an owner": (there("UPDATE hit SET annotation = 'x'"), "no Effect's"),
}


@pytest.mark.parametrize(("act", "says"), BREAKS.values(), ids=BREAKS)
def test_what_is_broken_is_said(watched: Any, act: Callable[[World], None], says: str) -> None:
    world, watch = watched
    act(world)
    found = watch.violations()
    assert any(says in sentence for sentence in found), found


def test_what_the_marketplace_may_take_beyond_the_budget_is_said(watched: Any) -> None:
    world, watch = watched
    _foreign_hit(world, places=400)
    found = watch.violations()
    assert any("The budget of 2000 cents is passed" in sentence for sentence in found), found
    assert any("spent, reserved and owed are" in sentence for sentence in found), found


def test_an_error_of_the_program_is_a_violation_and_a_sentence_for_the_operator_is_none(watched: Any) -> None:
    world, watch = watched

    def bug() -> None:
        raise KeyError("x")

    def guard() -> None:
        raise StaleState("no such move")

    world.operate(bug)
    world.operate(guard)
    assert watch.violations() == [
        "The broker ended with KeyError: 'x'",
        "The broker ran into its own guard: no such move",
    ]


def test_work_that_was_never_collected_and_money_that_was_never_given_back_are_said_in_the_end(scratch: Any) -> None:
    with World(scratch, DESIGN) as world:
        world.run(publish)
        world.work(world.careful[0], most=1)
        found = open_ends(world)
        assert any("is not complete" in sentence for sentence in found)
        assert any("never collected" in sentence for sentence in found)
        here("UPDATE balance SET cents = cents - 5 WHERE account = 'available'")(world)
        here("UPDATE balance SET cents = cents + 5 WHERE account = 'reserved'")(world)
        assert any("cents are set aside" in sentence for sentence in open_ends(world))
