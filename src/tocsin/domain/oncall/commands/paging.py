"""Starts, widens, raises and stops paging about a subject. Answering it is `answering`.

Hides that a subject may be paged by several policies at once: one escalation for each, answered together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from tocsin.core.log import append, hold
from tocsin.domain.oncall import models
from tocsin.domain.oncall.commands.clearing import Over, owe
from tocsin.domain.oncall.commands.contact import subject_of
from tocsin.domain.oncall.commands.turn import close_pages, settle, turn
from tocsin.domain.oncall.events import NobodyToPage, Stopped
from tocsin.domain.oncall.models import Escalation, EscalationState, PageState
from tocsin.domain.oncall.outlook import clocks_of, memory
from tocsin.domain.oncall.permissions import PAGE
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.snapshots import READER, policy_snapshot
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import id_of, uuid_of
from tocsin.kernel.subject import Subject


def page(
    actor: Actor,
    *,
    subject: Subject,
    severity: str,
    service_id: str | None = None,
    policy_id: str | None = None,
    summary: str = "",
    facts: dict[str, str] | None = None,
    kind: str = "",
) -> str:
    """Page whoever is responsible, until someone acknowledges; returns the escalation's id.

    Asked again for the same open subject it pages nobody twice: only a higher severity or a newly affected service
    pages again (the product's defaults, Paging). A service without a policy, or none, pages the catch-all people.
    `kind` is that of the trouble, for steps that ask for it.
    Appends `oncall.paged` and what else happened to the subject's stream. Raises `Invalid` for an unknown severity.
    """
    actor.require(PAGE)
    level = severity_of(severity)
    with transaction.atomic():
        policy = _policy(service_id, policy_id)
        asked = _Asked(subject, level, summary, facts or {}, service_id, policy, kind=kind)
        rows = open_escalations(subject.stream)
        row, fresh = _open(asked, str(policy.id) if policy else "", rows)
        if fresh:
            _say_without_policy(row, service_id, policy_id)
            turn(row, rules.start(level, now(), kind), alone=not rows)
        else:
            _join(row, asked)
        _raise_others([other for other in rows if other.id != row.id], level)
    return str(row.id)


def page_people(
    actor: Actor,
    *,
    subject: Subject,
    people: Iterable[str],
    severity: str,
    reason: str,
    summary: str = "",
    shared: str = "",
) -> list[str]:
    """Call these people to a subject, each until they answer, at most three times; returns escalation ids.

    Someone who is being called for this subject already is not called twice. An answer takes nothing from anyone,
    unless the calls have the same `shared`: then one of them is enough, and `end_shared` ends what still rings.
    No answer is said on the subject's stream (`oncall.nobody_to_page`).
    """
    actor.require(PAGE)
    level = severity_of(severity)
    wanted = list(dict.fromkeys(people))
    if not wanted:
        raise Invalid("people: choose at least one person to page.", field="people")
    found = []
    with transaction.atomic():
        for person in wanted:
            if uuid_of(person) is None:
                raise Invalid(f"people: '{person}' is not the id of a person.", field="people")
            asked = _Asked(
                subject, level, summary, {}, None, None, called=person, reason=reason, shared=[shared] if shared else []
            )
            row, fresh = _open(asked, f"person:{person}", open_escalations(subject.stream))
            if fresh:
                turn(row, rules.start(level, now()))
            elif row.state == EscalationState.ACKNOWLEDGED:
                row.reason, row.summary, row.shared = asked.reason[:300], summary, asked.shared
                _ask_anew(row)
                turn(row, rules.unacknowledge(memory(row), now()))
            else:
                _ask_more(row, shared)
            found.append(str(row.id))
    return found


def _ask_more(row: Escalation, shared: str) -> None:
    """A person who is being called is asked for one thing more; what only they can answer, others never settle."""
    wanted = sorted({*row.shared, shared}) if row.shared and shared else []
    if wanted != row.shared:
        row.shared = wanted
        row.save(update_fields=["shared"])


def stop_paging(actor: Actor, *, subject: Subject | str, reason: str, over: Over | None = None) -> bool:
    """Nobody is paged about the subject any more (mitigated, resolved, dismissed, merged). False when nobody was.

    Open links answer with the reason from now on. `over`: the subject itself is at its end; whoever was paged about it
    hears so a moment later (`oncall.end_told`). Appends `oncall.stopped`.
    """
    actor.require(PAGE)
    stream = subject if isinstance(subject, str) else subject.stream
    with transaction.atomic():
        rows = open_escalations(stream)
        at = now()
        for row in rows:
            decision = rules.stop(memory(row), at)
            row.stopped_at, row.stop_reason = at, reason[:300]
            close_pages(row, PageState.STOPPED, at)
            settle(row, decision)
        if any(row.acknowledged_at is None for row in rows):
            append(stream, Stopped(reason=reason), actor)
        if over is not None:
            owe(stream, over)
    return bool(rows)


def change_severity(actor: Actor, *, subject: Subject | str, severity: str) -> None:
    """The subject was sized anew: a raised severity pages again at once, a lowered one pages nobody.

    Either way everything to come is planned anew by the policy; who had acknowledged hears of a raise in any case.
    """
    actor.require(PAGE)
    level = severity_of(severity)
    stream = subject if isinstance(subject, str) else subject.stream
    with transaction.atomic():
        for row in open_escalations(stream):
            if not row.called_id:
                _resize(row, level)


def note_activity(actor: Actor, *, subject_stream: str, at: datetime) -> None:
    """Something was done about the subject at `at`: who acknowledged is not asked again for another 30 min.

    Called by reactions of higher rooms for what people do.
    """
    actor.require(PAGE)
    with transaction.atomic():
        for row in open_escalations(subject_stream):
            if row.state == EscalationState.ACKNOWLEDGED or memory(row).phase is rules.Phase.ASKED:
                settle(row, rules.touch(memory(row), at))


def refresh_subject(actor: Actor, *, subject: Subject, kind: str = "") -> None:
    """The subject was renamed, restricted or of another `kind`: pages name it as it is now, steps to come follow it."""
    actor.require(PAGE)
    if kind:
        _change_kind(subject, kind[:40])
    Escalation.objects.filter(subject_kind=subject.kind, subject_id=subject.id).update(
        subject_reference=subject.reference[:80],
        subject_title=subject.title[:300],
        subject_url=subject.url[:300],
        subject_restricted=subject.restricted,
    )


def _change_kind(subject: Subject, kind: str) -> None:
    with transaction.atomic():
        for row in open_escalations(subject.stream):
            if row.kind != kind:
                row.kind, row.memory = kind, replace(memory(row), kind=kind).to_json()
                row.save(update_fields=["kind", "memory"])


def severity_of(text: str) -> Severity:
    """The severity called `text`. Raises `Invalid`."""
    try:
        return Severity(text)
    except ValueError as error:
        words = ", ".join(s.value for s in Severity)
        raise Invalid(f"severity: '{text}' is not one of {words}.", field="severity") from error


def open_escalations(stream: str) -> list[Escalation]:
    """Escalations of a subject that are not over, locked in a fixed order, its stream before them. One query (two on
    PostgreSQL)."""
    hold(stream)
    kind, _, id_ = stream.partition(":")
    rows = Escalation.objects.select_for_update(of=("self",)).filter(subject_kind=kind, subject_id=id_)
    return list(rows.exclude(state=EscalationState.STOPPED).select_related("policy").order_by("id"))


def locked_escalation(**which: object) -> Escalation | None:
    """One escalation, locked as `open_escalations` locks those of a subject. None when there is none any more."""
    seen = Escalation.objects.filter(**which).first()
    if seen is None:
        return None
    hold(subject_of(seen).stream)
    rows = Escalation.objects.select_for_update(of=("self",)).select_related("policy")
    return rows.filter(id=seen.id).first()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a call of `page` or `page_people` asks for, about one escalation."""

    subject: Subject
    severity: Severity
    summary: str
    facts: dict[str, str]
    service_id: str | None
    policy: models.EscalationPolicy | None
    called: str | None = None
    reason: str = ""
    shared: list[str] = field(default_factory=list)
    kind: str = ""
    at: datetime = field(default_factory=now)


def _policy(service_id: str | None, policy_id: str | None) -> models.EscalationPolicy | None:
    """The policy named, else the service's; None pages the catch-all people: a page never fails on a setting."""
    if policy_id:
        named = models.EscalationPolicy.objects.filter(id=id_of(policy_id)).first()
        if named is not None:
            return named
    rows = models.ServicePolicy.objects.select_related("policy").filter(service_id=id_of(service_id))
    found = rows.first() if service_id else None
    return found.policy if found else None


def _open(asked: _Asked, target_key: str, rows: Sequence[Escalation]) -> tuple[Escalation, bool]:
    """Of the subject's open escalations the one of the target; made when there is none. Two may try at once."""
    found = _with_target(rows, target_key)
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return _create(asked, target_key), True
    except IntegrityError:
        found = _with_target(open_escalations(asked.subject.stream), target_key)
        assert found is not None
        return found, False


def _with_target(rows: Sequence[Escalation], target_key: str) -> Escalation | None:
    return next((row for row in rows if row.target_key == target_key), None)


def _create(asked: _Asked, target_key: str) -> Escalation:
    subject = asked.subject
    return Escalation.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_reference=subject.reference[:80],
        subject_title=subject.title[:300],
        subject_url=subject.url[:300],
        subject_restricted=subject.restricted,
        severity=asked.severity.value,
        kind=asked.kind[:40],
        summary=asked.summary,
        facts=asked.facts,
        service_ids=[asked.service_id] if asked.service_id else [],
        policy=asked.policy,
        called_id=asked.called,
        target_key=target_key,
        shared=asked.shared,
        reason=asked.reason[:300],
        started_at=asked.at,
    )


