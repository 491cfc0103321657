"""Mentions: whom a note means, and telling those who are not in the incident yet, once, without waking them."""

from dataclasses import dataclass

from django.db import transaction

from tocsin.core.work import enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import message_about
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.access import may_see
from tocsin.domain.incidents.candidates import candidates
from tocsin.domain.incidents.commands.loading import subject
from tocsin.domain.incidents.commands.telling import address, tell
from tocsin.domain.incidents.models import Incident, Mention, Note, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.mentions import handles_in, mentioned
from tocsin.domain.incidents.rules.speaking import may_tell
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of, uuid_of

_NAMED = 3
_EXCERPT = 500


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of the mentions of a text: handles with whom they mean, and sentences for its author."""

    handles: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()


def mention(actor: Actor, row: Incident, note: Note, text: str) -> Reached:
    """Find whom a text means, and have those told who are not in the incident. Nothing to do costs no query.

    A note for a narrower circle tells nobody: who reads it is decided when it is read.
    """
    if not handles_in(text):
        return Reached()
    meant = mentioned(text, candidates(row))
    handles = tuple(f"{typed} {each.kind}:{each.id}" for typed, each in meant.items())
    why_not = tuple(dict.fromkeys(each.why_not for each in meant.values() if each.why_not))
    if note.audience:
        return Reached(handles, (), why_not)
    wanted = {id_ for each in meant.values() for id_ in each.people} - {actor.person}
    outside = sorted(wanted - _inside(row))
    if outside:
        # Of a restricted incident no word leaves the log.
        excerpt = "" if row.restricted else text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rstrip()}…"
        enqueue(
            jobs.MENTIONED,
            jobs.Mentioned(note=str(note.id), by=actor.name, people=tuple(outside), text=excerpt),
            key=f"{note.id}:{note.version}",
        )
    return Reached(handles, _names(outside), why_not)


def tell_mentioned(wanted: jobs.Mentioned) -> None:
    """Tell each of them by their contact method, unless they came in meanwhile, may not see it (any more), or were told
    within the last hour. Called by the worker only.
    """
    with transaction.atomic():
        note = Note.objects.filter(id=id_of(wanted.note), taken_back_at=None).first()
        if note is None:
            return
        row = Incident.objects.select_for_update().get(id=note.incident_id)
        told = {
            str(m.person_id): m.told_at for m in Mention.objects.filter(incident=row, person__in=list(wanted.people))
        }
        active = {each.id for each in accounts.people(TOCSIN, wanted.people, active_only=True)}
        here = _inside(row)
        due = [
            id_
            for id_ in wanted.people
            if id_ in active - here and may_tell(told.get(id_), now()) and may_see(accounts.actor_of(id_), row)
        ]
        message = message_about(
            subject(row),
            title=f"{wanted.by} mentions you in {row.reference}",
            text=f"{row.title}\n\n{wanted.by}: {wanted.text}",
            severity=row.severity,
            url=address(row),
            action="Open",
        )
        reached = tell(row, due, message, purpose="mention", key=f"mention:{note.id}:{note.version}")
        for person in reached:
            Mention.objects.update_or_create(incident=row, person_id=uuid_of(person), defaults={"told_at": now()})


def _inside(row: Incident) -> set[str]:
    """Who is in it by what they did: holds a role, took it, or wrote."""
    holders = RoleHolder.objects.filter(incident=row, ended_at=None, accepted=True)
    wrote = Note.objects.filter(incident=row, author__isnull=False).distinct()
    found = {str(id_) for id_ in holders.values_list("person_id", flat=True)}
    found |= {str(id_) for id_ in wrote.values_list("author_id", flat=True)}
    return found | {row.first_acknowledged_by}


def _names(ids: list[str]) -> tuple[str, ...]:
    """The first few by name, the rest as a number."""
    if not ids:
        return ()
    names = [each.name for each in accounts.people(TOCSIN, ids)]
    more = len(names) - _NAMED
    return tuple(names) if more <= 0 else (*names[:_NAMED], f"{more} more")
