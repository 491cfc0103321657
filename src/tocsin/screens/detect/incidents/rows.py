"""How incidents look in the list, and how its address becomes filters."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.domain.incidents.queries import IncidentFilters, IncidentRow
from tocsin.domain.incidents.rules.states import Kind, State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.screens.incident import NEXT_WORDS, STATE_LOOKS, whole
from tocsin.ui.tables import Column, Filter, Query, Table
from tocsin.ui.templatetags.tocsin import severity, state, when

OPEN = "open"
"""The choice of the state filter that stands for all states in which it is still worked on."""


def filters_of(query: Query, me: str) -> IncidentFilters:
    """The filters that the address asks for; `me` is the viewer's id."""
    chosen = query.filters
    return IncidentFilters(
        states=_one(chosen.get("state"), State),
        severities=_one(chosen.get("severity"), Severity),
        kinds=_one(chosen.get("kind"), Kind),
        service_id=chosen.get("service", ""),
        person_id=me if chosen.get("mine") else "",
        text=query.text,
        open_only=chosen.get("state") == OPEN,
    )


def _one(value: str | None, known: type[State] | type[Severity] | type[Kind]) -> tuple[str, ...]:
    return (value,) if value and value in set(known) else ()


def table(services: list[tuple[str, str]]) -> Table[IncidentRow]:
    """The table, with the services that can be filtered by."""
    filters = [
        Filter("state", "State", [(OPEN, "Open"), *((s.value, s.word) for s in State)]),
        Filter("severity", "Severity", [(s.value, s.word) for s in Severity]),
        Filter("kind", "Kind", [(k.value, k.words) for k in Kind]),
        Filter("service", "Service", services),
        Filter("mine", "Mine", [("yes", "I have a role in it")]),
    ]
    return Table("incidents", "Incidents", COLUMNS, filters)


def _subject(row: IncidentRow) -> SafeString:
    lock = "Restricted, " if row.restricted else ""
    where = ", ".join(service.name for service in row.services)
    return format_html(
        '<div class="t-subj"><a class="t-cut" href="{}"><bdi>{}</bdi></a>'
        '<span class="t-meta"><span class="t-ref">{}</span> {}{}</span></div>',
        row.url,
        row.title,
        row.reference,
        lock,
        where or Kind(row.kind).words,
    )


def _state(row: IncidentRow) -> SafeString:
    kind, icon = STATE_LOOKS[State(row.state)]
    return state(kind, State(row.state).word, icon)


def _commander(row: IncidentRow) -> SafeString | str:
    return format_html('<bdi class="t-nowrap">{}</bdi>', row.commander.name) if row.commander else ""


def _due(row: IncidentRow) -> SafeString | str:
    due = row.next_deadline
    if due is None:
        return ""
    tone = {"breached": "t-bad", "at_risk": "t-warn"}.get(due.standing, "")
    words = NEXT_WORDS.get(due.kind, due.words)
    return format_html(
        '<span class="t-nowrap {}">{}</span><br><span class="t-meta t-nowrap">{}</span>', tone, when(due.due_at), words
    )


def lasted(row: IncidentRow) -> str:
    """How long it lasted, or has lasted so far."""
    ended: datetime = row.resolved_at or row.closed_at or row.ended_at or now()
    return whole(ended - row.alarm_at)


COLUMNS: list[Column[IncidentRow]] = [
    Column("incident", "Incident", _subject, sort="title", plain=lambda r: f"{r.reference} {r.title}"),
    Column("severity", "Severity", lambda r: severity(r.severity), sort="severity", plain=lambda r: r.severity),
    Column("state", "State", _state, sort="state", plain=lambda r: r.state),
    Column("commander", "Commander", _commander, narrow=False, plain=lambda r: r.commander.name if r.commander else ""),
    Column("due", "Due next", _due, narrow=False, plain=lambda r: r.next_deadline.due_at if r.next_deadline else ""),
    Column("began", "Began", lambda r: when(r.alarm_at), sort="began", plain=lambda r: r.alarm_at),
    Column("lasted", "Lasted", lasted, number=True, narrow=False),
]
