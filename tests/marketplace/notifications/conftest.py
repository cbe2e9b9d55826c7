"""A receiver of webhooks on this machine, and desks whose marketplace sends to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlmodel import col, select

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.notifications.delivery import deliver_due
from crowdbroker.marketplace.notifications.documents import VERSION
from crowdbroker.marketplace.notifications.transports import Transports


@dataclass
class Receiver:
    """What came in, as (path, headers, body), and what is answered.

    A body that `refuses` finds is answered with 500, any other with the next of `statuses`, 200 when none is left.
    """

    url: str = ""
    received: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    refuses: Callable[[str], bool] = lambda body: False

    def bodies(self) -> list[str]:
        return [body for _, _, body in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.received.append((self.path, dict(self.headers), body))
            status = 500 if kept.refuses(body) else kept.statuses.pop(0) if kept.statuses else 200
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", f"{kept.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


class NewsDesk:
    """A desk whose HITs' events go somewhere."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)

    def specify(self, destination: str, *kinds: str, transport: str = "SQS") -> dict[str, Any]:
        """Return a HIT whose later events of these kinds go to a destination."""
        hit = self.desk.hit(MaxAssignments=9, Title=f"to {destination}"[:128])
        specification = {
            "Destination": destination,
            "Transport": transport,
            "Version": VERSION,
            "EventTypes": list(kinds) or ["AssignmentSubmitted"],
        }
        self.desk.client.update_notification_settings(HITTypeId=hit["HITTypeId"], Notification=specification)
        return hit

    def deliver(self, at_ms: int = 0, *disorder: Any) -> int:
        return deliver_due(self.desk.market, at_ms, *disorder)

    def events(self) -> list[EventRow]:
        with self.desk.market.read() as session:
            return list(session.exec(select(EventRow).order_by(col(EventRow.seq))).all())


@pytest.fixture
def open_news(open_desk):
    """Return a function that opens a marketplace which may send webhooks to this machine."""

    def open_one(**transports: Any) -> NewsDesk:
        return NewsDesk(open_desk(transports=Transports(**({"private_webhooks": True} | transports))))

    return open_one


@pytest.fixture
def news(open_news) -> NewsDesk:
    return open_news()
