"""Fills a house with 100,000 alerts, 10,000 incidents and a long log, and asks for its screens in this process.

Run as a program, because Django reads its settings once: `python -m benchmarks.full_house fill ALERTS INCIDENTS`,
then in a process of its own, as a server would, `python -m benchmarks.full_house ask ROUNDS`, which prints one line of
JSON per screen. Rows are copies of the demo organisation's; nothing is sent.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402

from tocsin.cli import demo  # noqa: E402
from tocsin.cli.garbage import spare_what_stays  # noqa: E402
from tocsin.cli.house import operator  # noqa: E402
from tocsin.core.engine.testing import run_engine  # noqa: E402
from tocsin.core.events.models import Entry, Stream  # noqa: E402
from tocsin.core.search.models import Document  # noqa: E402
from tocsin.domain.accounts import commands as accounts  # noqa: E402
from tocsin.domain.alerts import commands as alert_commands  # noqa: E402
from tocsin.domain.alerts.models import Alert, AlertGroup  # noqa: E402
from tocsin.domain.catalog import queries as catalog  # noqa: E402
from tocsin.domain.incidents.models import AffectedService, Incident, IncidentGroup  # noqa: E402
from tocsin.kernel.clock import now  # noqa: E402
from tocsin.kernel.ids import new_id  # noqa: E402

BATCH = 2000
OPEN_ALERTS, OPEN_INCIDENTS = 0.05, 0.005
ENTRIES_EACH = 20
SCREENS = (
    "/",
    "/incidents/",
    "/incidents/?state=closed&page=40",
    "/incidents/INC-1/",
    "/incidents/INC-1/log/",
    "/incidents/INC-1/impact/",
    "/incidents/INC-1/notifications/",
    "/detect/classification/",
    "/detect/classification/alerts/",
    "/monitoring/",
    "/log/",
    "/log/?kind=incident",
    "/reports/",
    "/communications/internal-status/",
    "/search/?q=checkout",
    "/settings/services/",
    "/on-call/",
    "/health/",
)


def fill(alerts: int, incidents: int) -> None:
    """Tables and rows."""
    call_command("migrate", interactive=False, verbosity=0)
    accounts.ensure_administrator(operator())
    demo.load()
    report_alerts()
    fill_incidents(incidents)
    fill_alerts(alerts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def ask(rounds: int) -> None:
    """Each screen once to warm it, then all of them in turn, so that a busy moment does not hit one alone."""
    administrator, _ = accounts.ensure_administrator(operator())
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(id=administrator), "django.contrib.auth.backends.ModelBackend")
    found = {path: first(client, path) for path in SCREENS}
    spare_what_stays()
    for _ in range(rounds):
        for path in SCREENS:
            wall, cpu = time.perf_counter(), time.process_time()
            client.get(path)
            found[path]["cpu"].append(time.process_time() - cpu)
            found[path]["seconds"].append(time.perf_counter() - wall)
    for one in found.values():
        sys.stdout.write(json.dumps(one) + "\n")


def first(client: Client, path: str) -> dict[str, Any]:
    """The visit that warms a screen: how it answered, how long that took, and its queries when asked again."""
    began = time.perf_counter()
    status = client.get(path).status_code
    took = time.perf_counter() - began
    queries: list[str] = []

    def count(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return run(sql, *rest)

    with connection.execute_wrapper(count):
        client.get(path)
    return {"path": path, "status": status, "queries": len(queries), "first": took, "seconds": [], "cpu": []}


def fill_incidents(count: int) -> None:
    """Copies of the demo's closed incidents, a few of an open one; each with a service, a document and a log."""
    closed = list(Incident.objects.filter(state="closed"))
    fresh = list(Incident.objects.filter(state__in=["responding", "triaged", "mitigated"]))
    number = Incident.objects.order_by("-number").values_list("number", flat=True)[0]
    service = AffectedService.objects.values_list("service_id", flat=True)[0]
    samples = list(Entry.objects.filter(stream=f"incident:{fresh[0].id}").order_by("seq")[:ENTRIES_EACH])
    few = int(count * OPEN_INCIDENTS)
    at = now()
    made: list[Incident] = []
    for place, source in enumerate([*islice(cycle(fresh), few), *islice(cycle(closed), count - few)]):
        back = timedelta(hours=place)
        changes = {
            "number": number + place + 1,
            "alarm_at": at - back,
            "created_at": at - back,
            "changed_at": at - back,
        }
        made.append(copy_of(source, **changes))
    put(Incident, made)
    put(AffectedService, [AffectedService(incident_id=row.id, service_id=service) for row in made])
    put(Document, [_document(row) for row in made])
    put(Stream, [Stream(key=f"incident:{row.id}", head_seq=len(samples)) for row in made])
    put(Entry, (_entry(row, sample, seq) for row in made for seq, sample in enumerate(samples, 1)))


def report_alerts() -> None:
    """Two alerts through the real door and the real engine, to copy from."""
    service = catalog.services(operator())[0]
    made = alert_commands.add_integration(operator(), kind="prometheus", name="Metrics", service=service.id)
    alert_commands.send_test_alert(operator(), integration_id=made.id)
    run_engine()


def fill_alerts(count: int) -> None:
    """Copies of the demo's alerts in groups of fifty, most of them resolved; each group belongs to an incident."""
    samples, group = list(Alert.objects.all()), AlertGroup.objects.first()
    assert group is not None
    incidents = list(Incident.objects.values_list("id", flat=True)[: max(1, count // 50)])
    at = now()
    groups = [copy_of(group, key=uuid4().hex, current=False, created_at=at) for _ in range(max(1, count // 50))]
    put(AlertGroup, groups)
    links = zip(cycle(incidents), groups, strict=False)
    link = IncidentGroup.objects.first()
    if link is not None:
        put(IncidentGroup, [copy_of(link, incident_id=i, group_id=g.id) for i, g in links])
    firing = int(count * OPEN_ALERTS)
    rows = []
    for place, source in enumerate(islice(cycle(samples), count)):
        state = {"state": "firing", "resolved_at": None} if place < firing else {"state": "resolved", "resolved_at": at}
        seen = at - timedelta(minutes=place)
        places = {"group_id": groups[place // 50 % len(groups)].id, "starts_at": seen, "last_seen_at": seen}
        rows.append(copy_of(source, key=uuid4().hex, expires_at=None, **state, **places))
    put(Alert, rows)


def copy_of(source: models.Model, **changes: Any) -> Any:
    """A row like another, under a key of its own."""
    names = [f.attname for f in source._meta.concrete_fields]
    content = {name: getattr(source, name) for name in names} | changes
    if isinstance(source._meta.pk, models.UUIDField):
        content[source._meta.pk.attname] = new_id()
    else:
        content.pop(source._meta.pk.attname)
    return type(source)(**content)


def put(model: type[models.Model], rows: Any) -> None:
    """Write them, in batches."""
    model._default_manager.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _document(row: Incident) -> Document:
    return Document(
        stream=f"incident:{row.id}",
        kind="incident",
        reference=row.reference,
        title=row.title,
        body=row.summary,
        url=row.url,
        updated_at=row.changed_at,
    )


def _entry(row: Incident, sample: Entry, seq: int) -> Entry:
    return copy_of(sample, stream=f"incident:{row.id}", seq=seq)  # type: ignore[no-any-return]


if __name__ == "__main__":
    {"fill": fill, "ask": ask}[sys.argv[1]](*map(int, sys.argv[2:]))
