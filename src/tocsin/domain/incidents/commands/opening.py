"""How incidents begin: a person declares one, or alerts make one. The number, the row, its services and its clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from tocsin.core.work import enqueue
from tocsin.domain.catalog.queries import services as catalogue
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.books import editions_in_force, matrix_in_force
from tocsin.domain.incidents.commands import calling, timers
from tocsin.domain.incidents.commands.loading import choice, put_in_index, record, text
from tocsin.domain.incidents.commands.sizing import answers_as_json, reasons_as_json
from tocsin.domain.incidents.events import Declared
from tocsin.domain.incidents.models import AffectedService, Counter, Incident
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import DECLARE
from tocsin.domain.incidents.rules.severity import Answer, assess
from tocsin.domain.incidents.rules.states import Kind, State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import id_of

LONGEST_TITLE = 200
_COUNTERS = Counter._meta.db_table
_COUNT = (
    f"INSERT INTO {_COUNTERS} (name, last) VALUES ('incident', %s)"  # noqa: S608
    f" ON CONFLICT (name) DO UPDATE SET last = {_COUNTERS}.last + excluded.last RETURNING last"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of an incident when it begins."""

    title: str
    kind: Kind
    severity: Severity
    state: State
    source: str
    alarm_at: datetime
    declared_at: datetime | None = None
    summary: str = ""
    restricted: bool = False
    answers: dict[str, object] = field(default_factory=dict)
    reasons: list[dict[str, str]] = field(default_factory=list)
    unrouted: str = ""
    continues: Incident | None = None
    alert_severity: str = ""


def declare(
    actor: Actor,
    *,
    title: str,
    kind: str,
    severity: str = Severity.UNKNOWN.value,
    summary: str = "",
    services: Sequence[str] = (),
    declared_at: datetime | None = None,
    answers: Sequence[Answer] = (),
    restricted: bool | None = None,
    page: bool = True,
) -> str:
    """Declare an incident and page for it; returns its id. Event `incidents.declared`.

    `answers` size it by the matrix instead of `severity`. `declared_at` may be dated back, never forward. A security
    incident is restricted unless `restricted` says otherwise. Raises `Invalid`, `Denied`.
    """
    actor.require(DECLARE)
    what = Kind(choice(kind, [k.value for k in Kind], "kind"))
    at = _declared_at(declared_at)
    sized = assess(answers, matrix_in_force()) if answers else None
    size = sized.severity if sized else Severity(choice(severity, [s.value for s in Severity], "severity"))
    draft = Draft(
        title=text(title, "title", needed="say in a few words what is wrong.", longest=LONGEST_TITLE),
        kind=what,
        severity=size,
        state=State.TRIAGED,
        source="matrix" if sized else "declared",
        alarm_at=at,
        declared_at=at,
        summary=text(summary, "summary"),
        restricted=what is Kind.SECURITY if restricted is None else restricted,
        answers=answers_as_json(answers),
        reasons=reasons_as_json(sized) if sized else [],
    )
    names = service_names(services)
    with transaction.atomic():
        row = begin(draft, names)
        calling.let_in(row, [actor.person] if actor.person else [])
        record(row, _declared(actor, row, names), actor)
        settle(row)
        if page:
            calling.page(row, services=names)
    return str(row.id)


def _declared_at(wished: datetime | None) -> datetime:
    at = now()
    if wished is not None and wished > at:
        raise Invalid("declared_at: an incident can be dated back, not forward.", field="declared_at")
    return wished or at


def _declared(actor: Actor, row: Incident, names: dict[str, str]) -> Declared:
    return Declared(
        author=author(actor),
        reference=row.reference,
        title=row.title,
        summary=row.summary,
        kind=row.kind,
        severity=row.severity,
        state=row.state,
        restricted=row.restricted,
        services=tuple(names.values()),
        reasons=tuple(reason["sentence"] for reason in row.reasons),
        matrix_version=row.matrix_version,
    )


def service_names(ids: Iterable[str]) -> dict[str, str]:
    """Names of the services by id, in the given order. Raises `Invalid` for one that does not exist."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    known = {service.id: service.name for service in catalogue(TOCSIN)}
    for id_ in wanted:
        if id_ not in known:
            raise Invalid("services: one of them is not in the catalogue (any more).", field="services")
    return {id_: known[id_] for id_ in wanted}


def begin(draft: Draft, services: Iterable[str]) -> Incident:
    """Make the row with the next number, and its services. The counter's lock orders all beginnings."""
    at = now()
    targets, matrix = editions_in_force()
    row = Incident.objects.create(
        number=next_number(),
        title=draft.title,
        summary=draft.summary,
        kind=draft.kind.value,
        state=draft.state.value,
        severity=draft.severity.value,
        severity_source=draft.source,
        alert_severity=draft.alert_severity,
        severity_reached={draft.severity.value: draft.alarm_at.isoformat()},
        matrix_version=matrix,
        targets_version=targets,
        answers=draft.answers,
        reasons=draft.reasons,
        unrouted=draft.unrouted,
        alarm_at=draft.alarm_at,
        declared_at=draft.declared_at,
        triaged_at=at if draft.state is State.TRIAGED else None,
        restricted=draft.restricted,
        continues=draft.continues,
        created_at=at,
        changed_at=at,
    )
    AffectedService.objects.bulk_create([AffectedService(incident=row, service_id=id_) for id_ in services])
    return row


def settle(row: Incident) -> None:
    """What every beginning and every change ends with: clocks and search."""
    timers.replan(row)
    put_in_index(row)


def settle_soon(row: Incident) -> None:
    """The same right after this transaction, by an engine: nobody waits for a page until clocks are set."""
    enqueue(jobs.SETTLE, jobs.Settle(incident=str(row.id)), key=str(row.id))


def settle_now(incident: str) -> None:
    """What `settle_soon` put off."""
    with transaction.atomic():
        row = Incident.objects.select_for_update().filter(id=id_of(incident)).first()
        if row is not None:
            settle(row)


def next_number() -> int:
    """The next number, under a lock that holds until the transaction ends."""
    return _count(1)


def lock_beginnings() -> None:
    """Let nobody else begin an incident until the transaction ends: two alerts of one service make one incident."""
    _count(0)


def _count(by: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [by])
        return int(cursor.fetchone()[0])
