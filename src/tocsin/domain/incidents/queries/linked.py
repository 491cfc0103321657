"""What belongs to an incident, for those who may see it: linked incidents, tickets, conferences; and task lists."""

from collections.abc import Iterable

from django.db.models import Q

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.models import Incident, IncidentLink, OutsideLink, Task, TaskTemplate
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.rules.linking import Relation, dial
from tocsin.domain.incidents.rules.mentions import Candidate, distinct, handle_of, mentioned
from tocsin.domain.incidents.rules.roles import RoleName, role_words
from tocsin.domain.incidents.rules.tasks import Item, read, suits, within, written
from tocsin.domain.incidents.views import BridgeView, LinksView, LinkView, TaskTemplateView, TemplateItem, TicketView
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid


def links(actor: Actor, ref_or_id: Ref) -> LinksView:
    """What belongs to the incident. Four queries. Incidents that the actor may not see are left out."""
    row = load(actor, ref_or_id)
    outside = list(OutsideLink.objects.filter(Q(incident=row) | Q(incident=None)).order_by("added_at", "id"))
    return LinksView(
        incidents=tuple(_incidents(actor, row)),
        tickets=tuple(TicketView(str(o.id), o.label, o.url, o.added_at) for o in outside if o.kind == "ticket"),
        # The conference for all is known to everybody: nobody speaks of a restricted incident there.
        bridges=tuple(_bridge(o) for o in outside if o.kind == "bridge" and (o.incident_id or not row.restricted)),
    )


def bridge_for_all(actor: Actor) -> BridgeView | None:
    """The conference that every incident offers. One query."""
    actor.require(VIEW)
    found = OutsideLink.objects.filter(incident=None, kind="bridge").first()
    return _bridge(found) if found else None


def _incidents(actor: Actor, row: Incident) -> Iterable[LinkView]:
    found = list(IncidentLink.objects.filter(Q(incident=row) | Q(other=row)).order_by("linked_at", "id"))
    ids = {link.other_id if link.incident_id == row.id else link.incident_id for link in found}
    seen = {other.id: other for other in seen_by(actor, Incident.objects.filter(id__in=ids))} if ids else {}
    for link in found:
        forward = link.incident_id == row.id
        other = seen.get(link.other_id if forward else link.incident_id)
        if other is not None:
            words = Relation(link.relation).words if forward else Relation(link.relation).back
            yield LinkView(str(link.id), words, other.reference, other.title, other.state, other.severity, other.url)


def _bridge(row: OutsideLink) -> BridgeView:
    return BridgeView(
        str(row.id), row.label, row.url, row.phone, row.pin, dial(row.phone, row.pin), for_all=row.incident_id is None
    )


def task_templates(actor: Actor) -> list[TaskTemplateView]:
    """Lists of tasks by name. Three queries."""
    actor.require(VIEW)
    return _views(TaskTemplate.objects.order_by("name"))


def task_templates_for(actor: Actor, ref_or_id: Ref) -> list[TaskTemplateView]:
    """Those that suit the incident, with how many of their tasks it does not have yet. Five queries at most."""
    row = load(actor, ref_or_id)
    kept = [t for t in TaskTemplate.objects.order_by("name") if _suits(t, row)]
    if not kept:
        return []
    there = set(Task.objects.filter(incident=row, template_id__isnull=False).values_list("template_id", "title"))
    gone = {t.id: sum((t.id, item["title"]) not in there for item in t.items) for t in kept}
    return _views([t for t in kept if gone[t.id]], {str(id_): n for id_, n in gone.items()})


def task_items(actor: Actor, lines: str) -> list[Item]:
    """Tasks as people type them, one a line: `title | @owner | 15m`. Two queries. Raises `Invalid` naming the line."""
    actor.require(VIEW)
    active = sorted(accounts.people(TOCSIN, active_only=True), key=lambda p: p.id)
    known = distinct(
        [
            *(Candidate("role", role.value, role.words, role.value) for role in RoleName),
            *(Candidate("person", p.id, p.name, handle_of(p.name)) for p in active),
        ]
    )
    found = []
    for title, owner, minutes in read(lines):
        meant = mentioned(f"@{owner}", known) if owner else {}
        if owner and not meant:
            raise Invalid(f"tasks: '{title}': there is no active person or role @{owner}.", field="tasks")
        found.append(Item(title, "".join(f"{m.kind}:{m.id}" for m in meant.values()), minutes))
    return found


def _suits(template: TaskTemplate, row: Incident) -> bool:
    return suits(template.kind, template.severity, of_kind=row.kind, of_severity=row.severity)


def _views(rows: Iterable[TaskTemplate], left: dict[str, int] | None = None) -> list[TaskTemplateView]:
    kept = list(rows)
    ids = {item["owner"][7:] for t in kept for item in t.items if item["owner"].startswith("person:")}
    people = {p.id: p for p in accounts.people(TOCSIN, ids)} if ids else {}
    names = {id_: (p.name if p.active else f"{p.name} (left)") for id_, p in people.items()}
    handles = {id_: handle_of(p.name) for id_, p in people.items()}
    return [_view(t, names, handles, (left or {}).get(str(t.id), len(t.items))) for t in kept]


def _view(row: TaskTemplate, names: dict[str, str], handles: dict[str, str], left: int) -> TaskTemplateView:
    lines = []
    items = []
    for item in row.items:
        kind, _, id_ = item["owner"].partition(":")
        words = names.get(id_, "Somebody who left") if kind == "person" else role_words(id_) if id_ else ""
        handle = handles.get(id_, "") if kind == "person" else id_
        span = within(item["minutes"]) if item["minutes"] else ""
        items.append(TemplateItem(item["title"], item["owner"], words, item["minutes"], span))
        lines.append((item["title"], handle, item["minutes"]))
    return TaskTemplateView(str(row.id), row.name, row.kind, row.severity, tuple(items), written(lines), left)
