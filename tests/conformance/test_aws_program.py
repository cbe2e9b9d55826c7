"""The real AWS command-line client against a running marketplace."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from required import missing

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

Aws = Callable[..., subprocess.CompletedProcess[str]]

QUESTION = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">'
    "<HTMLContent><![CDATA[<!DOCTYPE html><html><head><title>Tone</title></head><body><form>"
    '<input name="tone"></form></body></html>]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    market = Marketplace.open(f"sqlite:///{tmp_path_factory.mktemp('aws')}/market.db")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(market), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    listener.close()
    market.close()


@pytest.fixture(scope="module")
def aws(address) -> Aws:
    beside = Path(sys.executable).with_name("aws")
    program = str(beside) if beside.exists() else shutil.which("aws")
    if program is None:
        missing("aws", "no program aws is installed")
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_MTURK": address,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [program, "mturk", *arguments, "--output", "json"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_the_balance_is_what_a_new_marketplace_gives(aws):
    done = aws("get-account-balance")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["AvailableBalance"] == "10000.00"


def test_a_hit_that_was_created_is_listed(aws):
    created = aws(
        "create-hit",
        *("--title", "Is this comment friendly?", "--description", "One short comment."),
        *("--reward", "0.05", "--max-assignments", "3"),
        *("--assignment-duration-in-seconds", "600", "--lifetime-in-seconds", "3600", "--question", QUESTION),
    )
    assert created.returncode == 0, created.stderr
    hit_id = json.loads(created.stdout)["HIT"]["HITId"]
    listed = aws("list-hits")
    assert listed.returncode == 0, listed.stderr
    hits = json.loads(listed.stdout)["HITs"]
    assert [(hit["HITId"], hit["Reward"], hit["NumberOfAssignmentsAvailable"]) for hit in hits] == [(hit_id, "0.05", 3)]


def test_a_mistake_ends_with_the_services_own_error(aws):
    done = aws("get-hit", "--hit-id", "3AAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert done.returncode != 0
    assert "RequestError" in done.stderr
    assert "does not exist" in done.stderr
