"""`crowdbroker forget`: a Worker's name and notes are deleted, once their work is decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from commands import LOAD, Command, all_rows, one_error


def test_a_worker_is_forgotten_after_their_work_and_reports_say_so(
    lab: Command, colleagues: Callable[..., int]
) -> None:
    lab(*LOAD)
    lab("publish", "--yes")
    colleagues("ann", "ben", "cem", says=lambda _text: "positive")
    lab("collect")
    worker = lab("export", "--what", "workers", "--json").document["workers"][0]["worker"]
    assert "not decided yet" in one_error(lab("forget", worker, "--yes"))
    assert "there is no Worker 'nobody'" in one_error(lab("forget", "nobody", "--yes"))
    lab("judge")
    for one in lab("status", "--json").document["batches"][0]["held"]:
        lab("judge", "--approve", one["assignment_id"])
    assert lab("settle", "--yes").exit_code == 0
    refused = lab("forget", worker)
    assert refused.exit_code == 1
    assert "not confirmed" in refused.stderr
    done = lab("forget", worker, "--yes", "--by", "ann", "--json").document
    assert done == {"schema": "crowdbroker/forget/1", "worker_id": worker, "name": True, "notes": 0}
    assert "no name any more; and 0 notes" in lab("forget", worker, "--yes").stdout
    assert "(forgotten)" in lab("report", "workers").stdout
    assert any("'forget'" in one and f"worker:{worker}" in one for one in all_rows(next(Path().rglob("store.db"))))
