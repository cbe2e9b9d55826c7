from __future__ import annotations

import pytest

from crowdbroker.marketplace import worker


def test_a_blocked_worker_sees_and_takes_nothing_but_finishes_what_is_held(desk):
    hit, ann = desk.hit(MaxAssignments=2), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    other = desk.hit()
    desk.client.create_worker_block(WorkerId=ann, Reason="spam")
    assert worker.groups(desk.market, ann) == []
    for look in (worker.preview, worker.accept):
        with pytest.raises(worker.NotQualified):
            look(desk.market, ann, other["HITId"])
    with pytest.raises(worker.NotQualified):
        worker.browse(desk.market, ann, other["HITTypeId"])
    worker.submit(desk.market, ann, held.assignment_id, [("a", "b")])


def test_blocks_are_listed_and_lifted(desk):
    workers = sorted(desk.worker() for _ in range(3))
    for name in workers:
        desk.client.create_worker_block(WorkerId=name, Reason="first")
    desk.client.create_worker_block(WorkerId=workers[0], Reason="second")
    page = desk.client.list_worker_blocks(MaxResults=2)
    rest = desk.client.list_worker_blocks(MaxResults=2, NextToken=page["NextToken"])
    blocks = page["WorkerBlocks"] + rest["WorkerBlocks"]
    assert [block["WorkerId"] for block in blocks] == workers
    assert blocks[0]["Reason"] == "second"
    for name in (workers[0], workers[0]):
        desk.client.delete_worker_block(WorkerId=name)
    assert desk.client.list_worker_blocks()["NumResults"] == 2


@pytest.mark.parametrize(("name", "more"), [("create_worker_block", {"Reason": "x"}), ("delete_worker_block", {})])
def test_an_unknown_worker_is_an_invalid_one(desk, name, more):
    refused = desk.refusal(getattr(desk.client, name), WorkerId="A1NOBODY", **more)
    assert "WorkerId A1NOBODY is invalid" in refused.text
