"""How people are paged: their rules per urgency, their quiet hours, and how they hear that it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.oncall.events import EndWishSaved, PersonalRulesSaved, QuietHoursSaved
from tocsin.domain.oncall.models import PersonalRules
from tocsin.domain.oncall.permissions import PERSONAL, PERSONAL_OF_OTHERS
from tocsin.domain.oncall.rules.ending import Wish
from tocsin.domain.oncall.rules.urgency import Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of

MOST_RULES = 10
LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RuleInput:
    """These contact methods (ids) together, so long after the page."""

    after: timedelta
    methods: tuple[str, ...]


def save_personal_rules(actor: Actor, *, urgency: str, rules: Sequence[RuleInput], person_id: str = "") -> None:
    """Set how a person is paged at an urgency; without rules, as everybody is by default.

    One's own; administrators also those of others. Pages under way keep the plan they began with. Appends
    `oncall.personal_rules_saved`. Raises `Denied`, `NotFound`, `Invalid` naming what cannot be used.
    """
    person = _whose(actor, person_id)
    if urgency not in set(Urgency):
        raise Invalid(f"urgency: write one of {', '.join(Urgency)}.", field="urgency")
    kept = _checked(person, rules)
    with transaction.atomic():
        row, _ = PersonalRules.objects.select_for_update().get_or_create(person_id=id_of(person))
        row.rules = {**row.rules, urgency: kept} if kept else {u: r for u, r in row.rules.items() if u != urgency}
        row.save(update_fields=["rules"])
        append(f"person:{person}", PersonalRulesSaved(person=person, urgency=urgency, rules=kept), actor)


def save_quiet_hours(actor: Actor, *, start: time | None, end: time | None, person_id: str = "") -> None:
    """Set or end (both None) the hours in which nothing below Critical rings for a person, on their own wall.

    Appends `oncall.quiet_hours_saved`. Raises `Denied`, `NotFound`, `Invalid` when one is missing or they are equal.
    """
    person = _whose(actor, person_id)
    if (start is None) != (end is None):
        name = "start" if start is None else "end"
        raise Invalid(f"{name}: write both times, or neither for no quiet hours.", field=name)
    if start is not None and start == end:
        raise Invalid("end: it must differ from the start; all day cannot be quiet.", field="end")
    with transaction.atomic():
        row, _ = PersonalRules.objects.select_for_update().get_or_create(person_id=id_of(person))
        row.quiet_from, row.quiet_until = start, end
        row.save(update_fields=["quiet_from", "quiet_until"])
        words = [f"{at:%H:%M}" if at else "" for at in (start, end)]
        append(f"person:{person}", QuietHoursSaved(person=person, start=words[0], end=words[1]), actor)


def save_end_wish(actor: Actor, *, wish: str, person_id: str = "") -> None:
    """Set how a person hears that what they were paged about is over (`rules.ending.Wish`).

    Appends `oncall.end_wish_saved`. Raises `Denied`, `NotFound`, `Invalid`.
    """
    person = _whose(actor, person_id)
    if wish not in set(Wish):
        raise Invalid(f"wish: write one of {', '.join(Wish)}.", field="wish")
    with transaction.atomic():
        row, _ = PersonalRules.objects.select_for_update().get_or_create(person_id=id_of(person))
        if row.all_clear != wish:
            row.all_clear = wish
            row.save(update_fields=["all_clear"])
            append(f"person:{person}", EndWishSaved(person=person, wish=wish), actor)


def _whose(actor: Actor, person_id: str) -> str:
    actor.require(PERSONAL)
    person = person_id or actor.person
    if person != actor.person:
        actor.require(PERSONAL_OF_OTHERS)
    found = accounts.people(READER, [person]) if person else []
    if not found or not found[0].active:
        raise NotFound("There is no such person.")
    return person


def _checked(person: str, rules: Sequence[RuleInput]) -> list[dict[str, object]]:
    if len(rules) > MOST_RULES:
        raise Invalid(f"rules: at most {MOST_RULES} steps are allowed.", field="rules")
    known = {way.id for way in delivery.contact_methods(READER, [person])[person]}
    for number, rule in enumerate(rules, 1):
        if not rule.methods:
            raise Invalid(f"methods: step {number} uses nothing; choose a contact method.", field="methods")
        if not set(rule.methods) <= known:
            sentence = f"methods: step {number} names a contact method that is not there or switched off."
            raise Invalid(sentence, field="methods")
        if not timedelta(0) <= rule.after <= LONGEST:
            raise Invalid(f"after: step {number} must come at once to 1 h after the page.", field="after")
    ordered = sorted(rules, key=lambda rule: rule.after)
    return [{"after": int(r.after.total_seconds()), "methods": list(dict.fromkeys(r.methods))} for r in ordered]
