"""The whole loop, with workers who come while it waits."""

from __future__ import annotations

from typing import Any

from factories import wrong

from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import progress


def test_a_batch_is_run_to_its_end(desk: Any) -> None:
    desk.load(items=40, gold=10, payment={"rejection": "automatic", "reject_cap": 0.5})
    crowd = iter([(worker_id, answer) for worker_id, answer in zip(desk.workers(3), (None, wrong, None), strict=True)])

    def wait() -> None:
        worker_id, answer = next(crowd)
        desk.work(worker_id, **({"answer": answer} if answer else {}))

    made = desk.run(wait)
    assert made.labelled == 40
    with desk.store.read() as session:
        reached = progress(session, 1)
    assert reached.complete
    assert reached.hits == {"planned": 0, "open": 0, "closed": 10}
    assert reached.assignments == {"submitted": 0, "held": 0, "approved": 20, "rejected": 10}
    assert (reached.answers, reached.answers_wanted, reached.excluded) == (150, 150, 1)
    money = desk.money()
    assert (money[Account.RESERVED], money[Account.OWED]) == (0, 0)
    assert money[Account.REWARDS] == 100
    desk.check_books()


def test_an_excluded_worker_leaves_places_to_others(desk: Any) -> None:
    """The bad worker takes five HITs of the only places, is excluded, and somebody else does the rest."""
    desk.load(items=40, gold=10, overlap=1)
    bad, good = desk.workers(2)
    turns = iter([lambda: desk.work(bad, answer=wrong, most=5), lambda: desk.work(bad), lambda: desk.work(good)])
    desk.run(lambda: next(turns)())
    assert len(desk.of(bad)) == 5
    assert len(desk.of(good)) == 5
    desk.check_books()


def test_a_batch_that_nobody_works_on_ends_with_its_lifetime(desk: Any) -> None:
    desk.load()
    made = desk.run(lambda: desk.pass_time(days=1))
    assert made.labelled == 0
    assert desk.money()[Account.AVAILABLE] == 10_000
    desk.check_books()


def test_running_again_after_the_end_changes_nothing(desk: Any) -> None:
    desk.load()
    crowd = iter(desk.workers(3))
    desk.run(lambda: desk.work(next(crowd)))
    before, paid = desk.money(), desk.paid()
    desk.run(lambda: desk.pass_time(days=99))
    assert (desk.money(), desk.paid()) == (before, paid)


def test_an_immediate_automatic_approval_pays_everybody(desk: Any) -> None:
    desk.load(items=8, auto_approval=0)
    crowd = iter(desk.workers(3))
    desk.run(lambda: desk.work(next(crowd)))
    assert desk.money()[Account.REWARDS] == 30
    desk.check_books()
