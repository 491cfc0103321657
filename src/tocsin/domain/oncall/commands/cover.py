"""Cover: someone asks whether a colleague takes their time on call; taking it sets the override.

Everything is told to whom it concerns by message, and stands on the schedule's own stream. What has begun is not
undone here: an override changes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands.letters import Words, span, subject_of, tell
from tocsin.domain.oncall.commands.overrides import put_over
from tocsin.domain.oncall.commands.schedules import active_person, locked_schedule, touch
from tocsin.domain.oncall.cover_events import CoverAccepted, CoverAsked, CoverDeclined, CoverExpired, CoverTakenBack
from tocsin.domain.oncall.models import CoverRequest, CoverState, Override, Schedule
from tocsin.domain.oncall.permissions import CONFIGURE, OVERRIDE
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.schedule_snapshots import READER, people_of, schedule_snapshots
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

LONGEST = timedelta(days=62)
NOTE_LENGTH = 300


def ask_cover(
    actor: Actor,
    *,
    schedule_id: str,
    start: datetime,
    end: datetime,
    note: str = "",
    person_id: str = "",
    asked: Sequence[str] = (),
    in_return: tuple[datetime, datetime] | None = None,
) -> str:
    """Ask colleagues to take one's time on call of [start, end); returns the id of the request.

    `asked`: ids of people, empty for everybody else of the schedule. `in_return`: times of whoever takes it that the
    asker takes instead (a swap). For someone else (`person_id`) only who may change schedules asks.

    Raises `Invalid` naming the field, also when that person is not on call then; `Conflict` when it is asked already.
    """
    actor.require(OVERRIDE)
    person = _asker(actor, person_id)
    _check_times(start, end, "start", "end")
    if in_return is not None:
        _check_times(*in_return, "return_start", "return_end")
    with transaction.atomic():
        row = locked_schedule(schedule_id)
        _check_duty(row, person, start, end)
        if CoverRequest.objects.filter(
            schedule=row, asker=id_of(person.id), state=CoverState.OPEN, start_at__lt=end, end_at__gt=start
        ).exists():
            raise Conflict("start: cover for a part of this time is asked for already; take that back first.")
        made = CoverRequest.objects.create(
            schedule=row,
            asker_id=person.id,
            start_at=start,
            end_at=end,
            return_start_at=in_return[0] if in_return else None,
            return_end_at=in_return[1] if in_return else None,
            note=note.strip()[:NOTE_LENGTH],
            asked=_whom(row, person.id, asked),
        )
        append(f"schedule:{row.id}", _asked_event(made, person.name), actor)
        _ask(made, person.name, made.asked)
    return str(made.id)


def accept_cover(actor: Actor, *, cover_id: str) -> None:
    """Take it: the override is set (two for a swap), and the asker is told.

    Raises `Conflict` when it is taken, withdrawn or has run out; `Invalid` for one's own request.
    """
    actor.require(OVERRIDE)
    with transaction.atomic():
        made = _locked(cover_id)
        _require_open(made)
        person = active_person(actor.person, "person")
        if person.id == str(made.asker_id):
            raise Invalid("person: this is your own request; a colleague takes it.", field="person")
        made.state, made.accepted_by_id, made.settled_at = CoverState.ACCEPTED, id_of(person.id), now()
        made.override_ids = _overrides(actor, made, person.id)
        made.save()
        asker = str(made.asker)
        event = CoverAccepted(
            cover=str(made.id),
            person=person.id,
            person_name=person.name,
            instead=str(made.asker_id),
            instead_name=asker,
            start_at=made.start_at.isoformat(),
            end_at=made.end_at.isoformat(),
        )
        append(f"schedule:{made.schedule_id}", event, actor)
        for people, what, title in (
            ([str(made.asker_id)], "accepted", f"{person.name} covers for you"),
            ([person.id], "taken", f"You cover for {asker}"),
            (_unanswered(made, but=person.id), "settled", f"{person.name} covers for {asker}"),
        ):
            _tell(made, people, what, title, taken=made.override_ids[0])


def decline_cover(actor: Actor, *, cover_id: str) -> None:
    """Say that one cannot; when everybody asked has said so, the asker is told. Raises `Conflict` when settled."""
    actor.require(OVERRIDE)
    with transaction.atomic():
        made = _locked(cover_id)
        _require_open(made)
        person = active_person(actor.person, "person")
        if person.id == str(made.asker_id):
            raise Invalid("person: this is your own request; take it back instead.", field="person")
        if person.id in made.declined:
            return
        made.declined = [*made.declined, person.id]
        made.save(update_fields=["declined"])
        event = CoverDeclined(cover=str(made.id), person=person.id, person_name=person.name)
        append(f"schedule:{made.schedule_id}", event, actor)
        if set(made.asked) <= set(made.declined):
            _tell(made, [str(made.asker_id)], "declined", "Nobody who was asked can cover for you")


def take_back_cover(actor: Actor, *, cover_id: str) -> None:
    """The asker withdraws the request; who took it gives it back, and it is asked for again. Overrides of it go.

    Raises `Denied` for anybody else but who may change schedules, `Conflict` when it is over or has begun.
    """
    actor.require(OVERRIDE)
    with transaction.atomic():
        made = _locked(cover_id)
        taken = made.state == CoverState.ACCEPTED
        gives_back = taken and actor.person == str(made.accepted_by_id)
        if not gives_back and actor.person != str(made.asker_id):
            actor.require(CONFIGURE)
        if made.state not in {CoverState.OPEN, CoverState.ACCEPTED}:
            raise Conflict("This request is settled already; there is nothing to take back.")
        if taken and made.start_at <= now():
            raise Conflict("This cover has begun; set an override to change who is on call.")
        before = str(made.accepted_by) if taken else ""
        others = [str(made.accepted_by_id)] if taken else made.asked
        first = next(iter(made.override_ids), "")
        _forget_overrides(made)
        made.state = CoverState.OPEN if gives_back else CoverState.WITHDRAWN
        made.accepted_by_id, made.settled_at = None, None if gives_back else now()
        if gives_back and actor.person not in made.declined:
            made.declined = [*made.declined, actor.person]
        made.save()
        event = CoverTakenBack(
            cover=str(made.id), person=actor.person, person_name=before or str(made.asker), open_again=gives_back
        )
        append(f"schedule:{made.schedule_id}", event, actor)
        if gives_back:
            rest = _unanswered(made)
            more = "" if rest else " Everybody who was asked has said that they cannot: you stay on call."
            _tell(
                made,
                [str(made.asker_id)],
                "given-back",
                f"{before} cannot cover for you after all",
                more=more,
                taken=first,
            )
            _ask(made, str(made.asker), rest, first)
        else:
            _tell(made, others, "withdrawn", f"Cover for {made.asker} is no longer needed", taken=first)


def expire_covers() -> int:
    """Close open requests whose time began, and tell the asker that they stay on call; how many."""
    due = CoverRequest.objects.filter(state=CoverState.OPEN, start_at__lte=now()).values_list("id", flat=True)
    return sum(_expire(str(id_)) for id_ in list(due[:200]))


def _expire(cover_id: str) -> bool:
    with transaction.atomic():
        made = _locked(cover_id)
        if made.state != CoverState.OPEN:
            return False
        made.state, made.settled_at = CoverState.EXPIRED, now()
        made.save(update_fields=["state", "settled_at"])
        event = CoverExpired(cover=str(made.id), person=str(made.asker_id), person_name=str(made.asker))
        append(f"schedule:{made.schedule_id}", event, READER)
        _tell(made, [str(made.asker_id)], "expired", "Nobody covers for you, and you stay on call")
        return True


def _asker(actor: Actor, person_id: str) -> accounts.PersonView:
    if person_id and person_id != actor.person:
        actor.require(CONFIGURE)
    if not (person_id or actor.person):
        raise Invalid("person: say whose time on call this is.", field="person")
    return active_person(person_id or actor.person, "person")


def _check_times(start: datetime, end: datetime, first: str, last: str) -> None:
    if end <= start:
        raise Invalid(f"{last}: it must be later than the start.", field=last)
    if start <= now():
        raise Invalid(f"{first}: this has begun; ask for a time to come, or set an override.", field=first)
    if end - start > LONGEST:
        raise Invalid(f"{last}: ask for at most {LONGEST.days} days at once.", field=last)


def _check_duty(row: Schedule, person: accounts.PersonView, start: datetime, end: datetime) -> None:
    (found,) = schedule_snapshots([row], start).schedules
    if not any(shift.person == person.id for shift in shifts.shifts(found, start, end)):
        sentence = f"start: {person.name} is not on call by {found.name} in this time; look at the calendar."
        raise Invalid(sentence, field="start")


def _whom(row: Schedule, asker: str, asked: Sequence[str]) -> list[str]:
    """Ids of the active people who are asked."""
    wanted = set(asked) or people_of(row)
    if not asked and row.team_id:
        wanted |= set(accounts.team_member_ids(str(row.team_id)))
    active = {one.id for one in accounts.known(wanted) if one.active}
    if asked and (wanted - active or asker in wanted):
        raise Invalid("asked: choose active people other than who asks.", field="asked")
    found = sorted(active - {asker})
    if not found:
        raise Invalid("asked: nobody else is in this schedule; choose whom to ask.", field="asked")
    return found


def _asked_event(made: CoverRequest, name: str) -> CoverAsked:
    return CoverAsked(
        cover=str(made.id),
        person=str(made.asker_id),
        person_name=name,
        start_at=made.start_at.isoformat(),
        end_at=made.end_at.isoformat(),
        note=made.note,
        asked=made.asked,
        return_start_at=made.return_start_at.isoformat() if made.return_start_at else "",
        return_end_at=made.return_end_at.isoformat() if made.return_end_at else "",
    )


def _overrides(actor: Actor, made: CoverRequest, person: str) -> list[str]:
    asker = str(made.asker_id)
    ids = [put_over(actor, made.schedule, person, made.start_at, made.end_at, asker)]
    if made.return_start_at and made.return_end_at and _gives_in_return(made, person):
        ids.append(put_over(actor, made.schedule, asker, made.return_start_at, made.return_end_at, person))
    return ids


def _gives_in_return(made: CoverRequest, person: str) -> bool:
    """Only who is on call at the time that is offered in return can be taken off it."""
    start, end = made.return_start_at, made.return_end_at
    if start is None or end is None:
        return False
    (found,) = schedule_snapshots([made.schedule], start).schedules
    return any(shift.person == person for shift in shifts.shifts(found, start, end))


def _forget_overrides(made: CoverRequest) -> None:
    Override.objects.filter(id__in=[id_of(text) for text in made.override_ids]).delete()
    made.override_ids = []
    touch(made.schedule)


def _unanswered(made: CoverRequest, but: str = "") -> list[str]:
    """Who was asked and has not said that they cannot."""
    return [id_ for id_ in made.asked if id_ not in made.declined and id_ != but]


def _locked(cover_id: str) -> CoverRequest:
    found = CoverRequest.objects.filter(id=id_of(cover_id)).values_list("schedule_id", flat=True).first()
    if found is None:
        raise NotFound("There is no such request for cover.")
    locked_schedule(str(found))
    return CoverRequest.objects.select_related("schedule", "asker", "accepted_by").get(id=id_of(cover_id))


def _require_open(made: CoverRequest) -> None:
    if made.state == CoverState.ACCEPTED:
        raise Conflict(f"{made.accepted_by} has taken it already; thank you.")
    if made.state != CoverState.OPEN:
        raise Conflict("This request was taken back or has run out; nothing is needed any more.")
    if made.start_at <= now():
        raise Conflict("This time has begun; set an override to take over.")


def _ask(made: CoverRequest, name: str, people: Sequence[str], taken: str = "") -> None:
    def words(zone: str) -> Words:
        lines = [f"{name} asks: can someone take {span(made.start_at, made.end_at, zone)}, {made.schedule.name}?"]
        if made.return_start_at and made.return_end_at:
            lines.append(f"In return {name} takes {span(made.return_start_at, made.return_end_at, zone)}.")
        lines += [made.note] if made.note else []
        return Words(f"Cover for {name}?", "\n".join(lines), f"/on-call/cover/{made.id}/", "Answer")

    tell(subject_of(made.schedule), people, _key(made, "ask", taken), words)


def _tell(made: CoverRequest, people: Sequence[str], what: str, title: str, *, more: str = "", taken: str = "") -> None:
    def words(zone: str) -> Words:
        text = f"{title}: {span(made.start_at, made.end_at, zone)}, {made.schedule.name}.{more}"
        if made.return_start_at and made.return_end_at and len(made.override_ids) > 1:
            text += f" In return {made.asker} takes {span(made.return_start_at, made.return_end_at, zone)}."
        return Words(title, text, f"/on-call/cover/{made.id}/")

    tell(subject_of(made.schedule), people, _key(made, what, taken), words)


def _key(made: CoverRequest, what: str, taken: str) -> str:
    """A request goes back and forth, and each time is told: `taken` is the first override of that time, if any."""
    return f"cover:{made.id}:{what}:{taken[-12:]}:{len(made.declined)}"
