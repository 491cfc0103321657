"""Puts the answers of several rooms side by side for Home: the worst fire, the services it hurts, what is mine."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentRow, MineView
from tocsin.domain.incidents.views import DeadlineView
from tocsin.domain.obligations import queries as obligations
from tocsin.domain.oncall.queries import CoverView, MyPage
from tocsin.kernel.actor import Actor
from tocsin.kernel.subject import Subject
from tocsin.screens.incident_legal import as_deadline

_STATES = {
    "detected": ("bad", "Not confirmed", "bell-ringing"),
    "triaged": ("warn", "Confirmed", "alert-triangle"),
    "responding": ("busy", "Responding", "progress"),
    "mitigated": ("busy", "Watching the fix", "eye"),
}
_HARM = {
    "critical": ("bad", "Major outage"),
    "unknown": ("unknown", "Unknown"),
    "high": ("high", "Partial outage"),
    "medium": ("warn", "Degraded"),
    "low": ("warn", "Degraded a little"),
}
MOST_SERVICES = 8


@dataclass(frozen=True, slots=True)
class Burning:
    """An open incident with its state as a screen shows it. `who` completes '24 min old, …'."""

    row: IncidentRow
    kind: str
    word: str
    icon: str
    who: str

    @property
    def unanswered(self) -> bool:
        """True while nobody has acknowledged it."""
        return self.row.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Hurt:
    """A service and how it does, as far as open incidents tell."""

    service: ServiceView
    kind: str
    word: str
    incident: IncidentRow | None


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for this person."""

    icon: str
    text: str
    subject: IncidentRow | Subject
    url: str
    at: datetime | None
    hot: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """Something due, by target or by law: of which incident, and where it is looked after."""

    deadline: DeadlineView
    reference: str
    url: str
    severity: str


def due_next(actor: Actor, limit: int) -> list[Promise]:
    """Deadlines, promised updates and legal clocks of all incidents that the actor may see, overdue first."""
    found = [Promise(d.deadline, d.reference, d.url, d.severity) for d in incidents.deadlines_due(actor, limit)]
    found += [
        Promise(as_deadline(d), d.reference, f"{d.url}legal-clocks/", d.severity)
        for d in obligations.due_next(actor, limit)
    ]
    return sorted(found, key=lambda each: each.deadline.due_at)[:limit]


def burning(actor: Actor, rows: list[IncidentRow]) -> list[Burning]:
    """Open incidents in the order given, worst first."""
    return [Burning(row, *_STATES.get(row.state, ("wait", row.state, "")), _who(actor, row)) for row in rows]


def _who(actor: Actor, row: IncidentRow) -> str:
    if row.commander is None:
        return "nobody commands"
    return "you command" if row.commander.id == actor.person else f"{row.commander.name} commands"


def services(found: list[ServiceView], rows: list[IncidentRow]) -> tuple[list[Hurt], str]:
    """Services, hurt ones first (worst incident counts), and the sum in words: '10 well, 1 major outage'."""
    worst: dict[str, IncidentRow] = {}
    for row in rows:
        for service in row.services:
            worst.setdefault(service.id, row)
    hurt = [Hurt(s, *_HARM[worst[s.id].severity], worst[s.id]) for s in found if s.id in worst]
    order = list(_HARM.values())
    hurt.sort(key=lambda h: order.index((h.kind, h.word)))
    well = [Hurt(s, "ok", "No open incident", None) for s in sorted(found, key=lambda s: s.tier) if s.id not in worst]
    sums = [(len(well), "without an incident")]
    sums += [(sum(h.word == word for h in hurt), word.lower()) for _, word in order]
    return (hurt + well)[:MOST_SERVICES], ", ".join(f"{n} {word}" for n, word in sums if n)


def worst_first(pages: list[MyPage]) -> list[MyPage]:
    """The pages that wait for this person, the most severe first, of those the newest."""
    order = {severity: number for number, severity in enumerate(_HARM)}
    return sorted(pages, key=lambda page: order.get(page.severity, len(order)))


def todos(mine: MineView, covers: list[CoverView]) -> list[Todo]:
    """Roles offered, then cover that one is asked for, then tasks by when they are due."""
    rows = [
        Todo("transfer", f"Take the role {role.words}, or decline it", row, row.url, None, hot=True)
        for row, role in mine.offers
    ]
    rows += [
        Todo("calendar", f"{one.asker} asks you for cover", _schedule(one), f"/on-call/cover/{one.id}/", one.start)
        for one in covers
        if one.waits_for_viewer
    ]
    return rows + [Todo("circle-check", task.title, row, row.url, task.due_at) for row, task in mine.tasks]


def _schedule(cover: CoverView) -> Subject:
    return Subject(
        "schedule", cover.schedule_id, cover.schedule, cover.schedule, f"/on-call/schedules/{cover.schedule_id}/"
    )
