"""Planned HITs go out once, and only when their worst case is covered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from faulty import Crash, Fault
from sqlmodel import update

from crowdbroker.broker.publish import publish, worst_case
from crowdbroker.domain.model import Item
from crowdbroker.errors import InputError, InsufficientFunds, OverBudget, SettingsError
from crowdbroker.mturk.question import html_question
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import BatchRow, HITRow, ItemRow


def test_publishing_reserves_the_worst_case_and_makes_every_hit(desk: Any) -> None:
    desk.load()
    report = desk.publish()
    assert (report.failed, report.in_doubt, report.later, report.problem) == (0, 0, 0, "")
    hits = list(desk.market.list_hits())
    assert [hit.max_assignments for hit in hits] == [3, 3]
    assert desk.money()[Account.RESERVED] == 2 * 3 * 6
    desk.check_books()


def test_what_was_published_carries_its_effects_key(desk: Any) -> None:
    batch = desk.load()
    desk.publish()
    keys = {effect.key for effect in desk.effects("create_hit")}
    assert {hit.annotation for hit in desk.market.list_hits()} == keys
    assert all(batch.uid in key for key in keys)


def test_publishing_twice_publishes_once(desk: Any) -> None:
    desk.load()
    desk.publish()
    before = desk.money()
    assert desk.publish().done == 0
    assert len(list(desk.market.list_hits())) == 2
    assert desk.money() == before


def test_a_batch_over_its_budget_is_refused_before_anything_is_sent(desk: Any) -> None:
    desk.load(budget="0.35")
    with pytest.raises(OverBudget) as caught:
        desk.publish()
    assert (caught.value.needed_cents, caught.value.available_cents) == (36, 35)
    assert "at most $0.36 and the Batch has $0.35 left" in caught.value.message
    assert desk.wire.calls == []
    assert desk.effects() == []
    assert desk.batch().row.endpoint is None


def test_a_budget_of_exactly_the_worst_case_is_enough(desk: Any) -> None:
    desk.load(budget="0.36")
    desk.publish()
    assert desk.money()[Account.AVAILABLE] == 0


def test_ten_places_cost_the_higher_fee(desk: Any) -> None:
    batch = desk.load(items=4, overlap=10)
    with desk.store.read() as session:
        found = worst_case(session, batch.id)
    assert (found.hits, found.assignments, found.rewards_cents, found.fees_cents) == (1, 10, 50, 20)
    desk.publish()
    desk.check_books()


def test_an_account_without_the_money_is_told_before_a_hit_is_made(poor_desk: Callable[[int], Any]) -> None:
    desk = poor_desk(35)
    desk.load()
    with pytest.raises(InsufficientFunds, match=r"\$0\.35.*\$0\.36") as caught:
        desk.publish()
    assert "Add money" in caught.value.remedy
    assert set(desk.wire.calls) == {"GetAccountBalance"}
    assert desk.money()[Account.RESERVED] == 0
    assert desk.effects() == []


def test_an_account_that_is_emptied_meanwhile_stops_the_relay_and_the_next_one_goes_on(
    poor_desk: Callable[[int], Any],
) -> None:
    desk = poor_desk(50)
    desk.load()
    desk.wire.next("CreateHITWithHITType", Fault.CRASH_BEFORE)
    with suppress(Crash):
        desk.publish()
    other = _other_hit(desk, "0.20")
    desk.pass_time(minutes=10)
    with pytest.raises(InsufficientFunds):
        desk.publish()
    assert sorted(effect.state for effect in desk.effects("create_hit")) == ["done", "ready"]
    desk.market.expire(other, desk.clock())
    desk.pass_time(minutes=1)
    desk.publish()
    assert {effect.state for effect in desk.effects("create_hit")} == {"done"}
    desk.check_books()


def _other_hit(desk: Any, reward: str) -> str:
    """A HIT that another program publishes from the same account."""
    kind = {"Title": "other", "Description": "d", "Reward": reward, "AssignmentDurationInSeconds": 60}
    request = {
        "HITTypeId": desk.market.create_hit_type(kind),
        "LifetimeInSeconds": 600_000,
        "Question": html_question("<p>x</p>"),
    }
    return str(desk.market.create_hit(request, token="other").hit_id)


def test_a_batch_stays_with_the_marketplace_that_it_was_published_on(desk: Any) -> None:
    desk.load()
    desk.publish(marketplace="own")
    calls = len(desk.wire.calls)
    for verb in (desk.publish, desk.collect, desk.settle):
        with pytest.raises(SettingsError, match="was published on 'own', and the profile's marketplace is 'https://x'"):
            verb(marketplace="https://x")
    assert len(desk.wire.calls) == calls


def test_a_view_from_before_the_first_publication_moves_no_batch_to_another_marketplace(desk: Any) -> None:
    """Two programs look at a new Batch and publish it on different marketplaces."""
    early = desk.load()
    desk.publish(marketplace="own")
    with pytest.raises(SettingsError):
        publish(desk.store, desk.market, early, desk.clock, marketplace="https://x")
    assert desk.batch().row.endpoint == "own"


def test_the_time_of_publication_is_that_of_the_first_one(desk: Any) -> None:
    early = desk.load()
    began = desk.clock()
    publish(desk.store, desk.market, early, desk.clock, marketplace="own")
    desk.pass_time(hours=1)
    publish(desk.store, desk.market, early, desk.clock, marketplace="own")
    assert desk.batch().row.published_at == began


def test_batches_of_one_project_share_the_qualification_that_excludes(desk: Any) -> None:
    desk.load()
    desk.load(name="second")
    desk.publish("first")
    desk.publish("second")
    first, second = desk.batch("first").row, desk.batch("second").row
    assert first.exclusion_type_id == second.exclusion_type_id
    assert first.hit_type_id == second.hit_type_id
    assert len(list(desk.market.list_hits())) == 4


def test_a_hit_that_was_refused_gives_its_money_back_and_is_tried_again_with_another_token(desk: Any) -> None:
    desk.load(items=4)
    with desk.store.write() as session:
        session.exec(update(HITRow).values(max_assignments=2_000_000_000))  # more places than the wire takes
        session.exec(update(HITRow).values(reward_cents=0, fee_cents=0))
    assert desk.publish().failed == 1
    assert desk.money()[Account.RESERVED] == 0
    with desk.store.write() as session:
        session.exec(update(HITRow).values(max_assignments=3, reward_cents=5, fee_cents=1))
    assert desk.publish().done == 1
    keys = [effect.key for effect in desk.effects("create_hit")]
    assert keys[1] == f"{keys[0]}:2"
    assert desk.money()[Account.RESERVED] == 18
    desk.check_books()


def test_control_characters_in_a_cell_do_not_keep_a_page_from_being_published(desk: Any) -> None:
    desk.load(items=[Item("i0", {"text": "neutral \x0b\x01 ]]> text"})])
    assert desk.publish().failed == 0


def test_a_throttled_publication_goes_on_later(desk: Any) -> None:
    desk.load(items=20)
    desk.wire.next("CreateHITWithHITType", *[Fault.THROTTLED] * 8)
    report = desk.publish()
    assert report.later == 1
    desk.pass_time(minutes=1)
    desk.publish()
    assert len(list(desk.market.list_hits())) == 5
    desk.check_books()


def test_more_hits_than_a_group_are_all_published(desk: Any) -> None:
    desk.load(items=130, items_per_hit=1)
    told: list[int] = []
    publish(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own", progress=told.append)
    assert len(list(desk.market.list_hits())) == 130
    assert told[-1] >= 130
    assert told == sorted(told)


def test_a_second_batch_of_the_same_name_is_refused_and_leaves_nothing(desk: Any) -> None:
    desk.load()
    before = desk.count(ItemRow), desk.count(HITRow), desk.count(BatchRow)
    with pytest.raises(InputError, match="a Batch 'first' exists already"):
        desk.load(items=3)
    assert (desk.count(ItemRow), desk.count(HITRow), desk.count(BatchRow)) == before
