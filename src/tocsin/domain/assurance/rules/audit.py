"""What would keep a page from reaching somebody in the coming days: from a picture of the house to findings.

Hides which fault is how bad and who can mend it. Pure: the picture is passed in with its time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.domain.oncall.rules.urgency import Severity

AHEAD = timedelta(days=14)
"""How far the audit looks (product: proof of reachability)."""
SOON = timedelta(hours=24)

ADMINISTRATORS = ("administrator",)
COMMANDERS = ("commander", "administrator")


@dataclass(frozen=True, slots=True)
class Method:
    """A contact method that is switched on. `problem`: why its kind cannot send at present."""

    name: str
    verified: bool
    wakes: bool
    problem: str = ""

    @property
    def usable(self) -> bool:
        """True when a page to it goes out and is known to arrive."""
        return self.verified and not self.problem


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be paged. `duty_from`: when a step first means them (None: not in the coming days)."""

    id: str
    name: str
    methods: tuple[Method, ...]
    administrator: bool = False
    catch_all: bool = False
    responds: bool = False
    duty_from: datetime | None = None
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` until just before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule with the gaps of its coming days and the policies that lead to it."""

    id: str
    name: str
    zone: str
    gaps: tuple[Stretch, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step, numbered from 1, and the stretches in which nobody stands behind it."""

    number: int
    targets: str
    empty: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy; `nobody`: stretches in which a Critical page finds nobody in any step."""

    id: str
    name: str
    services: tuple[str, ...]
    steps: tuple[Step, ...]
    nobody: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service; `tier` 1 is the most important."""

    id: str
    name: str
    tier: int
    policy_id: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of contact method in use; each of the three says in words what is wrong with it."""

    kind: str
    name: str
    people: int
    problem: str = ""
    resting: str = ""
    failing: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of alerts that nobody routes, and why."""

    id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The house at `at`, and what its rules say about the time until `until`."""

    at: datetime
    until: datetime
    people: tuple[Person, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    policies: tuple[Policy, ...] = ()
    services: tuple[Service, ...] = ()
    providers: tuple[Provider, ...] = ()
    sources: tuple[Source, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `key` stays the same while it lasts. `person`, else everyone with one of `roles`, can mend it."""

    kind: str
    about: str
    severity: Severity
    sentence: str
    mend: str
    url: str
    person: str = ""
    roles: tuple[str, ...] = ADMINISTRATORS

    @property
    def key(self) -> str:
        """What names the fault."""
        return f"{self.kind}:{self.about}"


KINDS = {
    "person.no_method": "Person without a contact method",
    "person.unverified": "Person without a verified method",
    "person.disabled": "Person whose methods cannot send",
    "person.quiet": "Person whom nothing can wake",
    "person.one_method": "Person with one method only",
    "schedule.gap": "Gap in a schedule",
    "policy.step_empty": "Step with nobody",
    "policy.nobody": "Policy that leads to nobody",
    "policy.no_steps": "Policy without a step",
    "service.no_policy": "Service without a policy",
    "provider.problem": "Channel that cannot send",
    "provider.resting": "Channel left alone after failures",
    "provider.failing": "Channel that fails",
    "catch_all.empty": "No catch-all people",
    "last_resort.nobody": "Nobody of last resort",
    "source.unrouted": "Source that nobody routes",
}
UNREACHABLE = ("person.no_method", "person.unverified", "person.disabled")


def concerns(kind: str, about: str) -> str:
    """The stream of what a finding of this kind is about, such as `person:<id>`; the step of a policy is its policy."""
    subject = "integration" if kind.startswith("source.") else kind.partition(".")[0]
    return f"{subject}:{about.partition('.')[0]}"


def reachable(person: Person) -> bool:
    """True when a page to this person goes out by a way that is known to arrive."""
    return any(method.usable for method in person.methods)


def audit(picture: Picture) -> list[Finding]:
    """Every fault, worst first. The same picture gives the same findings."""
    found = [
        *(finding for person in picture.people for finding in _person(person, picture)),
        *(finding for schedule in picture.schedules for finding in _schedule(schedule, picture)),
        *(finding for policy in picture.policies for finding in _policy(policy, picture)),
        *(_service(service) for service in picture.services if not service.policy_id),
        *(finding for provider in picture.providers for finding in _provider(provider)),
        *_last_resort(picture),
        *(_source(source) for source in picture.sources),
    ]
    return sorted(found, key=lambda f: (-f.severity.rank, f.kind, f.sentence))


def _person(person: Person, picture: Picture) -> Iterator[Finding]:
    counts = bool(person.duty_from) or person.administrator or person.catch_all
    if not counts and not person.responds:
        return
    fault = _unreachable(person)
    if fault:
        kind, sentence, mend = fault
        severity = _urgency(person, picture) if counts else Severity.LOW
        yield _of(person, kind, severity, sentence, mend)
        return
    usable = [method for method in person.methods if method.usable]
    if counts and not any(method.wakes for method in usable):
        names = " and ".join(dict.fromkeys(method.name for method in usable))
        sentence = f"Nothing can wake {_named(person)}: there is only {names}."
        severity = Severity.HIGH if person.duty_from else Severity.MEDIUM
        yield _of(person, "person.quiet", severity, sentence, "Add a method that rings: push, SMS or a call.")
    if counts and len(usable) == 1:
        sentence = f"{_named(person)} can be reached by {usable[0].name} alone."
        severity = Severity.MEDIUM if person.duty_from else Severity.LOW
        mend = "Add a second method of another provider, for the day on which the first is down."
        yield _of(person, "person.one_method", severity, sentence, mend)


def _unreachable(person: Person) -> tuple[str, str, str] | None:
    if reachable(person):
        return None
    who = _named(person)
    if not person.methods:
        return "person.no_method", f"{who} has no contact method.", "Add one and confirm it by its code."
    if not any(method.verified for method in person.methods):
        sentence = f"No contact method of {who} is confirmed: pages may go to a wrong address."
        return "person.unverified", sentence, "Enter the code that was sent to the method, or ask for a new one."
    first = next(method for method in person.methods if method.verified)
    sentence = f"No confirmed contact method of {who} can send at present: {_bare(first.problem)}."
    return "person.disabled", sentence, "Add a method of another kind, or have the channel set up."


def _named(person: Person) -> str:
    """The name with the reason for which it matters: 'Ben (step 1 of Payments)'."""
    role = "administrator" if person.administrator else "one of the catch-all people" if person.catch_all else ""
    why = person.duty or role
    return f"{person.name} ({why})" if why else person.name


def _urgency(person: Person, picture: Picture) -> Severity:
    soon = person.duty_from is not None and person.duty_from <= picture.at + SOON
    return Severity.CRITICAL if soon else Severity.HIGH


def _of(person: Person, kind: str, severity: Severity, sentence: str, mend: str) -> Finding:
    return Finding(kind, person.id, severity, sentence, mend, f"/settings/people/{person.id}/", person=person.id)


def _schedule(schedule: Schedule, picture: Picture) -> Iterator[Finding]:
    if not schedule.gaps:
        return
    now = schedule.gaps[0].start <= picture.at
    severity = Severity.MEDIUM if schedule.used_by else Severity.LOW
    if now and schedule.used_by:
        severity = Severity.HIGH
    sentence = f"Nobody is on call by {schedule.name} {_when(schedule.gaps, schedule.zone)}."
    mend = "Add an override for that time, or a layer that covers it."
    yield Finding(
        "schedule.gap",
        schedule.id,
        severity,
        sentence,
        mend,
        f"/on-call/schedules/{schedule.id}/",
        roles=COMMANDERS,
    )


def _policy(policy: Policy, picture: Picture) -> Iterator[Finding]:
    url = f"/on-call/policies/{policy.id}/"
    for_ = f" (pages for {_listed(policy.services)})" if policy.services else ""
    severity = Severity.HIGH if policy.services else Severity.LOW
    if not policy.steps:
        sentence = f"The policy {policy.name} has no step{for_}: the catch-all people are paged."
        yield Finding("policy.no_steps", policy.id, severity, sentence, "Add a step.", url, roles=COMMANDERS)
        return
    if policy.nobody:
        soon = policy.nobody[0].start <= picture.at + SOON
        worst = Severity.CRITICAL if policy.services and soon else severity
        when = _when(policy.nobody, picture.zone)
        sentence = f"No step of the policy {policy.name} reaches anybody {when}{for_}."
        mend = "Close the gap in its schedules, or add a last step with a person or a team."
        yield Finding("policy.nobody", policy.id, worst, sentence, mend, url, roles=COMMANDERS)
    for step in policy.steps:
        if (
            step.empty
            and step.empty[0].start <= picture.at
            and step.empty[-1].end >= picture.until
            and len(step.empty) == 1
        ):
            sentence = (
                f"Step {step.number} of the policy {policy.name} has nobody to page: {step.targets or 'no target'}."
            )
            mend = "Point the step at somebody, or remove it."
            yield Finding(
                "policy.step_empty",
                f"{policy.id}.{step.number}",
                Severity.MEDIUM if policy.services else Severity.LOW,
                sentence,
                mend,
                url,
                roles=COMMANDERS,
            )


def _service(service: Service) -> Finding:
    severity = Severity.HIGH if service.tier <= 1 else Severity.MEDIUM
    sentence = f"{service.name} (tier {service.tier}) has no escalation policy: the catch-all people are paged for it."
    return Finding(
        "service.no_policy",
        service.id,
        severity,
        sentence,
        "Choose a policy for the service.",
        "/on-call/#services",
        roles=COMMANDERS,
    )


def _provider(provider: Provider) -> Iterator[Finding]:
    who = f"{provider.people} {'person' if provider.people == 1 else 'people'}"
    if provider.problem:
        sentence = f"{provider.name} cannot send, and {who} would be paged by it: {_bare(provider.problem)}."
        mend = f"Set {provider.name} up, or have them add another method."
        yield Finding("provider.problem", provider.kind, Severity.HIGH, sentence, mend, "/health/#breakers")
    if provider.resting:
        sentence = f"{provider.name} failed so often that it is left alone for a while ({provider.resting})."
        mend = "Look at the provider; pages go on by the next method meanwhile."
        yield Finding("provider.resting", provider.kind, Severity.HIGH, sentence, mend, "/health/#breakers")
    if provider.failing and not provider.problem:
        sentence = f"The last messages by {provider.name} all failed: {_bare(provider.failing)}."
        mend = "Read the provider's answer in the deliveries, mend it, then send a test page."
        yield Finding("provider.failing", provider.kind, Severity.HIGH, sentence, mend, "/health/#messages")


def _last_resort(picture: Picture) -> Iterator[Finding]:
    if not any(person.catch_all for person in picture.people):
        sentence = "There are no catch-all people: what has no policy, or no answer, pages the administrators alone."
        mend = "Name at least two people in the organisation's settings."
        yield Finding("catch_all.empty", "", Severity.MEDIUM, sentence, mend, "/settings/organisation/")
    last = [person for person in picture.people if person.catch_all or person.administrator]
    if not any(reachable(person) for person in last):
        sentence = "Nobody of last resort can be reached: when no step answers, a page goes nowhere."
        mend = "Have an administrator add a contact method and confirm it."
        yield Finding("last_resort.nobody", "", Severity.CRITICAL, sentence, mend, "/settings/contact/")


def _source(source: Source) -> Finding:
    sentence = f"Alerts of {source.name} page the catch-all people: {source.why}."
    mend = "Give the integration a service, or add a route that takes its alerts."
    return Finding(
        "source.unrouted", source.id, Severity.MEDIUM, sentence, mend, f"/settings/integrations/{source.id}/"
    )


def _when(stretches: tuple[Stretch, ...], zone: str) -> str:
    first, local = stretches[0], ZoneInfo(zone)
    start, end = (at.astimezone(local).strftime("%a %-d %b %H:%M") for at in (first.start, first.end))
    more = (
        f", and {len(stretches) - 1} more time{'' if len(stretches) == 2 else 's'} in 14 days"
        if len(stretches) > 1
        else ""
    )
    return f"from {start} to {end} ({zone}){more}"


def _listed(words: tuple[str, ...]) -> str:
    shown = ", ".join(words[:3])
    return f"{shown} and {len(words) - 3} more" if len(words) > 3 else shown


def _bare(text: str) -> str:
    return text.strip().rstrip(".")
