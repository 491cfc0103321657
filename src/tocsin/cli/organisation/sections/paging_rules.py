"""How each person is paged: their own rules by urgency and their quiet hours. Contact methods by kind and address."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import time
from typing import Annotated

from msgspec import Meta, field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, duration_text, email, keys, spelled
from tocsin.cli.organisation.problems import Problems
from tocsin.cli.organisation.section import Section, Standing
from tocsin.cli.organisation.sections.people import secret_kinds
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.rules.ending import Wish
from tocsin.domain.oncall.rules.urgency import Urgency
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid


class PagingStep(Entry):
    """These contact methods together, so long after the page. Each is `kind: address`, `kind: label`, or the kind alone
    when the person has one of that kind.
    """

    by: Annotated[list[str], Meta(min_length=1)]
    after: str = "0m"


class PagingRules(Entry):
    """A person's rules, known by their address: what may wake them, what waits for the day, what is mail. What is left
    out is as everybody has it. Quiet hours are on their own wall. `when_over` is how they hear the end.
    """

    person: Name
    wakes: list[PagingStep] = field(default_factory=list)
    waking_hours: list[PagingStep] = field(default_factory=list)
    mail: list[PagingStep] = field(default_factory=list)
    quiet_from: str = ""
    quiet_until: str = ""
    when_over: str = "quietly"

    def steps(self) -> list[PagingStep]:
        """All of them."""
        return [*self.wakes, *self.waking_hours, *self.mail]


class _PagingRules(Section[PagingRules]):
    name, one, entry, place = "paging_rules", "paging rules of", PagingRules, 1
    key_field = "person"
    after = ("people",)

    def read(self, now: Standing) -> Iterable[tuple[str, PagingRules]]:
        """Of people who may sign in. A method that is gone is left out."""
        emails, secret = now.names("people"), secret_kinds(now.actor)
        for kept in queries.kept_rules(now.actor):
            person = now.entries["people"].get(emails.get(kept.person_id, ""))
            if person is not None and person.active:
                yield kept.person_id, _written(person.email, kept, _names(now.actor, kept.person_id, secret))

    def normal(self, entry: PagingRules) -> None:
        entry.person = email(entry.person)
        for step in entry.steps():
            with suppress(Invalid):
                step.after = spelled(step.after)
        for urgency in Urgency:
            getattr(entry, urgency.value).sort(key=_begins)

    def check(self, entry: PagingRules, path: str, problems: Problems) -> None:
        if entry.when_over not in set(Wish):
            problems.add(f"{path}.when_over", f"'{entry.when_over}' is not known; write one of {', '.join(Wish)}.")
        if not (entry.steps() or entry.quiet_from or entry.quiet_until or entry.when_over != Wish.QUIETLY):
            problems.add(path, "write how they are paged or quiet hours, or leave the person out.")
        for name in ("quiet_from", "quiet_until"):
            try:
                time.fromisoformat(getattr(entry, name) or "00:00")
            except ValueError:
                problems.add(f"{path}.{name}", f"'{getattr(entry, name)}' is not a time like 22:00; write one.")

    def settle(self, work: Work, entry: PagingRules) -> PagingRules:
        """With each method by the name that an export gives it."""
        person = work.id_of("people", entry.person, "person")
        names = _names(work.actor, person, secret_kinds(work.actor))
        others = _other_names(work.actor, person)
        for step in entry.steps():
            step.by = [_known(method, names, others) for method in step.by]
        return entry

    def save(self, work: Work, entry: PagingRules, old: PagingRules | None, id_: str) -> str:
        person = work.id_of("people", entry.person, "person")
        ids = {name: id_ for id_, name in _names(work.actor, person, secret_kinds(work.actor)).items()}
        for urgency in Urgency:
            given = [
                commands.RuleInput(parse_duration(step.after, field="after"), tuple(ids[name] for name in step.by))
                for step in getattr(entry, urgency.value)
            ]
            if old is not None or given:
                commands.save_personal_rules(work.actor, urgency=urgency.value, rules=given, person_id=person)
        start, end = (time.fromisoformat(at) if at else None for at in (entry.quiet_from, entry.quiet_until))
        commands.save_quiet_hours(work.actor, start=start, end=end, person_id=person)
        commands.save_end_wish(work.actor, wish=entry.when_over, person_id=person)
        return person

    def remove(self, actor: Actor, id_: str) -> None:
        for urgency in Urgency:
            commands.save_personal_rules(actor, urgency=urgency.value, rules=[], person_id=id_)
        commands.save_quiet_hours(actor, start=None, end=None, person_id=id_)
        commands.save_end_wish(actor, wish=Wish.QUIETLY.value, person_id=id_)


def _written(person: str, kept: queries.KeptRules, names: Mapping[str, str]) -> PagingRules:
    steps = {
        urgency: [
            PagingStep(by=[names[m] for m in rung.methods if m in names], after=duration_text(rung.after))
            for rung in rungs
            if any(m in names for m in rung.methods)
        ]
        for urgency, rungs in kept.rules.items()
    }
    return PagingRules(
        person=person,
        quiet_from=f"{kept.quiet_from:%H:%M}" if kept.quiet_from else "",
        quiet_until=f"{kept.quiet_until:%H:%M}" if kept.quiet_until else "",
        when_over=kept.end_wish,
        **steps,
    )


def _names(actor: Actor, person: str, secret: set[str]) -> dict[str, str]:
    """What a file calls each contact method, by id: never by a secret address."""
    found = delivery.destinations(actor, person)
    called = [m.label if m.kind in secret else m.address for m in found]
    named = keys([f"{m.kind}: {name}" if name else m.kind for m, name in zip(found, called, strict=True)])
    return dict(zip((m.id for m in found), named, strict=True))


def _other_names(actor: Actor, person: str) -> dict[str, list[str]]:
    """What else people call methods: the kind, or kind and label; ids by name."""
    found: dict[str, list[str]] = {}
    for method in delivery.destinations(actor, person):
        for name in {method.kind, f"{method.kind}: {method.label}"}:
            found.setdefault(name, []).append(method.id)
    return found


def _known(method: str, names: Mapping[str, str], others: Mapping[str, Sequence[str]]) -> str:
    if method in names.values():
        return method
    meant = others.get(method, ())
    if len(meant) == 1:
        return names[meant[0]]
    there = ", ".join(names.values()) or "none"
    what = "names several contact methods" if meant else "is no contact method of theirs"
    raise Invalid(f"by: '{method}' {what}; they have {there}.", field="by")


def _begins(step: PagingStep) -> float:
    try:
        return parse_duration(step.after).total_seconds()
    except Invalid:
        return 0.0


SECTION = _PagingRules()
