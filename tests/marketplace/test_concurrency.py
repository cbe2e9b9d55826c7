"""Many threads and several processes on one database file."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.worker import NothingLeft


def test_exactly_one_of_many_workers_gets_the_last_place(desk):
    workers = [desk.worker() for _ in range(8)]
    hits = [desk.hit()["HITId"] for _ in range(5)]
    start = Barrier(len(workers))

    def race(name):
        won = 0
        for hit_id in hits:
            start.wait()
            try:
                worker.accept(desk.market, name, hit_id)
            except NothingLeft:
                continue
            won += 1
        return won

    with ThreadPoolExecutor(len(workers)) as pool:
        assert sum(pool.map(race, workers)) == len(hits)
    assert desk.problems() == []


def test_threads_share_the_work_without_loss_or_excess(desk):
    for _ in range(6):
        desk.hit(MaxAssignments=3)
    workers = [desk.worker() for _ in range(6)]
    kind = worker.groups(desk.market, workers[0])[0].hit_type_id

    def work(name):
        done = 0
        while True:
            try:
                held = worker.accept_next(desk.market, name, kind)
            except NothingLeft:
                return done
            worker.submit(desk.market, name, held.assignment_id, [("a", "b")])
            done += 1

    with ThreadPoolExecutor(len(workers)) as pool:
        assert sum(pool.map(work, workers)) == 18
    assert desk.problems() == []


PROCESS = """
import sys
from crowdbroker.marketplace import Marketplace, worker
market = Marketplace.open(sys.argv[1])
name = worker.enrol(market, "Ann")
won = 0
for hit_id in sys.argv[2:]:
    try:
        held = worker.accept(market, name, hit_id)
    except worker.NothingLeft:
        continue
    worker.submit(market, name, held.assignment_id, [("a", "b")])
    won += 1
print(won)
"""


def test_processes_on_one_file_share_the_places(open_desk):
    desk = open_desk(clock=lambda: datetime.now(UTC), seed=None)
    hits = [desk.hit(MaxAssignments=2)["HITId"] for _ in range(10)]
    command = [sys.executable, "-c", PROCESS, str(desk.market.engine.url), *hits]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    won = [int(process.communicate(timeout=60)[0]) for process in started]
    assert sum(won) == 20
    assert desk.problems() == []


def test_processes_may_make_the_database_together(tmp_path):
    url = f"sqlite:///{tmp_path}/new/m.db"
    code = "import sys; from crowdbroker.marketplace import Marketplace; Marketplace.open(sys.argv[1]); print('open')"
    started = [subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[0].strip() for process in started] == ["open"] * 3
