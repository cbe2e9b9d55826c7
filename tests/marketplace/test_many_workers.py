"""Many people at once over HTTP: no error, no place given twice, books that agree, and how long they waited."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import boto3
import pytest
from botocore.config import Config
from serving import server_process
from sqlmodel import col, select

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.simulation.site_worker import SiteWorker

WORKERS = 50
SECONDS = float(os.environ.get("CROWDBROKER_LOAD_SECONDS", "60"))
PLACES = 3
PAGE = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">'
    "<HTMLContent><![CDATA[<!DOCTYPE html><html><head><title>Tone</title></head><body><form>"
    '<input name="tone"></form></body></html>]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
)


@dataclass
class Day:
    """What happened while everybody worked."""

    over: threading.Event = field(default_factory=threading.Event)
    waits: dict[str, list[float]] = field(default_factory=lambda: {"accept": [], "submit": []})
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


@pytest.mark.slow
def test_fifty_workers_at_once_meet_no_error_and_leave_right_books(tmp_path, capsys):
    url, day = f"sqlite:///{tmp_path}/market.db", Day()
    with server_process(url) as (address, _):
        kind = _publish(address, 20)
        people = [threading.Thread(target=_work, args=(address, kind, n, day)) for n in range(WORKERS)]
        requester = threading.Thread(target=_keep_publishing, args=(address, day))
        for thread in (*people, requester):
            thread.start()
        time.sleep(SECONDS)
        day.over.set()
        for thread in (*people, requester):
            thread.join()
    assert day.errors == []
    assert day.done["submit"] > WORKERS
    assert _wrong(url, day) == []
    with capsys.disabled():
        for act, waits in day.waits.items():
            p99 = statistics.quantiles(waits, n=100)[98]
            print(f"\n{act}: {len(waits)} times, median {statistics.median(waits):.3f} s, p99 {p99:.3f} s", end="")


def _work(address: str, kind: str, number: int, day: Day) -> None:
    person = SiteWorker(address)
    try:
        person.sign_up(f"Worker {number}", "four easy words")
        while not day.over.is_set():
            _one(person, kind, number, day)
    except Exception as error:  # noqa: BLE001 - whatever a thread meets is what the test reports
        day.errors.append(f"worker {number}: {error!r}")
    finally:
        person.close()


def _one(person: SiteWorker, kind: str, number: int, day: Day) -> None:
    began = time.perf_counter()
    work = person.accept_next(kind)
    if work is None:
        time.sleep(0.2)
        return
    day.waits["accept"].append(time.perf_counter() - began)
    day.done["accept"] += 1
    if (day.done["accept"] + number) % 10 == 0:
        person.give_back(work)
        return
    began = time.perf_counter()
    person.submit(work, [("tone", f"calm {number}")])
    day.waits["submit"].append(time.perf_counter() - began)
    day.done["submit"] += 1


def _keep_publishing(address: str, day: Day) -> None:
    try:
        while not day.over.is_set():
            _publish(address, 10)
            day.over.wait(0.5)
    except Exception as error:  # noqa: BLE001 - as above
        day.errors.append(f"requester: {error!r}")


def _publish(address: str, hits: int) -> str:
    client = boto3.client(
        "mturk",
        region_name="us-east-1",
        endpoint_url=address,
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )
    made = [
        client.create_hit(
            Title="What tone?",
            Description="One word.",
            Reward="0.01",
            MaxAssignments=PLACES,
            AssignmentDurationInSeconds=600,
            LifetimeInSeconds=86_400,
            Question=PAGE,
        )["HIT"]
        for _ in range(hits)
    ]
    client.close()
    return made[0]["HITTypeId"]


def _wrong(url: str, day: Day) -> list[str]:
    market = Marketplace.open(url)
    with market.read() as session:
        wrong = check_books(session)
        held = select(AssignmentRow.hit_id).where(col(AssignmentRow.worker_id).is_not(None))
        taken = Counter(session.exec(held).all())
        wrong += [f"HIT {hit} was given {count} times" for hit, count in taken.items() if count > PLACES]
        stored = sum(hit.submitted + hit.completed for hit in session.exec(select(HitRow)).all())
        wrong += [] if stored == day.done["submit"] else [f"{stored} stored, {day.done['submit']} submitted"]
    market.close()
    return wrong
