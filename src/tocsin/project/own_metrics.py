"""What Tocsin knows of itself as Prometheus's gauges: work, deliveries, alerts, incidents, alarms.

Hides when the database is asked: at most every ten seconds, in a thread, for two seconds. A database that does not
answer is a value of its own, not an error.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, close_old_connections
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tocsin.core.alarms.standing import standing
from tocsin.core.engine.health import health
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.assurance import queries as assurance
from tocsin.domain.delivery.queries import conservation
from tocsin.domain.incidents import queries as incidents
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

EVERY = timedelta(seconds=10)
WITHIN = 2.0
_READER = system("metrics")


def read() -> list[Metric]:
    """Ask the database. Raises `DatabaseError`."""
    own, ledger = health(), conservation(now() - timedelta(days=1))
    intake = alerts.ingest_rate(_READER)
    settled = {
        "sent": ledger.sent,
        "delivered": ledger.delivered,
        "failed": ledger.failed,
        "suppressed": ledger.suppressed,
        "in_flight": ledger.in_flight,
    }
    return [
        _gauge("tocsin_engines_alive", "Engines that beat within 20 s.", own.alive),
        _gauge("tocsin_jobs_due", "Jobs that are due now.", own.waiting),
        _gauge("tocsin_oldest_job_due_seconds", "How long the oldest due job has waited.", own.late.total_seconds()),
        _gauge("tocsin_dead_letters", "Jobs that were given up.", own.dead),
        _gauge("tocsin_inbox_waiting", "Accepted alerts that are not folded yet.", intake.waiting),
        _gauge("tocsin_inbox_dead_letters", "Accepted alerts that could not be read.", intake.dead_letters),
        _labelled("tocsin_deliveries_day", "Messages of the last 24 hours by state.", "state", settled),
        _gauge(
            "tocsin_deliveries_missing",
            "Messages neither settled nor under way.",
            ledger.missing,
        ),
        _books(),
        *_pulse(),
        _labelled("tocsin_alerts_open", "Open alerts.", "severity", alerts.counts_by_severity(_READER)),
        _labelled("tocsin_incidents_open", "Open incidents.", "severity", incidents.open_by_severity(_READER)),
        _labelled(
            "tocsin_reachability_findings",
            "Faults that would keep a page from reaching somebody in the coming 14 days.",
            "severity",
            _every_severity(assurance.counts(_READER)),
        ),
        _gauge("tocsin_alarms", "Alarms about Tocsin itself that stand.", len(standing())),
    ]


def _every_severity(found: dict[str, int]) -> dict[str, int]:
    """Zeros too: an alert on the gauge must see it fall."""
    return {severity: found.get(severity, 0) for severity in ("critical", "high", "medium", "low")}


def _pulse() -> list[Metric]:
    found = assurance.pulse_standing(_READER)
    if not found.on:
        return []
    took = found.took.total_seconds() if found.took else 0
    return [
        _gauge("tocsin_pulse_up", "1 while synthetic pages come all the way round.", found.well),
        _gauge("tocsin_pulse_round_trip_seconds", "How long the last synthetic page took.", took),
    ]


def _books() -> Metric:
    words = "Conservation: accepted less delivered, failed, suppressed and in_flight is missing, which must be 0."
    family = GaugeMetricFamily("tocsin_books", words, labels=["unit", "state"])
    for book in assurance.books(_READER):
        for state in ("accepted", "delivered", "failed", "suppressed", "in_flight", "missing"):
            family.add_metric([book.unit.replace(" ", "_"), state], getattr(book, state))
    return family


class State(Collector):
    """Keeps the last answer for the registry, which asks for it on every scrape."""

    def __init__(self) -> None:
        self._families: list[Metric] = []
        self._asked_at = now() - EVERY
        self._up = 0

    def collect(self) -> Iterator[Metric]:
        """What the last refresh found."""
        yield _gauge("tocsin_database_up", "1 when the database answered the last question.", self._up)
        yield from self._families

    def describe(self) -> list[Metric]:
        """Nothing up front: the registry must not ask the database when it starts."""
        return []

    async def refresh(self) -> None:
        """Ask anew when the last answer is old. Never raises, never waits longer than two seconds."""
        if now() - self._asked_at < EVERY:
            return
        self._asked_at = now()
        try:
            self._families = await asyncio.wait_for(asyncio.to_thread(_read_and_close), WITHIN)
            self._up = 1
        except (DatabaseError, TimeoutError):
            # Old figures would look like present ones.
            self._families, self._up = [], 0


def _read_and_close() -> list[Metric]:
    try:
        return read()
    finally:
        close_old_connections()


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _labelled(name: str, words: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


state = State()
REGISTRY.register(state)
