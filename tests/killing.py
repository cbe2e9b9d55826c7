"""A real `crowdbroker run` against a real marketplace server, with a proxy between them that kills it at a request."""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from driving import CROWD, summary

from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.simulation.reading import read_page

MOMENTS = ("before it is sent", "before its reply comes", "soon after its reply")
_PASSED_ON = ("Content-Type", "X-Amz-Target", "Authorization", "X-Amz-Date")


class Proxy:
    """Forwards every request to the marketplace, and calls `kill` at the one that it was told.

    Attributes:
        requests: how many came.
    """

    def __init__(self, address: str) -> None:
        self._server = urlsplit(address)
        self._lock = threading.Lock()
        self._plan: tuple[int, str, float, Callable[[], None]] | None = None
        self.requests = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                proxy._pass_on(self)

            def log_message(self, *_: Any) -> None:
                """Nothing to say."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def kill_at(self, request: int, moment: str, delay_s: float, kill: Callable[[], None]) -> None:
        """Kill around the so-manieth request from now on."""
        with self._lock:
            self._plan = (self.requests + request, moment, delay_s, kill)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _due(self) -> tuple[str, float, Callable[[], None]] | None:
        with self._lock:
            self.requests += 1
            if self._plan is None or self.requests < self._plan[0]:
                return None
            plan, self._plan = self._plan, None
            return plan[1:]

    def _pass_on(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers["Content-Length"]))
        moment, delay_s, kill = self._due() or ("", 0.0, _nothing)
        if moment == MOMENTS[0]:
            kill()
            asked.close_connection = True
            return
        status, kind, reply = self._forward(asked, body)
        if moment == MOMENTS[1]:
            kill()
            asked.close_connection = True
            return
        try:
            asked.send_response(status)
            asked.send_header("Content-Type", kind)
            asked.send_header("Content-Length", str(len(reply)))
            asked.end_headers()
            asked.wfile.write(reply)
        except OSError:
            # Who asked was killed meanwhile.
            asked.close_connection = True
        if moment:
            time.sleep(delay_s)
            kill()

    def _forward(self, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(str(self._server.hostname), self._server.port or 80, timeout=60)
        headers = {name: asked.headers[name] for name in _PASSED_ON if asked.headers[name]}
        connection.request("POST", "/", body, headers)
        reply = connection.getresponse()
        found = reply.status, reply.headers["Content-Type"], reply.read()
        connection.close()
        return found


def _nothing() -> None:
    """Nobody is killed."""


class Operator:
    """A folder with settings, and `crowdbroker run` in processes of their own."""

    def __init__(self, folder: Path, database_url: str, endpoint: str) -> None:
        self.folder = folder
        (folder / "crowdbroker.toml").write_text(
            f'profile = "local"\ndata_dir = "{folder}"\ndatabase_url = "{database_url}"\n[profiles.local]\n'
            f'endpoint_url = "{endpoint}"\naccess_key = "k"\nsecret_key = "s"\n'
        )

    def start(self, *options: str) -> subprocess.Popen[str]:
        """A new process of `crowdbroker run`."""
        command = [sys.executable, "-m", "crowdbroker", "run", "--yes", "--every", "0.1", *options]
        environment = {**os.environ, "CROWDBROKER_CONFIG": str(self.folder / "crowdbroker.toml"), "NO_COLOR": "1"}
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def enrol_crowd(marketplace: Marketplace) -> None:
    """A careful worker and a careless one."""
    for worker_id in CROWD:
        worker.enrol(marketplace, worker_id, worker_id=worker_id)


def work(marketplace: Marketplace, hits: int) -> bool:
    """The crowd does everything, once so many HITs are on offer: so every way to the end has the same work in it.

    Nobody may collect meanwhile, or the careless worker is excluded before all is done.
    """
    groups = worker.groups(marketplace, next(iter(CROWD)))
    if sum(group.available for group in groups) < hits:
        return False
    for worker_id, answer in CROWD.items():
        for group in groups:
            _take_all(marketplace, worker_id, group.hit_type_id, answer)
    return True


def _take_all(marketplace: Marketplace, worker_id: str, kind: str, answer: Callable[[str], str]) -> None:
    while True:
        try:
            held = worker.accept_next(marketplace, worker_id, kind)
        except worker.WorkError:
            return
        fields = [(one.name, answer(one.text)) for one in read_page(held.html or "")]
        worker.submit(marketplace, worker_id, held.assignment_id, fields)


def undisturbed(desks: Any, batch: dict[str, Any], hits: int) -> dict[str, Any]:
    """What a Batch comes to where nobody kills anything."""
    desk = desks.take()
    desk.load(**batch)
    desk.publish()
    enrol_crowd(desk.marketplace)
    assert work(desk.marketplace, hits)
    desk.run(lambda: None)
    found = summary(desk)
    desks.give_back(desk)
    return found


def until(what: Callable[[], object], patience_s: float = 60) -> None:
    """Wait for something to be so."""
    ends = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.05)


def some_moment(chance: random.Random, requests: int) -> tuple[int, str, float]:
    """A request, a moment around it, and how soon after its reply."""
    return chance.randint(1, requests), chance.choice(MOMENTS), chance.random() * 0.05
