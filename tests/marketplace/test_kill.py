"""kill -9 of the server at seeded moments under load: what was answered is there, once, and the books agree."""

from __future__ import annotations

import os
import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from serving import server_process
from sqlmodel import select

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.tables import AssignmentRow, BonusRow, HitRow, TokenRow
from crowdbroker.simulation.site_worker import SiteWorker, UnexpectedPage

KILLS = int(os.environ.get("CROWDBROKER_SERVER_KILLS", "20"))
PAGE = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">'
    "<HTMLContent><![CDATA[<!DOCTYPE html><html><head><title>Tone</title></head><body><form>"
    '<input name="tone"></form></body></html>]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
)
# What a client meets when the server dies under it.
GONE = (BotoCoreError, ClientError, UnexpectedPage, HTTPException, OSError)


@dataclass
class Answered:
    """What the server had said yes to before it died."""

    tokens: dict[str, str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    submitted: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    bonuses: set[str] = field(default_factory=set)


@pytest.mark.slow
@pytest.mark.timeout(60 + 15 * KILLS)
def test_a_killed_server_has_kept_all_that_it_answered(tmp_path):
    url, answered, moments = f"sqlite:///{tmp_path}/market.db", Answered(), random.Random(20261124)
    for number in range(KILLS):
        _one_life(url, number, moments.uniform(0.05, 1.2), answered)
        assert _wrong(url, answered) == [], f"life {number}"
    assert answered.submitted
    assert answered.bonuses


def _one_life(url: str, number: int, until_s: float, answered: Answered) -> None:
    with server_process(url) as (address, process):
        threads = [
            threading.Thread(target=_request, args=(address, number, answered)),
            *(threading.Thread(target=_work, args=(address, f"{number} {n}", answered)) for n in range(3)),
        ]
        for thread in threads:
            thread.start()
        time.sleep(until_s + 0.6)
        process.kill()
        for thread in threads:
            thread.join()


def _request(address: str, number: int, answered: Answered) -> None:
    client = boto3.client(
        "mturk",
        region_name="us-east-1",
        endpoint_url=address,
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=10),
    )
    try:
        for turn in range(10_000):
            _create(client, f"{number}-{turn}", answered)
            _decide(client, answered)
    except GONE:
        return


def _create(client: Any, token: str, answered: Answered) -> None:
    made = client.create_hit(
        Title="What tone?",
        Description="One word.",
        Reward="0.02",
        MaxAssignments=2,
        AssignmentDurationInSeconds=3600,
        LifetimeInSeconds=86_400,
        Question=PAGE,
        UniqueRequestToken=token,
    )
    answered.tokens[token] = made["HIT"]["HITId"]


def _decide(client: Any, answered: Answered) -> None:
    for assignment_id in list(answered.submitted.keys() - answered.approved)[:2]:
        client.approve_assignment(AssignmentId=assignment_id)
        answered.approved.add(assignment_id)
        worker_id = client.get_assignment(AssignmentId=assignment_id)["Assignment"]["WorkerId"]
        bonus = {"AssignmentId": assignment_id, "WorkerId": worker_id, "BonusAmount": "0.03", "Reason": "Thank you"}
        client.send_bonus(**bonus, UniqueRequestToken=f"bonus-{assignment_id}")
        answered.bonuses.add(assignment_id)


def _work(address: str, name: str, answered: Answered) -> None:
    person = SiteWorker(address)
    try:
        person.sign_up(f"Worker {name}", "four easy words")
        while True:
            _answer_all(person, name, answered)
            time.sleep(0.02)
    except GONE:
        return
    finally:
        person.close()


def _answer_all(person: SiteWorker, name: str, answered: Answered) -> None:
    for kind in person.groups():
        while (work := person.accept_next(kind)) is not None:
            assignment_id = work.rpartition("/")[2]
            answered.accepted.add(assignment_id)
            person.submit(work, [("tone", f"calm {name}")])
            answered.submitted[assignment_id] = name


def _wrong(url: str, answered: Answered) -> list[str]:
    market = Marketplace.open(url)
    with market.read() as session:
        wrong = check_books(session)
        tokens = {row.token: row.made for row in session.exec(select(TokenRow)).all()}
        wrong += [f"token {t} made {tokens.get(t)}" for t, hit in answered.tokens.items() if tokens.get(t) != hit]
        hits = session.exec(select(HitRow.id)).all()
        made = [hit for token, hit in tokens.items() if not token.startswith("bonus-")]
        wrong += [] if sorted(made) == sorted(hits) else [f"{len(hits)} HITs for {len(made)} tokens"]
        places = {place.id: place for place in session.exec(select(AssignmentRow)).all()}
        wrong += [f"{a} is lost" for a in answered.accepted - places.keys()]
        wrong += [
            f"{a} is {places[a].status} with {places[a].answer}"
            for a, name in answered.submitted.items()
            if f"calm {name}<" not in (places[a].answer or "")
        ]
        wrong += [f"{a} is {places[a].status}" for a in answered.approved if places[a].status != "Approved"]
        paid = [bonus.assignment_id for bonus in session.exec(select(BonusRow)).all()]
        wrong += [] if len(paid) == len(set(paid)) else ["a bonus was paid twice"]
        wrong += [f"the bonus of {a} is lost" for a in answered.bonuses - set(paid)]
    market.close()
    return wrong
