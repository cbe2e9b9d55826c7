"""What Prometheus may scrape: calls by operation and outcome, their latency, HITs by status, sums of the accounts."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import case, func
from sqlmodel import col, select

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.notifications.outbox import waiting
from crowdbroker.marketplace.tables import AccountRow, HitRow, WorkerRow
from crowdbroker.marketplace.wire import Told

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one server process, and the state of its database at the moment of a scrape."""

    def __init__(self, market: Marketplace) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "crowdbroker_calls",
            "Calls of the requester API in this process.",
            ["operation", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "crowdbroker_call_seconds",
            "How long a call took, without the network.",
            ["operation"],
            registry=self._registry,
            buckets=_BUCKETS_S,
        )
        self._registry.register(_Stock(market))

    def note(self, told: Told, seconds: float) -> None:
        """Count one call. Both labels have few values: the operations, and the codes of our own errors."""
        self._calls.labels(told.operation, told.outcome).inc()
        self._seconds.labels(told.operation).observe(seconds)

    def page(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)


class _Stock(Collector):
    """HITs, workers and money, counted when they are asked for."""

    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        with self._market.read() as session:
            hits = session.exec(select(HitRow.status, func.count()).group_by(HitRow.status)).all()
            workers = session.exec(select(func.count()).select_from(WorkerRow)).one()
            outbox = waiting(session)
            money = session.exec(select(_kind, func.sum(AccountRow.balance_cents)).group_by(_kind)).all()
        yield _gauge("crowdbroker_hits", "HITs by status.", "status", dict(hits))
        yield GaugeMetricFamily("crowdbroker_workers", "Workers.", value=workers)
        yield GaugeMetricFamily("crowdbroker_events_waiting", "Notifications not sent yet.", value=outbox.waiting)
        yield GaugeMetricFamily("crowdbroker_events_failed", "Notifications given up.", value=outbox.failed)
        yield _gauge(
            "crowdbroker_account_cents", "Sum of the balances by kind of account, in cents.", "kind", dict(money)
        )


_KINDS = ("available", "held", "owed")
_kind = case(
    *((col(AccountRow.id).startswith(f"{kind}:"), kind) for kind in _KINDS),
    (col(AccountRow.id) == ledger.BANK, ledger.BANK),
    (col(AccountRow.id) == ledger.FEES, ledger.FEES),
    else_="other",
)


def _gauge(name: str, text: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text, labels=[label])
    for value, count in values.items():
        gauge.add_metric([value], count)
    return gauge
