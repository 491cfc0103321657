"""Reads all that is known of an incident, as of one moment, into a snapshot.

Hides which rooms know what. Called inside the transaction that holds the incident's log: nothing can be written to it
meanwhile, so that rows and log tell the same story. Entries for a narrower circle are left out: everybody who may see
the incident may read its report.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from tocsin.core.log import Event, Recorded, heads, read_stream
from tocsin.core.secrets.sealing import keys_once
from tocsin.domain.incidents import events as told
from tocsin.domain.incidents.queries import HubView, hub, streams_of
from tocsin.domain.incidents.rules.roles import needed, role_words
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.incidents.saying import as_it_stands, corrections
from tocsin.domain.knowledge.naming import TOCSIN
from tocsin.domain.knowledge.rules import snapshot as known
from tocsin.domain.obligations.events import Decided as Decision
from tocsin.domain.obligations.queries import legal
from tocsin.domain.oncall.queries import PageView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now

MOMENTS = 2_000
"""Entries that a report shows; more stand in the Incident Log."""
_FAILED = frozenset({"failed", "unknown"})
_RAN = frozenset({"on_track", "at_risk", "breached", "held", "met", "met_late"})


def gather(incident_id: str, *, until: int) -> known.Snapshot:
    """The picture up to entry `until` of the incident's stream. About twenty queries, and one per 500 entries."""
    picture = hub(TOCSIN, incident_id)
    own = f"incident:{incident_id}"
    positions = heads(streams_of(TOCSIN, incident_id))
    positions[own] = until
    with keys_once():
        entries = [entry for stream, seq in positions.items() for entry in _read(stream, seq)]
    standing = as_it_stands((e for e in entries if not e.audience and _tells(e)), corrections(entries))
    shown = sorted(standing, key=lambda e: (e.occurred_at, e.id))
    facts = _lists(picture)
    facts["promises"] = (*facts["promises"], *_broken(picture, shown), *_legal(picture))
    return known.Snapshot(
        **_facts(picture),
        **_story([entry for entry in shown if entry.stream == own]),
        **facts,
        moments=tuple(_moment(entry) for entry in shown[:MOMENTS]),
        left_out=max(0, len(shown) - MOMENTS),
        came_back=tuple(e.event.title for e in shown if isinstance(e.event, told.AlertsBack)),
        acknowledged_by=_acknowledged_by(picture, shown),
        as_of=now(),
        positions=positions,
    )


def _read(stream: str, until: int) -> Iterable[Recorded[Event]]:
    after = 0
    while after < until:
        page = read_stream(stream, after=after)
        if not page:
            return
        yield from (entry for entry in page if entry.seq <= until)
        after = page[-1].seq


def _tells(entry: Recorded[Event]) -> bool:
    """The making of the report is no part of the incident's story."""
    return not entry.type.startswith("knowledge.")


def _moment(entry: Recorded[Event]) -> known.Moment:
    return known.Moment(
        at=entry.occurred_at,
        who=entry.actor_name,
        type=entry.type,
        sentence=entry.event.sentence(),
        body=entry.event.body(),
        kind=entry.stream.partition(":")[0],
    )


def _facts(picture: HubView) -> dict[str, Any]:
    seen = picture.incident
    reasons = [(r.fact, r.sentence) for r in seen.reasons if r.fact != "alert"]
    said = [(a.fact, a.because) for a in seen.answers if a.because]
    return {
        "reference": seen.reference,
        "title": seen.title,
        "summary": seen.summary,
        "kind": seen.kind,
        "kind_words": Kind(seen.kind).words,
        "severity": seen.severity,
        "state": seen.state,
        "restricted": seen.restricted,
        "services": tuple(service.name for service in seen.services),
        "visible_to_users": seen.visible_to_users,
        "root_cause": seen.root_cause,
        "unrouted": seen.unrouted,
        "answers": tuple(known.Answer(fact=fact, text=text) for fact, text in dict.fromkeys(reasons + said)),
        "related": tuple(f"{r.relation} {r.reference}" for r in seen.related),
        "alarm_at": seen.alarm_at,
        "declared_at": seen.declared_at,
        "acknowledged_at": seen.acknowledged_at,
        "engaged_at": seen.engaged_at,
        "first_update_at": min((u.at for u in picture.updates if u.internal), default=None),
        "public_post_at": seen.public_post_at,
        "mitigated_at": seen.mitigated_at,
        "resolved_at": seen.resolved_at,
        "closed_at": seen.closed_at,
        "needed_roles": tuple(role.value for role in needed(Kind(seen.kind), Severity(seen.severity))),
    }


def _lists(picture: HubView) -> dict[str, Any]:
    return {
        "signals": tuple(
            known.Signal(
                title=g.title,
                severity=g.severity,
                service=g.service,
                integration=g.integration,
                starts_at=g.starts_at,
                quiet=g.quiet,
                stale=g.stale,
            )
            for g in picture.groups
        ),
        "tasks": tuple(
            known.Job(
                title=t.title,
                owner=t.owner.name if t.owner else "",
                state=t.state,
                due_at=t.due_at,
                done_at=t.done_at,
            )
            for t in picture.tasks
        ),
        "promises": tuple(
            known.Promise(
                kind=d.kind,
                words=d.words,
                term=d.term,
                starts_at=d.starts_at,
                due_at=d.due_at,
                standing=d.standing,
                met_at=d.met_at,
            )
            for d in picture.deadlines
            if d.kind != "review"
        ),
        "calls": tuple(_call(page) for page in reversed(picture.paging.pages)) if picture.paging else (),
    }


