from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from webclient import Browser

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

RADIO_QUESTION = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tone</title>
<style>body { font: 16px/1.5 sans-serif; margin: 16px } label { display: block; padding: 8px 0 }</style></head>
<body>
<form action="https://www.mturk.com/mturk/externalSubmit" method="post">
<input type="hidden" name="assignmentId" id="assignmentId" value="">
<fieldset><legend>“Thanks, that solved it!” What is the tone?</legend>
<label><input type="radio" name="tone" value="friendly" required> Friendly</label>
<label><input type="radio" name="tone" value="unfriendly"> Unfriendly</label></fieldset>
<p><button>Submit</button></p>
</form>
<script>
document.getElementById("assignmentId").value = new URLSearchParams(location.search).get("assignmentId");
</script>
</body></html>"""

HTML_SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd"
EXTERNAL_SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/ExternalQuestion.xsd"

Publish = Callable[..., str]


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def market(clock: MovableClock, tmp_path: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db", clock=clock)
    yield market
    market.close()


@pytest.fixture
def app(market: Marketplace) -> Starlette:
    return build_app(market)


@pytest.fixture
def requester(app: Starlette) -> Callable[..., dict[str, object]]:
    """A requester's calls, over the wire alone."""
    browser = Browser(app)

    def call(operation: str, **members: object) -> dict[str, object]:
        headers = {
            "x-amz-target": f"MTurkRequesterServiceV20170117.{operation}",
            "content-type": "application/x-amz-json-1.1",
        }
        reply = browser.request("POST", "/", json.dumps(members).encode(), headers)
        assert reply.status == 200, reply.text
        answer: dict[str, object] = reply.json()
        return answer

    return call


@pytest.fixture
def publish(requester: Callable[..., dict[str, object]]) -> Publish:
    """Publish one HIT and return its id; the defaults give HITs of one group."""

    def one(*, html: str = RADIO_QUESTION, external_url: str = "", **changes: object) -> str:
        question = (
            f'<ExternalQuestion xmlns="{EXTERNAL_SCHEMA}"><ExternalURL>{external_url}</ExternalURL>'
            "<FrameHeight>0</FrameHeight></ExternalQuestion>"
            if external_url
            else f'<HTMLQuestion xmlns="{HTML_SCHEMA}"><HTMLContent><![CDATA[{html}]]></HTMLContent>'
            "<FrameHeight>320</FrameHeight></HTMLQuestion>"
        )
        members: dict[str, object] = {
            "Title": "Is this comment friendly?",
            "Description": "Read one short comment and say whether its tone is friendly.",
            "Keywords": "text, tone",
            "Reward": "0.05",
            "AssignmentDurationInSeconds": 1800,
            "LifetimeInSeconds": 86_400,
            "AutoApprovalDelayInSeconds": 259_200,
            "MaxAssignments": 1,
            "Question": question,
        }
        hit = requester("CreateHIT", **(members | changes))["HIT"]
        assert isinstance(hit, dict)
        return str(hit["HITId"])

    return one


@pytest.fixture
def newcomer(app: Starlette) -> Callable[[str], Browser]:
    """A browser with a worker who has just signed up."""

    def enter(name: str) -> Browser:
        browser = Browser(app)
        answer = browser.send_form("/sign-up", "/sign-up", name=name, password="four easy words")
        assert answer.status == 303
        return browser

    return enter


@pytest.fixture
def maria(newcomer: Callable[[str], Browser]) -> Browser:
    return newcomer("Maria")


@pytest.fixture
def accept(maria: Browser) -> Callable[[str], str]:
    """Maria accepts a HIT and gets the address of her work page."""

    def one(hit_id: str) -> str:
        answer = maria.send_form(f"/hits/{hit_id}", f"/hits/{hit_id}/accept")
        assert answer.status == 303, answer.text
        return answer.location

    return one
