"""Is it an incident, and which: confirm, dismiss, split, correct. Merging is `merging`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import choice, locked, record, save, text
from tocsin.domain.incidents.commands.opening import LONGEST_TITLE, Draft, begin, lock_beginnings, service_names, settle
from tocsin.domain.incidents.commands.restricting import shut
from tocsin.domain.incidents.commands.sizing import resized, size_by_rest
from tocsin.domain.incidents.events import Changed, Confirmed, Detected, Dismissed, Split
from tocsin.domain.incidents.models import AffectedService, Incident, IncidentGroup
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, Kind, State, Verb, move
from tocsin.domain.oncall.commands import How
from tocsin.domain.oncall.rules.urgency import Severity, highest
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import id_of

SECURITY = "It is a security incident now; the Security Lead may release it."


def confirm(
    actor: Actor,
    *,
    incident: str,
    kind: str | None = None,
    severity: str | None = None,
    reason: str = "",
    declared_at: datetime | None = None,
    version: int | None = None,
) -> None:
    """A proposed incident is one. Event `incidents.confirmed`. Another severity than proposed needs a reason.

    `declared_at` may be dated back: the clocks of mitigation and resolution start there. Raises `Conflict`, `Invalid`.
    """
    actor.require(RESPOND)
    said = text(reason, "reason", longest=2000)
    if declared_at is not None and declared_at > now():
        raise Invalid("declared_at: an incident can be dated back, not forward.", field="declared_at")
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        before = Severity(row.severity)
        row.state = move(State(row.state), Verb.TRIAGE).value
        row.triaged_at = now()
        row.declared_at = declared_at or row.declared_at or row.triaged_at
        row.kind = choice(kind or row.kind, [k.value for k in Kind], "kind")
        if severity is not None and severity != row.severity:
            _override(row, severity, said)
        save(row, "state", "triaged_at", "declared_at", "kind", "severity", "severity_source", "override_reason")
        done = Confirmed(author=author(actor), state=row.state, reason=said, kind=row.kind, severity=row.severity)
        record(row, done, actor)
        if row.kind == Kind.SECURITY:
            shut(actor, row, SECURITY)
        calling.renamed(row)
        resized(row, before)


def _override(row: Incident, severity: str, reason: str) -> None:
    wished = Severity(choice(severity, [s.value for s in Severity], "severity"))
    if not reason:
        proposed = Severity(row.severity).word
        raise Invalid(f"reason: {proposed} was proposed; say why it is {wished.word}.", field="reason")
    row.severity, row.severity_source, row.override_reason = wished.value, "override", reason


def dismiss(actor: Actor, *, incident: str, reason: str, version: int | None = None) -> None:
    """It is no incident. Event `incidents.dismissed`; paging stops, nothing more is due."""
    actor.require(RESPOND)
    said = text(reason, "reason", longest=2000)
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        row.state = move(State(row.state), Verb.DISMISS, reason=said).value
        row.ended_at = now()
        save(row, "state", "ended_at")
        record(row, Dismissed(author=author(actor), state=row.state, reason=said), actor)
        calling.over(row, f"{row.reference} was dismissed by {actor.name}", How.DISMISSED, actor)
        settle(row)


def split(
    actor: Actor,
    *,
    incident: str,
    title: str,
    group_ids: Sequence[str] = (),
    services: Sequence[str] = (),
    reason: str = "",
) -> str:
    """Some alert groups or services are other trouble: they go into a linked incident, which pages. Returns its id.

    The history stays where it is. Event `incidents.split`. Raises `Invalid` when nothing, or everything, would go.
    """
    actor.require(RESPOND)
    name = text(title, "title", needed="say in a few words what is wrong.", longest=LONGEST_TITLE)
    with transaction.atomic():
        lock_beginnings()
        row = locked(actor, incident)
        links, going = _going(row, group_ids, services)
        fresh = begin(_split_draft(row, links, name), going)
        fresh.split_from = row
        save(fresh, "split_from")
        IncidentGroup.objects.filter(id__in=[x.id for x in links]).update(incident=fresh)
        AffectedService.objects.filter(incident=row, service__in=[id_of(id_) for id_ in _left(row, going)]).delete()
        record(fresh, _split_off(row, fresh, links), actor)
        before = Severity(row.severity)
        staying = IncidentGroup.objects.filter(incident=row, current=True).order_by("starts_at")
        changed = size_by_rest(row, list(staying) if links else [])
        done = Split(
            author=author(actor),
            reference=fresh.reference,
            groups=len(links),
            services=len(going),
            reason=reason,
            severity=changed,
        )
        record(row, done, actor)
        settle(fresh)
        settle(row)
        if changed:
            resized(row, before)
        calling.page(fresh, services=calling.service_ids(fresh))
    return str(fresh.id)


def _going(row: Incident, group_ids: Sequence[str], services: Sequence[str]) -> tuple[list[IncidentGroup], list[str]]:
    """The chosen groups, and the chosen services with those of the groups. Something of the incident must remain."""
    current = list(IncidentGroup.objects.filter(incident=row, current=True).order_by("starts_at"))
    wanted = {str(id_) for id_ in group_ids}
    links = [link for link in current if str(link.group_id) in wanted]
    known = calling.service_ids(row)
    chosen = [id_ for id_ in known if id_ in set(services)]
    going = list(dict.fromkeys([*chosen, *(str(x.service_id) for x in links if x.service_id)]))
    if not links and not chosen:
        raise Invalid("group_ids: choose alert groups or services that go.", field="group_ids")
    stays_of_groups = len(links) < len(current)
    stays_of_services = bool(set(known) - set(going))
    if (current and not stays_of_groups and not stays_of_services) or (not current and not stays_of_services):
        raise Invalid("group_ids: choose some of it, but not all: something must remain.", field="group_ids")
    return links, going


def _left(row: Incident, going: Sequence[str]) -> list[str]:
    """Services that leave with what goes: those about which no alert group speaks here any more."""
    speaking = IncidentGroup.objects.filter(incident=row, current=True).values_list("service_id", flat=True)
    staying = {str(id_) for id_ in speaking if id_}
    return [id_ for id_ in going if id_ not in staying]


def _split_draft(row: Incident, links: list[IncidentGroup], title: str) -> Draft:
    return Draft(
        title=title,
        kind=Kind(row.kind),
        severity=highest(Severity(link.severity) for link in links) if links else Severity(row.severity),
        state=State.TRIAGED,
        source="alert" if links else "declared",
        alarm_at=min((link.starts_at for link in links), default=row.alarm_at),
        declared_at=now(),
        restricted=row.restricted,
        reasons=[
            {"fact": "alert", "answer": link.severity, "sentence": f"The alert '{link.title}'."} for link in links
        ],
    )


def _split_off(row: Incident, fresh: Incident, links: list[IncidentGroup]) -> Detected:
    return Detected(
        reference=fresh.reference,
        title=fresh.title,
        kind=fresh.kind,
        severity=fresh.severity,
        state=fresh.state,
        restricted=fresh.restricted,
        group=str(links[0].group_id) if links else "",
        reasons=(f"Split off from {row.reference}.",),
        matrix_version=fresh.matrix_version,
    )


def change(
    actor: Actor,
    *,
    incident: str,
    title: str | None = None,
    summary: str | None = None,
    kind: str | None = None,
    services: Sequence[str] | None = None,
    visible_to_users: bool | None = None,
    root_cause: str | None = None,
    version: int | None = None,
) -> None:
    """Correct what was said of it; None leaves a field. Event `incidents.changed`. A newly affected service pages.

    Turned into a security incident it is restricted from then on, until the Security Lead releases it.
    """
    actor.require(RESPOND)
    wished = {
        "title": None if title is None else text(title, "title", needed="it cannot be empty.", longest=LONGEST_TITLE),
        "summary": None if summary is None else text(summary, "summary"),
        "kind": None if kind is None else choice(kind, [k.value for k in Kind], "kind"),
        "visible_to_users": visible_to_users,
        "root_cause": None if root_cause is None else text(root_cause, "root_cause"),
    }
    names = None if services is None else service_names(services)
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        fields = [name for name, value in wished.items() if value is not None and value != getattr(row, name)]
        for name in fields:
            setattr(row, name, wished[name])
        fresh = None if names is None else _set_services(row, list(names))
        said = [*fields, *([] if fresh is None else ["services"])]
        if not said:
            return
        save(row, *fields)
        record(row, _changed(actor, row, said, names or {}), actor)
        if "kind" in fields and row.kind == Kind.SECURITY:
            shut(actor, row, SECURITY)
        settle(row)
        calling.renamed(row)
        if fresh and State(row.state) in ACTIVE_STATES:
            calling.page(row, services=fresh)


def _set_services(row: Incident, wished: list[str]) -> list[str] | None:
    """Make these the affected services; returns the newly affected ones, None when nothing changed."""
    known = calling.service_ids(row)
    if set(known) == set(wished):
        return None
    AffectedService.objects.filter(incident=row).exclude(service_id__in=wished).delete()
    fresh = [id_ for id_ in wished if id_ not in known]
    AffectedService.objects.bulk_create([AffectedService(incident=row, service_id=id_) for id_ in fresh])
    return fresh


def _changed(actor: Actor, row: Incident, fields: list[str], names: dict[str, str]) -> Changed:
    return Changed(
        author=author(actor),
        fields=tuple(fields),
        title=row.title if "title" in fields else "",
        kind=row.kind if "kind" in fields else "",
        services=tuple(names.values()),
    )
