from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from factories import LABELS, START, some_items

from crowdbroker.marketplace import worker
from crowdbroker.mturk.answers import read_answers
from crowdbroker.mturk.question import field_name
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.crowd import Crowd, enrol_crowd
from crowdbroker.simulation.personas import PersonaKind

TRUTH = {item.data["text"]: item.data["text"].split()[0] for item in some_items(60)}
CROWD = {PersonaKind.EXPERT: 2, PersonaKind.AVERAGE: 2, PersonaKind.CLICKER: 1}
Open = Callable[[str], tuple[Any, ManualClock, Any]]


def submitted(client: Any) -> list[tuple[str, str, str, str]]:
    """(WorkerId, AssignmentId, submit time, answer) of all that was submitted."""
    return sorted(
        (one["WorkerId"], one["AssignmentId"], one["SubmitTime"].isoformat(), one["Answer"])
        for hit in client.list_hits(MaxResults=100)["HITs"]
        for one in client.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"]
    )


def work(open_market: Open, publish_hits: Callable[..., None], name: str, seed: int) -> list[tuple[str, str, str, str]]:
    market, clock, client = open_market(name)
    publish_hits(client, hits=4, places=3)
    members = enrol_crowd(market, CROWD, classes=3, seed=seed)
    crowd = Crowd(market, clock, members, truth=TRUTH, labels=LABELS, seed=seed)
    crowd.work_until(START + timedelta(hours=1))
    assert clock() == START + timedelta(hours=1)
    return submitted(client)


def test_a_crowd_fills_every_place_and_is_reproducible_by_seed(
    open_market: Open, publish_hits: Callable[..., None]
) -> None:
    first, same, other = (work(open_market, publish_hits, name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert len(first) == 12
    assert first == same
    assert first != other


def test_nobody_does_a_hit_twice_and_workers_are_named_after_their_kind(
    open_market: Open, publish_hits: Callable[..., None]
) -> None:
    market, clock, client = open_market("a")
    publish_hits(client, hits=2, places=5)
    members = enrol_crowd(market, CROWD, classes=3, seed=0)
    assert [one.name for one in members] == ["expert-1", "expert-2", "average-1", "average-2", "clicker-1"]
    Crowd(market, clock, members, truth=TRUTH, labels=LABELS, seed=0).work_until(START + timedelta(hours=2))
    assert set(Counter(worker_id for worker_id, *_ in submitted(client)).values()) == {2}


def test_an_expert_knows_the_truth_and_doubt_divides_even_experts(
    open_market: Open, publish_hits: Callable[..., None]
) -> None:
    right = {}
    for name, doubt in (("sure", 0.0), ("unsure", 1.0)):
        market, clock, client = open_market(name)
        publish_hits(client, hits=10, places=2)
        members = enrol_crowd(market, {PersonaKind.EXPERT: 2}, classes=3, seed=0)
        doubts = dict.fromkeys(TRUTH, doubt)
        crowd = Crowd(market, clock, members, truth=TRUTH, labels=LABELS, seed=0, doubt=doubts)
        crowd.work_until(START + timedelta(hours=12))
        given = [read_answers(answer) for *_, answer in submitted(client)]
        # Each page has one Item of each label, in their order.
        hits = [one[field_name(place)] == label for one in given for place, label in enumerate(LABELS)]
        right[name] = sum(hits) / len(hits)
    assert right["sure"] > 0.88 > 0.6 > right["unsure"]


def test_a_place_that_was_left_alone_comes_back_to_the_others(
    open_market: Open, publish_hits: Callable[..., None]
) -> None:
    market, clock, client = open_market("a")
    publish_hits(client, hits=1, places=1)
    left = worker.enrol(market, "leaves")
    (group,) = worker.groups(market, left)
    worker.accept_next(market, left, group.hit_type_id)
    members = enrol_crowd(market, {PersonaKind.EXPERT: 1}, classes=3, seed=0)
    crowd = Crowd(market, clock, members, truth=TRUTH, labels=LABELS, seed=0)
    crowd.work_until(START + timedelta(minutes=9))
    assert submitted(client) == []
    crowd.work_until(START + timedelta(minutes=60))
    assert [who for who, *_ in submitted(client)] == [members[0].worker_id]


def test_a_text_without_known_truth_is_answered_at_random(open_market: Open, publish_hits: Callable[..., None]) -> None:
    market, clock, client = open_market("a")
    publish_hits(client, hits=2, places=1)
    members = enrol_crowd(market, {PersonaKind.EXPERT: 1}, classes=3, seed=0)
    Crowd(market, clock, members, truth={}, labels=LABELS, seed=0).work_until(START + timedelta(hours=1))
    assert len(submitted(client)) == 2
