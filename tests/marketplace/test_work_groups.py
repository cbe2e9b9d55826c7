"""The list of work: orders, pages, and what hides a group."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from crowdbroker.marketplace import worker

ADULTS_ONLY = {
    "QualificationTypeId": "00000000000000000060",
    "Comparator": "EqualTo",
    "IntegerValues": [2],
    "ActionsGuarded": "DiscoverPreviewAndAccept",
}


def titles(desk, worker_id, **asked) -> list[str]:
    return [group.title for group in worker.find_groups(desk.market, worker_id, **asked).groups]


def done_in(desk, hit, seconds: float) -> None:
    held = worker.accept(desk.market, who := desk.worker(), hit["HITId"])
    desk.clock.move(seconds=seconds)
    worker.submit(desk.market, who, held.assignment_id, [("animal", "cat")])


@pytest.fixture
def work(desk):
    """Three groups: cheap and quick, dear and slow, one that nobody has done."""
    for _ in range(2):
        cheap = desk.hit(Title="Cheap", Reward="0.02", MaxAssignments=9)
    dear = desk.hit(Title="Dear", Reward="0.60", MaxAssignments=9)
    desk.hit(Title="New", Reward="0.30", AssignmentDurationInSeconds=60)
    for hit, seconds in ((cheap, 2), (dear, 360)):
        for _ in range(3):
            done_in(desk, hit, seconds)
    return desk


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["New", "Dear", "Cheap"]),
        ("reward", ["Dear", "New", "Cheap"]),
        ("hourly", ["Cheap", "Dear", "New"]),
        ("time", ["Cheap", "New", "Dear"]),
        ("available", ["Cheap", "New", "Dear"]),
    ],
)
def test_groups_come_in_the_order_asked_for(work, order, expected):
    assert titles(work, work.worker(), order=order) == expected


def test_a_page_of_groups_is_cut_from_the_order_and_counts_them_all(work):
    found = worker.find_groups(work.market, work.worker(), order="reward", first=1, most=1)
    assert ([group.title for group in found.groups], found.total) == (["New"], 3)
    beyond = worker.find_groups(work.market, work.worker(), first=3, most=2)
    assert (beyond.groups, beyond.total) == ([], 3)


def test_what_is_hidden_or_used_up_is_not_counted(desk):
    ann = desk.worker()
    desk.hit(Title="Hidden", QualificationRequirements=[ADULTS_ONLY])
    desk.hit(Title="Guarded", QualificationRequirements=[ADULTS_ONLY | {"ActionsGuarded": "PreviewAndAccept"}])
    done = desk.hit(Title="Done", MaxAssignments=2)
    worker.accept(desk.market, ann, done["HITId"])
    found = worker.find_groups(desk.market, ann)
    assert ([group.title for group in found.groups], found.total) == (["Guarded"], 1)
    assert found.groups[0].qualified is False


def test_one_group_is_found_by_its_type_even_when_nothing_is_left_for_the_worker(desk):
    ann, hit = desk.worker(), desk.hit(MaxAssignments=2)
    kind = hit["HITTypeId"]
    assert worker.find_group(desk.market, ann, kind) == worker.groups(desk.market, ann)[0]
    worker.accept(desk.market, ann, hit["HITId"])
    one = worker.find_group(desk.market, ann, kind)
    assert one is not None
    assert one.available == 0
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    assert worker.find_group(desk.market, ann, kind) is None
    assert worker.find_group(desk.market, ann, "3NOSUCHTYPE") is None


def test_browsing_goes_on_behind_a_hit(desk):
    hits = [desk.hit()["HITId"] for _ in range(4)]
    ann = desk.worker()
    kind = worker.groups(desk.market, ann)[0].hit_type_id
    other = desk.hit(Title="Another group")["HITId"]

    def seen(after):
        return [one.hit_id for one in worker.browse(desk.market, ann, kind, after=after)]

    assert seen(hits[1]) == hits[2:]
    assert seen(hits[3]) == []
    assert seen(other) == seen(None) == hits


def test_only_the_types_on_the_page_are_read_whole(desk):
    """However many groups there are, descriptions and requirements are read for one page alone."""
    for number in range(30):
        desk.hit(Title=f"Group {number}", Description="x" * 200)
    ann, read = desk.worker(), []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "description" in statement:
            read.append(len([one for one in parameters if len(str(one)) == 30]))

    event.listen(desk.market.engine, "before_cursor_execute", note)
    assert len(worker.find_groups(desk.market, ann, most=5).groups) == 5
    event.remove(desk.market.engine, "before_cursor_execute", note)
    assert read == [5]
