"""What people decide about Labels holds, is never overwritten unseen, and costs what it was said to cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from factories import a_project, a_template, some_items, wrong
from sqlmodel import col, select
from topping import DAYS, ended, hits, new_work

from crowdbroker.broker.label import label
from crowdbroker.broker.load import load
from crowdbroker.broker.review import DecisionKind, Overtaken, Wish, decide, decide_many, mark_of
from crowdbroker.broker.reviewed import reviewed
from crowdbroker.broker.send_back import quote_sending_back, send_back
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError, OverBudget
from crowdbroker.store.audit_tables import AuditRow
from crowdbroker.store.ledger import Account
from crowdbroker.store.review_tables import ReviewDecisionRow
from crowdbroker.store.tables import ItemRow, LabelRow


def labelled(desk: Any, **changes: Any) -> None:
    """Eight Items with three Answers each, of which one is wrong, and their Labels."""
    desk.load(**changes)
    desk.publish()
    for number, name in enumerate(desk.workers(3)):
        desk.work(name, **({"answer": wrong} if number == 2 else {}))
    desk.collect()
    label(desk.store, desk.batch(), desk.clock())


def item(desk: Any, key: str) -> int:
    with desk.store.read() as session:
        return session.exec(select(ItemRow.id).where(ItemRow.key == key)).one()


def row(desk: Any, key: str) -> LabelRow:
    with desk.store.read() as session:
        return session.get_one(LabelRow, item(desk, key))


def wish(desk: Any, key: str, kind: str, **more: Any) -> Wish:
    """What somebody decides who has just looked."""
    with desk.store.read() as session:
        made = session.get(LabelRow, item(desk, key))
        rows = select(ReviewDecisionRow.version).where(ReviewDecisionRow.item_id == item(desk, key))
        version = max(session.exec(rows), default=0)
    values = {"version": version, "seen": mark_of(made.label if made else "")} | more
    return Wish(item(desk, key), DecisionKind(kind), **values)


def decided(desk: Any, key: str, kind: str, *, by: str = "ann", **more: Any) -> Any:
    desk.pass_time(seconds=1)
    return decide(desk.store, desk.batch(), wish(desk, key, kind, **more), reviewer=by, now=desk.clock())


def test_a_correction_is_the_label_now_and_after_every_later_aggregation(desk: Any) -> None:
    labelled(desk)
    assert row(desk, "i0").label == "negative"
    decided(desk, "i0", "correct", label="positive", note="irony")
    for _ in range(2):
        made = row(desk, "i0")
        assert (made.label, made.confidence, made.review, made.decided_by) == ("positive", 1.0, "correct", "ann")
        assert (made.crowd_label, made.votes) == ("negative", 3)
        assert 0.3 < made.crowd_confidence < 1
        label(desk.store, desk.batch(), desk.clock())


def test_accepting_keeps_what_the_votes_say_and_undoing_puts_it_back(desk: Any) -> None:
    labelled(desk)
    before = row(desk, "i1")
    decided(desk, "i1", "accept")
    assert (row(desk, "i1").label, row(desk, "i1").confidence) == (before.label, 1.0)
    decided(desk, "i1", "undo")
    after = row(desk, "i1")
    assert (after.label, after.confidence, after.review, after.decided_by) == (before.label, before.confidence, "", "")
    label(desk.store, desk.batch(), desk.clock())
    assert row(desk, "i1").review == ""


def test_ambiguous_keeps_the_label_of_the_votes_and_says_so(desk: Any) -> None:
    labelled(desk)
    before = row(desk, "i2")
    decided(desk, "i2", "ambiguous")
    label(desk.store, desk.batch(), desk.clock())
    after = row(desk, "i2")
    assert (after.label, after.review, after.decided_by) == (before.label, "ambiguous", "ann")
    assert after.confidence < 1


def test_an_item_made_gold_counts_as_gold_until_it_is_undone(desk: Any) -> None:
    labelled(desk)
    decided(desk, "i3", "gold", label="neutral")
    label(desk.store, desk.batch(), desk.clock())
    with desk.store.read() as session:
        assert session.get_one(ItemRow, item(desk, "i3")).accepted == ["neutral"]
    assert (row(desk, "i3").label, row(desk, "i3").review, row(desk, "i3").method) == ("neutral", "gold", "gold")
    decided(desk, "i3", "undo")
    label(desk.store, desk.batch(), desk.clock())
    with desk.store.read() as session:
        assert session.get_one(ItemRow, item(desk, "i3")).accepted == []
    assert (row(desk, "i3").label, row(desk, "i3").method) == ("negative", "dawid-skene")


def test_gold_of_the_dataset_is_no_reviewers_to_make_or_take_away(desk: Any) -> None:
    gold = Item("i0", {"text": "negative text"}, ("neutral",))
    project = a_project(gold={"per_hit": 0})
    load(
        desk.store,
        project,
        a_template(),
        [HITPlan((gold, some_items(2)[1]), 3)],
        name="first",
        mixed_in=frozenset(),
        tariff=Tariff(),
        seed=1,
        now=desk.clock(),
    )
    label(desk.store, desk.batch(), desk.clock())
    with pytest.raises(InputError, match="gold already"):
        decided(desk, "i0", "gold", label="positive")
    decided(desk, "i0", "correct", label="positive")
    decided(desk, "i0", "undo")
    with desk.store.read() as session:
        assert session.get_one(ItemRow, item(desk, "i0")).accepted == ["neutral"]


def test_the_second_of_two_reviewers_is_told_and_nothing_is_overwritten(desk: Any) -> None:
    labelled(desk)
    first, second = wish(desk, "i0", "accept"), wish(desk, "i0", "correct", label="positive")
    decide(desk.store, desk.batch(), first, reviewer="ann", now=desk.clock())
    with pytest.raises(Overtaken, match="ann has decided on this Item meanwhile: accept 'negative'"):
        decide(desk.store, desk.batch(), second, reviewer="bob", now=desk.clock())
    assert (row(desk, "i0").label, row(desk, "i0").decided_by) == ("negative", "ann")
    assert desk.count(ReviewDecisionRow) == 1
    again = replace(second, version=1)
    decide(desk.store, desk.batch(), again, reviewer="bob", now=desk.clock())
    assert (row(desk, "i0").label, row(desk, "i0").decided_by) == ("positive", "bob")
    assert desk.count(ReviewDecisionRow) == 2


def test_what_was_seen_must_still_be_the_label(desk: Any) -> None:
    labelled(desk)
    with pytest.raises(Overtaken, match="the Label has changed meanwhile: it is 'negative' now"):
        decided(desk, "i0", "accept", seen="positive")
    assert row(desk, "i0").review == ""


def test_deciding_on_many_leaves_out_those_that_somebody_else_decided(desk: Any) -> None:
    labelled(desk)
    wishes = [wish(desk, f"i{n}", "accept") for n in range(4)]
    decided(desk, "i2", "ambiguous", by="bob")
    done, overtaken = decide_many(desk.store, desk.batch(), wishes, reviewer="ann", now=desk.clock())
    assert len(done) == 3
    assert [one.held.reviewer for one in overtaken] == ["bob"]
    assert [row(desk, f"i{n}").decided_by for n in range(4)] == ["ann", "ann", "bob", "ann"]


def test_every_decision_is_in_the_audit_trail_with_what_was_seen(desk: Any) -> None:
    labelled(desk)
    decided(desk, "i0", "correct", label="positive", note="irony")
    decided(desk, "i0", "undo", by="bob")
    with desk.store.read() as session:
        acts = session.exec(select(AuditRow).order_by(col(AuditRow.id))).all()
    assert [(one.actor, one.action) for one in acts] == [("ann", "review_correct"), ("bob", "review_undo")]
    assert {one.subject for one in acts} == {f"item:{item(desk, 'i0')}"}
    assert acts[0].reason == "irony"
    assert acts[0].evidence["seen"] == "negative"
    assert acts[0].evidence["votes"] == 3


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("correct", {"label": "purple"}, "no Label of the Project"),
        ("undo", {}, "no decision to undo"),
        ("gold", {"label": "<script>"}, "no Label of the Project"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(desk: Any, kind: str, more: Any, says: str) -> None:
    labelled(desk)
    with pytest.raises(InputError, match=says):
        decided(desk, "i0", kind, **more)
    assert desk.count(ReviewDecisionRow) == 0
    assert desk.count(AuditRow) == 0


def test_asking_for_answers_without_places_is_refused(desk: Any) -> None:
    labelled(desk)
    with pytest.raises(InputError, match="goes by sending back"):
        decided(desk, "i0", "more")
    with pytest.raises(InputError, match="goes by sending back"):
        decide_many(desk.store, desk.batch(), [wish(desk, "i0", "more")], reviewer="ann", now=desk.clock())
    assert row(desk, "i0").review == ""


def test_a_correction_says_what_is_right_itself(desk: Any) -> None:
    labelled(desk)
    with pytest.raises(InputError, match="no Label of the Project"):
        decided(desk, "i0", "correct")


def test_several_labels_or_none_of_them_are_corrected_and_made_gold(desk: Any) -> None:
    desk.load(settings={"answer": {"kind": "choices"}, "gold": {"per_hit": 0}}, gold=0)
    decided(desk, "i0", "correct", label="positive|negative")
    assert row(desk, "i0").label == '["negative", "positive"]'
    decided(desk, "i0", "gold")
    with desk.store.read() as session:
        assert session.get_one(ItemRow, item(desk, "i0")).accepted == ['["negative", "positive"]']
    decided(desk, "i0", "correct", label="")
    assert row(desk, "i0").label == "[]"


def test_an_item_of_another_batch_is_refused(desk: Any) -> None:
    labelled(desk)
    first = item(desk, "i0")
    desk.load(name="second")
    for strange in (first, first + 1000):
        wish = Wish(strange, DecisionKind.AMBIGUOUS, 0)
        with pytest.raises(InputError, match="not of this Batch"):
            decide(desk.store, desk.batch("second"), wish, reviewer="ann", now=desk.clock())
    assert desk.count(ReviewDecisionRow) == 0


def test_a_label_can_be_given_before_anybody_answered(desk: Any) -> None:
    desk.load()
    decided(desk, "i0", "correct", label="positive")
    label(desk.store, desk.batch(), desk.clock())
    made = row(desk, "i0")
    assert (made.label, made.votes, made.method, made.confidence) == ("positive", 0, "review", 1.0)


def test_a_reviewer_is_one_more_source_that_is_no_worker(desk: Any) -> None:
    labelled(desk)
    decided(desk, "i0", "correct", label="positive")
    decided(desk, "i0", "correct", label="neutral", by="bob")
    decided(desk, "i1", "accept", by="bob")
    decided(desk, "i2", "ambiguous")
    with desk.store.read() as session:
        found = reviewed(session, desk.batch())
    said = {(vote.item, vote.worker): vote.label for vote in found.votes}
    first, second = item(desk, "i0"), item(desk, "i1")
    assert said == {(first, -1): "positive", (first, -2): "neutral", (second, -2): "neutral"}
    made = label(desk.store, desk.batch(), desk.clock())
    assert made.votes == 30
    assert row(desk, "i0").votes == 3


def test_people_sway_the_votes_on_other_items_through_the_matrices_of_workers(desk: Any) -> None:
    labelled(desk, items=24)
    before = {key: row(desk, key).crowd_confidence for key in ("i20", "i21", "i22")}
    for number in range(12):
        decided(desk, f"i{number}", "accept")
    label(desk.store, desk.batch(), desk.clock(), method="dawid-skene")
    after = {key: row(desk, key).crowd_confidence for key in before}
    assert before != after


def test_undone_decisions_count_for_nothing(desk: Any) -> None:
    labelled(desk)
    decided(desk, "i0", "correct", label="positive")
    decided(desk, "i0", "undo", by="bob")
    with desk.store.read() as session:
        found = reviewed(session, desk.batch())
    assert (found.held, found.votes) == ({}, [])


# Sending back for more Answers.


def sent(desk: Any, *keys: str, places: int = 1, cap_cents: int | None = None) -> Any:
    wishes = [wish(desk, key, "more") for key in keys]
    asked = (desk.store, desk.batch(), wishes, places, Tariff())
    return send_back(*asked, reviewer="ann", now=desk.clock(), cap_cents=cap_cents)


def over(desk: Any, **changes: Any) -> None:
    """HITs whose time is up with all Answers in, and their Labels."""
    ended(desk, good=3, items=8, **changes)
    label(desk.store, desk.batch(), desk.clock())


def test_sending_back_reserves_the_money_first_and_opens_the_hit_for_somebody_new(desk: Any) -> None:
    over(desk)
    before = desk.money()
    with desk.store.read() as session:
        quote = quote_sending_back(session, desk.batch(), [item(desk, "i0")], 2, Tariff())
    done, overtaken, spent = sent(desk, "i0", places=2)
    assert (len(done), overtaken, spent.cents, quote.cents) == (1, [], 2 * 6, 2 * 6)
    after = desk.money()
    assert before[Account.AVAILABLE] - after[Account.AVAILABLE] == 12
    assert after[Account.RESERVED] - before[Account.RESERVED] == 12
    assert row(desk, "i0").review == "more"
    desk.publish()
    assert sorted(hits(desk)) == [("closed", 3), ("open", 5)]
    desk.check_books()


def test_an_item_comes_back_to_review_with_its_new_answers(desk: Any) -> None:
    over(desk)
    sent(desk, "i0")
    label(desk.store, desk.batch(), desk.clock())
    assert row(desk, "i0").review == "more"
    desk.publish()
    assert new_work(desk, "ANEW") == [1]
    desk.collect()
    label(desk.store, desk.batch(), desk.clock())
    assert (row(desk, "i0").review, row(desk, "i0").votes) == ("", 4)
    desk.check_books()


def test_items_of_one_hit_share_its_places(desk: Any) -> None:
    over(desk, items_per_hit=8)
    done, _, spent = sent(desk, "i0", "i1", "i2")
    assert (len(done), spent.cents) == (3, 6)


def test_who_was_overtaken_pays_nothing(desk: Any) -> None:
    over(desk, items_per_hit=1)
    wishes = [wish(desk, key, "more") for key in ("i0", "i1")]
    decided(desk, "i0", "accept", by="bob")
    before = desk.money()
    done, overtaken, spent = send_back(desk.store, desk.batch(), wishes, 1, Tariff(), reviewer="ann", now=desk.clock())
    assert (len(done), len(overtaken), spent.cents) == (1, 1, 6)
    assert before[Account.AVAILABLE] - desk.money()[Account.AVAILABLE] == 6


def test_without_money_nothing_is_sent_back(desk: Any) -> None:
    over(desk, budget="0.36")
    with pytest.raises(OverBudget):
        sent(desk, "i0", places=20)
    assert row(desk, "i0").review == ""
    assert desk.count(ReviewDecisionRow) == 0
    desk.check_books()


def test_an_item_that_is_still_being_answered_stays(desk: Any) -> None:
    labelled(desk, overlap=5, **DAYS)
    with pytest.raises(InputError, match="still takes work"):
        sent(desk, "i0")
    assert desk.count(ReviewDecisionRow) == 0


def test_sending_back_a_second_time_waits_for_the_first(desk: Any) -> None:
    over(desk)
    sent(desk, "i0")
    with pytest.raises(InputError, match="being changed"):
        sent(desk, "i0")


@pytest.mark.parametrize("places", [0, 21, -1])
def test_a_senseless_number_of_answers_is_refused(desk: Any, places: int) -> None:
    over(desk)
    with pytest.raises(InputError, match="1 to 20"):
        sent(desk, "i0", places=places)


def test_ten_places_and_more_are_quoted_capped_and_kept_with_the_fee_that_they_cost(desk: Any) -> None:
    """A HIT of three places may not grow by twelve, so that a sibling of twelve is made, with 40 % of fee."""
    over(desk, items_per_hit=8)
    with desk.store.read() as session:
        quote = quote_sending_back(session, desk.batch(), [item(desk, "i0")], 12, Tariff())
    before = desk.money()[Account.AVAILABLE]
    with pytest.raises(OverBudget, match="you may spend"):
        sent(desk, "i0", places=12, cap_cents=quote.cents - 1)
    _, _, spent = sent(desk, "i0", places=12, cap_cents=quote.cents)
    desk.publish()
    cost = before - desk.money()[Account.AVAILABLE]
    with desk.store.read() as session:
        [act] = session.exec(select(AuditRow).where(AuditRow.action == "send_back")).all()
    assert cost == quote.cents == spent.cents == act.evidence["cents"] == 12 * (5 + 2)