def _join(row: Escalation, asked: _Asked) -> None:
    """The same subject again: bundled, unless it got worse or wider."""
    state = memory(row)
    wider = bool(asked.service_id) and asked.service_id not in row.service_ids
    worse = asked.severity.rank > state.severity.rank
    if wider:
        row.service_ids = [*row.service_ids, asked.service_id]
    if not (wider or worse):
        return
    row.summary, row.facts = asked.summary or row.summary, asked.facts or row.facts
    fresh = rules.widen(state, now()) if wider and not worse else state
    if worse:
        fresh = _resized(row, fresh, asked.severity)
    _ask_anew(row)
    turn(row, fresh)


def _raise_others(others: Iterable[Escalation], level: Severity) -> None:
    """A subject has one severity: what raises it raises it for every policy that is paged about it."""
    for other in others:
        if not other.called_id and level.rank > memory(other).severity.rank:
            _resize(other, level)


def _resize(row: Escalation, level: Severity) -> None:
    state = memory(row)
    if level is state.severity:
        return
    if level.rank > state.severity.rank:
        _ask_anew(row)
    turn(row, _resized(row, state, level))


def _resized(row: Escalation, state: rules.State, level: Severity) -> rules.State:
    policy = policy_snapshot(row.policy)
    return rules.change_severity(state, level, now(), policy, clocks_of(row, policy))


def _ask_anew(row: Escalation) -> None:
    """A new answer is asked for: earlier answers and refusals no longer count."""
    row.declined, row.before_answer = [], {}
    row.acknowledged_by, row.acknowledged_at, row.acknowledged_name, row.acknowledged_via = None, None, "", ""


def _say_without_policy(row: Escalation, service_id: str | None, policy_id: str | None) -> None:
    if row.policy is not None:
        return
    text = "no service is named" if not service_id else "the service has no escalation policy"
    if policy_id:
        text = "the escalation policy named is gone"
    append(
        subject_of(row).stream,
        NobodyToPage(step=0, text=f"{text}; catch-all people are paged instead."),
        READER,
    )
