"""What would happen: who is paged, how and when, if something fired at a moment and nobody ever answered.

Asks the same pure rules as the engine with the same people, so that it promises nothing that the engine does not do.
Pages nobody, writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.commands.policy_checks import StepInput
from tocsin.domain.oncall.models import EscalationPolicy, ServicePolicy
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.personal import habits_of
from tocsin.domain.oncall.ports import subject_kinds
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.escalation import Decision, Phase
from tocsin.domain.oncall.rules.rehearsing import Message, Rehearsed, messages_of
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.domain.oncall.snapshots import Directory, clocks, directory, policy_of_steps, policy_snapshot
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of

HOW = {
    Urgency.WAKES: "may wake",
    Urgency.WAKING_HOURS: "in waking hours",
    Urgency.MAIL: "wakes nobody",
}


@dataclass(frozen=True, slots=True)
class SimulatedMessage:
    """One message by one method; `rings` when it makes a noise. `note` is why it comes then or instead of another."""

    at: datetime
    after: timedelta
    kind: str
    label: str
    rings: bool
    note: str


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """One person of a call: why they, and every message until `until` (the next call of them, or of the end)."""

    person_id: str
    person: str
    reason: str
    until: datetime
    messages: tuple[SimulatedMessage, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One decision: when, which step, whom; `told` are webhooks, `notes` holes, `skipped` steps that do not count."""

    at: datetime
    after: timedelta
    label: str
    how: str
    people: tuple[SimulatedPerson, ...]
    told: tuple[str, ...]
    notes: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimulationView:
    """Everything that would happen up to the first call of the catch-all people, which then repeats every 10 min."""

    policy_id: str
    policy: str
    service: str
    severity: str
    kind: str
    at: datetime
    end: datetime
    calls: tuple[SimulatedCall, ...]

    @property
    def holes(self) -> list[str]:
        """Everything that would not work as it is meant, each sentence once."""
        return list(dict.fromkeys(note for call in self.calls for note in call.notes))


@dataclass(frozen=True, slots=True)
class PreviewStep:
    """One call of a rehearsal: when, whom, how loudly; `notes` are holes and waits, each a sentence."""

    at: datetime
    after: timedelta
    label: str
    people: tuple[str, ...]
    how: str
    notes: tuple[str, ...]


def simulate(
    actor: Actor,
    *,
    severity: str,
    policy_id: str = "",
    service_id: str = "",
    kind: str = "",
    at: datetime | None = None,
) -> SimulationView:
    """If a `severity` fired at `at` (now): by a policy, else that of a service, else the catch-all people.

    A fixed number of queries for any number of people. Raises `NotFound`, `Invalid` for a severity or kind.
    """
    actor.require(VIEW)
    service = catalog.service(actor, service_id).name if service_id else ""
    row = policy_asked(policy_id, service_id)
    found = directory(policy_snapshot(row), policy_id=str(row.id) if row else "")
    names = (str(row.id), row.name) if row else ("", "")
    asked = (service_id,) if service_id else ()
    return _simulated(found, names, service, severity_asked(severity), _kind(kind), at or now(), asked)


def simulate_steps(
    actor: Actor,
    *,
    name: str,
    steps: Sequence[StepInput],
    rounds: int,
    severity: str,
    kind: str = "",
    at: datetime | None = None,
    policy_id: str = "",
) -> SimulationView:
    """The same for steps that are not saved yet; `policy_id` for whose turn it is. Targets may be gone."""
    actor.require(VIEW)
    found = directory(policy_of_steps(name, steps, rounds), policy_id=policy_id)
    return _simulated(found, (policy_id, name), "", severity_asked(severity), _kind(kind), at or now())


def preview(actor: Actor, *, policy_id: str | None, severity: str, at: datetime | None = None) -> list[PreviewStep]:
    """The calls alone. Without a policy: what happens to a service that has none."""
    view = simulate(actor, policy_id=policy_id or "", severity=severity, at=at)
    return [
        PreviewStep(
            call.at,
            call.after,
            call.label,
            tuple(p.person for p in call.people),
            call.how,
            (*call.notes, *call.skipped),
        )
        for call in view.calls
    ]


def policy_asked(policy_id: str, service_id: str) -> EscalationPolicy | None:
    """The policy of this id, else that of the service. Raises `NotFound`."""
    rows = EscalationPolicy.objects.prefetch_related("steps")
    if policy_id:
        row = rows.filter(id=id_of(policy_id)).first()
        if row is None:
            raise NotFound("There is no such escalation policy.")
        return row
    if not service_id:
        return None
    return rows.filter(id__in=ServicePolicy.objects.filter(service_id=id_of(service_id)).values("policy")).first()


def severity_asked(text: str) -> Severity:
    """The severity called so. Raises `Invalid`."""
    if text not in set(Severity):
        raise Invalid(f"severity: '{text}' is not one of {', '.join(Severity)}.", field="severity")
    return Severity(text)


def _kind(text: str) -> str:
    if text and text not in subject_kinds():
        raise Invalid(f"kind: '{text}' is not one of {', '.join(subject_kinds())}.", field="kind")
    return text


def _simulated(
    found: Directory,
    policy: tuple[str, str],
    service: str,
    severity: Severity,
    kind: str,
    at: datetime,
    services: tuple[str, ...] = (),
) -> SimulationView:
    line = rules.rehearse(
        found.policy,
        severity,
        at,
        found.people_at,
        found.administrators,
        clocks([found.policy], services=services),
        kind=kind,
        turns=found.turns,
    )
    told = messages_of(line, severity, habits_of({p.person for _, d in line for p in d.pages}, found.ways))
    end = line[-1][0] + (rules.CATCH_ALL_EVERY if line[-1][1].pages else timedelta(0))
    return SimulationView(
        policy_id=policy[0],
        policy=policy[1],
        service=service,
        severity=severity.value,
        kind=kind,
        at=at,
        end=end,
        calls=tuple(_call(when, at, made, found, told, severity) for when, made in line),
    )


def _call(
    when: datetime,
    start: datetime,
    made: Decision,
    found: Directory,
    told: dict[tuple[str, str], Rehearsed],
    severity: Severity,
) -> SimulatedCall:
    state = made.state
    label = f"Round {state.round}, step {state.step + 1}"
    if state.phase is Phase.CATCH_ALL:
        label = "Catch-all people and administrators, every 10 min until someone answers"
    elif not made.pages:
        label = f"Round {state.round}, step {state.step + 1}: waits" if made.hooks else "Waits"
    people = tuple(_person(page, start, found, told[page.key, page.person]) for page in made.pages)
    return SimulatedCall(
        at=when,
        after=when - start,
        label=label,
        how=HOW[URGENCY[severity]] if people else "",
        people=people,
        told=tuple(hook.name or "a webhook" for hook in made.hooks),
        notes=(*made.notes, *(found.holes_at(when).values() if state.phase is not Phase.CATCH_ALL else ())),
        skipped=made.skipped,
    )


def _person(page: rules.PageOut, start: datetime, found: Directory, made: Rehearsed) -> SimulatedPerson:
    ways = {way.id: way for way in found.ways.get(page.person, ())}

    def seen(message: Message) -> SimulatedMessage:
        way = ways[message.method]
        return SimulatedMessage(message.at, message.at - start, way.kind, way.label, way.wakes, message.note)

    return SimulatedPerson(
        person_id=page.person,
        person=found.names.get(page.person, "someone"),
        reason=page.reason,
        until=made.until,
        messages=tuple(seen(message) for message in made.messages),
        notes=made.said,
    )
