"""A program written for Amazon's service runs on one's own marketplace with nothing but its environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from commands import Command, one_error

from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.marketplace.books import check_books

PROGRAM = Path(__file__).parents[1] / "tutorial_script.py"
MARKETPLACE = "sqlite:///crowdbroker-data/marketplace.db"
EXPORT = re.compile(r"export ([A-Z_]+)=(\S+)")


@pytest.fixture
def address(lab: Command) -> Iterator[str]:
    """The address of `crowdbroker marketplace serve` in a program of its own."""
    command = [sys.executable, "-m", "crowdbroker", "marketplace", "serve", "--port", "0"]
    source = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    server = subprocess.Popen(command, env=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    yield server.stdout.readline().strip()
    server.terminate()
    server.wait(20)
    server.stdout.close()


def one_worker_does_everything(stop: threading.Event) -> None:
    market = Marketplace.open(MARKETPLACE)
    worker_id = worker.enrol(market, "Ann")
    while not stop.is_set():
        for group in worker.groups(market, worker_id):
            # The program may end its HIT between our look and our hand.
            with suppress(worker.WorkError):
                held = worker.accept_next(market, worker_id, group.hit_type_id)
                worker.submit(market, worker_id, held.assignment_id, [("comment", "happy")])
        time.sleep(0.1)
    market.close()


def test_the_tutorial_program_runs_with_nothing_but_the_environment(lab: Command, address: str) -> None:
    exports = dict(EXPORT.findall(lab("env", "--address", address).stdout))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    stop = threading.Event()
    crowd = threading.Thread(target=one_worker_does_everything, args=(stop,))
    crowd.start()
    try:
        done = subprocess.run(
            [sys.executable, PROGRAM, "300"], env=plain | exports, capture_output=True, text=True, timeout=100
        )
    finally:
        stop.set()
        crowd.join()
    assert done.stderr == ""
    said = done.stdout.splitlines()
    assert said[0] == "I have $10000.00"
    assert re.fullmatch(r"A new HIT has been created: 3[A-Z0-9]{29}", said[1])
    assert re.fullmatch(r"A[A-Z0-9]{13} answered comment: happy", said[2])
    assert said[3] == "Status: Disposed"
    market = Marketplace.open(MARKETPLACE)
    with market.read() as session:
        assert check_books(session) == []
    market.close()


def test_the_environment_is_that_of_the_profile(lab: Command) -> None:
    printed = dict(EXPORT.findall(lab("env").stdout))
    assert printed == {
        "AWS_ENDPOINT_URL_MTURK": "http://127.0.0.1:8642",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    settings = Path("crowdbroker.toml")
    added = (
        '\n[profiles.lab]\nendpoint_url = "http://turk.lab:9000/"\naccess_key = "AKIDLAB"\nsecret_key = "a secret\'s"\n'
    )
    settings.write_text(settings.read_text() + added)
    shown = lab("--profile", "lab", "env", "--json").document
    assert shown["schema"] == "crowdbroker/env/1"
    assert shown["environment"]["AWS_ENDPOINT_URL_MTURK"] == "http://turk.lab:9000"
    line = next(line for line in lab("--profile", "lab", "env").stdout.splitlines() if "SECRET" in line)
    told = subprocess.run(["sh", "-c", f"{line}; echo $AWS_SECRET_ACCESS_KEY"], capture_output=True, text=True)
    assert told.stdout == "a secret's\n"


def test_a_marketplace_with_keyed_requesters_wants_keys_in_the_profile(lab: Command) -> None:
    lab("marketplace", "add-requester", "Lab")
    refused = lab("env")
    assert refused.exit_code == 2
    assert "wants a requester's keys" in one_error(refused)


def test_the_description_of_the_api_is_written_where_the_sdk_looks(
    lab: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    place = Path(lab("install-model", "--json").document["folder"])
    assert place == tmp_path / "home/.aws/models/mturk/2017-01-17"
    assert {file.name for file in place.iterdir()} == {"service-2.json", "paginators-1.json"}
    told = lab("install-model", "--folder", "models")
    assert f"AWS_DATA_PATH={Path('models').resolve()}" in told.stderr
    Path("file").write_text("")
    refused = lab("install-model", "--folder", "file")
    assert refused.exit_code == 1
    assert "cannot be made" in one_error(refused)