def _broken(picture: HubView, entries: list[Recorded[Event]]) -> Iterable[known.Promise]:
    """Deadlines that were missed and are owed no more: the log alone still knows them."""
    there = {deadline.id for deadline in picture.deadlines}
    for entry in entries:
        event = entry.event
        if isinstance(event, told.DeadlineBreached) and event.deadline not in there:
            yield known.Promise(
                kind=event.kind,
                words=event.words,
                term="",
                starts_at=event.due_at,
                due_at=event.due_at,
                standing="breached",
            )


def _legal(picture: HubView) -> Iterable[known.Promise]:
    """Legal clocks that ran, whether or not their report was submitted."""
    for duty in legal(TOCSIN, picture.incident.id, picture.incident.kind).obligations:
        if duty.starts_at and duty.due_at and duty.standing in _RAN:
            yield known.Promise(
                kind="legal",
                words=f"{duty.regime_name}: {duty.owed}",
                term=duty.term,
                starts_at=duty.starts_at,
                due_at=duty.due_at,
                standing=duty.standing,
                met_at=duty.met_at,
            )


def _call(page: PageView) -> known.Call:
    return known.Call(
        person=page.person,
        at=page.paged_at,
        state=page.state,
        ways=tuple(dict.fromkeys(d.kind for d in page.deliveries)),
        failed=tuple(dict.fromkeys(d.kind for d in page.deliveries if d.state in _FAILED)),
        acknowledged_at=page.acknowledged_at,
    )


def _story(entries: list[Recorded[Event]]) -> dict[str, Any]:
    """What only the log knows: how severity, state and roles went, what was decided and told."""
    sizes: list[known.Sized] = []
    stages: list[known.Stage] = []
    decisions: list[known.Said] = []
    updates: list[known.Told] = []
    terms: list[known.Tenure] = []
    revoked = {
        e.event.decision: f"by {e.actor_name}: {e.event.reason}"
        for e in entries
        if isinstance(e.event, told.DecisionRevoked)
    }
    for entry in entries:
        at, who, event = entry.occurred_at, entry.actor_name, entry.event
        if (size := _sized(entry)) is not None and (not sizes or sizes[-1].severity != size.severity):
            sizes.append(size)
        state = getattr(event, "state", "")
        if _moves(event) and (not stages or stages[-1].state != state):
            stages.append(known.Stage(at=at, state=state, by=who))
        if isinstance(event, told.Decided):
            ended = revoked.get(event.decision, "") if event.decision else ""
            decisions.append(known.Said(at=at, who=who, text=event.text, why=event.why, revoked=ended))
        elif isinstance(event, Decision):
            decisions.append(known.Said(at=at, who=who, text=f"{event.said}\n{event.reason}".strip()))
        elif isinstance(event, told.StatusUpdateSent):
            updates.append(known.Told(at=at, who=who, internal=event.internal, public=event.public))
        elif isinstance(event, told.PublicRetracted):
            updates = [_taken_off(update, entry, event) for update in updates]
        elif isinstance(event, told.RoleTaken | told.RoleEnded):
            _term(terms, entry)
    return {
        "sizes": tuple(sizes),
        "stages": tuple(stages),
        "decisions": tuple(decisions),
        "updates": tuple(updates),
        "roles": tuple(terms),
    }


def _taken_off(update: known.Told, entry: Recorded[Event], event: told.PublicRetracted) -> known.Told:
    """The update as it stands after the status page was cleared of what had been told so far."""
    if not update.public or update.retracted_at is not None:
        return update
    return msgspec.structs.replace(
        update, retracted_at=entry.occurred_at, retracted_by=entry.actor_name, retracted_why=event.reason
    )


def _moves(event: Event) -> bool:
    return isinstance(event, told.Declared | told.Detected | told.Moved)


def _sized(entry: Recorded[Event]) -> known.Sized | None:
    event, at, who = entry.event, entry.occurred_at, entry.actor_name
    if isinstance(event, told.Declared | told.Detected | told.Confirmed | told.Absorbed):
        return known.Sized(at=at, severity=event.severity, by=who)
    if isinstance(event, told.Assessed):
        return known.Sized(
            at=at, severity=event.severity, by=who, why=event.override_reason or "; ".join(event.reasons)
        )
    if isinstance(event, told.SeverityRaised):
        return known.Sized(at=at, severity=event.severity, by=who, why=event.reason)
    return None


def _term(terms: list[known.Tenure], entry: Recorded[Event]) -> None:
    event = entry.event
    if not isinstance(event, told.RoleEvent):
        return
    for position, term in enumerate(terms):
        if term.role == event.role and term.until is None:
            terms[position] = known.Tenure(
                role=term.role, words=term.words, person=term.person, since=term.since, until=entry.occurred_at
            )
    if isinstance(event, told.RoleTaken):
        words = role_words(event.role)
        terms.append(known.Tenure(role=event.role, words=words, person=event.person_name, since=entry.occurred_at))


def _acknowledged_by(picture: HubView, entries: list[Recorded[Event]]) -> str:
    if picture.paging and picture.paging.acknowledged_by:
        return picture.paging.acknowledged_by
    return next((e.event.who for e in entries if isinstance(e.event, told.Responding) and e.event.who), "")
