"""How `run` hears of events, by the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crowdbroker.cli.output import note

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.inbox import Inbox


@contextmanager
def event_inbox(app: App) -> Iterator[Inbox | None]:
    """What events hint at, and the server that takes webhooks; None where the settings name neither."""
    from crowdbroker.broker.inbox import Inbox
    from crowdbroker.broker.webhook import listening

    asked, queue = app.settings.events, app.event_queue
    if queue is None and asked.listen is None:
        yield None
        return
    destination = asked.queue_url or asked.webhook_url
    inbox = Inbox(
        app.store, app.clock, queue=queue, destination=destination, tell=lambda text: note(f"Warning: {text}")
    )
    if asked.listen is None or asked.webhook_secret is None:
        yield inbox
        return
    host, _, port = asked.listen.rpartition(":")
    with listening(app.store, app.clock, host=host, port=int(port), secret=asked.webhook_secret.get_secret_value()):
        yield inbox
