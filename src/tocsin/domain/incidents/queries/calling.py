"""Who would be called for a choice of template, teams, schedules and people, and how each is reached. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.incidents.access import visible_ids
from tocsin.domain.incidents.models import Incident, Responder, RoleHolder, TeamTemplate
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.proven import people_of
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.rules.engaging import Engagement
from tocsin.domain.incidents.rules.roles import RoleName, role_words, suits
from tocsin.domain.incidents.rules.states import ACTIVE_STATES
from tocsin.domain.incidents.views import PersonRef
from tocsin.domain.incidents.views_team import MethodView, RoleToFill, TeamPreview, WouldCall
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.domain.oncall.snapshots import WAKING
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of

_ORDER = {"none": 0, "unproved": 1, "ok": 2}


def team_preview(
    actor: Actor,
    ref_or_id: Ref,
    *,
    people: Sequence[str] = (),
    teams: Sequence[str] = (),
    schedules: Sequence[str] = (),
    template: str | None = None,
) -> TeamPreview:
    """Exactly who would be paged now and how, those who cannot be reached first. A fixed number of queries."""
    row = load(actor, ref_or_id)
    kept = TeamTemplate.objects.filter(id=id_of(template)).first() if template else None
    because = _because(people, teams, schedules, kept)
    everyone = {person.id: person for person in accounts.people(TOCSIN, because)}
    active = [person for person in everyone.values() if person.active]
    found = _would_call(actor, row, active, because)
    return TeamPreview(
        people=tuple(found),
        gone=tuple(sorted(person.name for person in everyone.values() if not person.active)),
        roles=tuple(_roles(row, kept.roles if kept else [], found, {p.id: p for p in active})),
    )


def _because(
    people: Sequence[str], teams: Sequence[str], schedules: Sequence[str], kept: TeamTemplate | None
) -> dict[str, list[str]]:
    """Everyone that the choices lead to at this moment, each with the choices that do."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person in [*people, *(kept.people if kept else ())]:
        found[person].append("chosen" if person in people else f"in {kept.name}" if kept else "")
    wanted_teams = {*teams, *(kept.teams if kept else ())}
    for team in accounts.teams(TOCSIN) if wanted_teams else ():
        for person in team.member_ids if team.id in wanted_teams else ():
            found[person].append(f"in the team {team.name}")
    wanted = {*schedules, *(kept.schedules if kept else ())}
    for shift in oncall.on_call_now(TOCSIN) if wanted else ():
        if shift.person_id and shift.schedule_id in wanted:
            found[shift.person_id].append(f"on call by {shift.schedule}")
    return dict(found)


def _would_call(
    actor: Actor, row: Incident, people: list[PersonView], because: Mapping[str, list[str]]
) -> list[WouldCall]:
    ids = [person.id for person in people]
    methods = delivery.contact_methods(TOCSIN, ids)
    problems = {transport.kind: transport.problem for transport in delivery.transport_views(TOCSIN)}
    elsewhere, standing, duty = busy(actor, row, ids), _standing(row), on_duty()
    zone, at, held = accounts.organisation().time_zone, now(), _held_until(row, now())
    found = []
    for person in people:
        listed = [
            MethodView(m.kind, m.address_hint, m.verified, problems.get(m.kind, "no way of sending is set up for it"))
            for m in methods[person.id]
        ]
        how, words = _reach(listed)
        found.append(
            WouldCall(
                person=PersonRef(person.id, person.name, person.initials),
                how=how,
                words=words,
                methods=tuple(listed),
                because=tuple(because[person.id]),
                on_call=tuple(duty.get(person.id, ())),
                zone=person.time_zone or zone,
                night=_night(person.time_zone or zone, at),
                held_until=held,
                elsewhere=tuple(elsewhere.get(person.id, ())),
                standing=standing.get(person.id, ""),
                skills=person.skills,
            )
        )
    return sorted(found, key=lambda one: (_ORDER[one.how], one.person.name.casefold()))


def _reach(methods: list[MethodView]) -> tuple[str, str]:
    """How a person can be reached, and in words."""
    able = [m for m in methods if not m.problem]
    proved = [m for m in able if m.verified]
    if proved:
        return "ok", ", ".join(f"{m.word} {m.hint}" for m in proved)
    if able:
        return "unproved", f"only by what nobody has verified: {', '.join(f'{m.word} {m.hint}' for m in able)}"
    if methods:
        return "none", f"{methods[0].word} cannot send now: {methods[0].problem}"
    return "none", "no contact method"


def _night(zone: str, at: datetime) -> bool:
    opens, closes = WAKING
    return not opens <= at.astimezone(ZoneInfo(zone)).time() < closes


def _held_until(row: Incident, at: datetime) -> datetime | None:
    """When a page of this severity goes out, if not at once: the organisation's waking hours decide."""
    if URGENCY[Severity(row.severity)] is not Urgency.WAKING_HOURS:
        return None
    allowed = Calendar.office(accounts.organisation().time_zone, *WAKING, range(7)).next_open(at)
    return allowed if allowed > at else None


def busy(actor: Actor, row: Incident, people: Collection[str]) -> dict[str, list[str]]:
    """Other open incidents that these people work on or hold a role in, by reference where the actor may see them.

    Three queries.
    """
    wanted = [id_of(person) for person in people]
    open_ = {"incident__state__in": list(ACTIVE_STATES), "person__in": wanted}
    joined = Responder.objects.filter(state=Engagement.JOINED, **open_).exclude(incident=row)
    held = RoleHolder.objects.filter(ended_at=None, accepted=True, **open_).exclude(incident=row)
    columns = ("person_id", "incident_id", "incident__number")
    pairs = {*joined.values_list(*columns), *held.values_list(*columns)}
    seen = visible_ids(actor, {str(incident) for _, incident, _ in pairs}) if pairs else set()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person, incident, number in sorted(pairs, key=lambda pair: pair[2]):
        words = f"INC-{number}" if str(incident) in seen else "another incident"
        if words not in found[str(person)]:
            found[str(person)].append(words)
    return dict(found)


def on_duty() -> dict[str, list[str]]:
    """Schedules by which each person is on call now."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for shift in oncall.on_call_now(TOCSIN):
        if shift.person_id:
            found[shift.person_id].append(shift.schedule)
    return dict(found)


def _standing(row: Incident) -> dict[str, str]:
    rows = Responder.objects.filter(incident=row).values_list("person_id", "state")
    return {str(person): state for person, state in rows}


def _roles(
    row: Incident, wanted: Iterable[str], found: list[WouldCall], people: Mapping[str, PersonView]
) -> list[RoleToFill]:
    held = {h.role: str(h.person_id) for h in RoleHolder.objects.filter(incident=row, ended_at=None, accepted=True)}
    holders = people_of(held.values())
    taken: set[str] = set()
    rows = []
    for role in wanted:
        free = [one for one in found if one.person.id not in taken and one.how != "none" and not one.standing]
        best = min(free, key=lambda one: _distance(role, one, people[one.person.id]), default=None)
        proposed = best.person if best and role not in held else None
        taken |= {proposed.id} if proposed else set()
        rows.append(RoleToFill(role, role_words(role), holders.get(held.get(role, "")), proposed))
    return rows


def _distance(role: str, one: WouldCall, person: PersonView) -> tuple[bool, bool, bool]:
    return (not _fits(role, person), bool(one.elsewhere), not one.on_call)


def _fits(role: str, person: PersonView) -> bool:
    return role in set(RoleName) and suits(RoleName(role), person.roles)
