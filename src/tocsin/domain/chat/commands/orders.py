"""What each order does, by the commands that screens call too, and what it is answered: in the language and on the
wall of whoever gave it. Of a restricted incident nothing is said in an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.chat import rules
from tocsin.domain.chat.commands.channels import open_channel
from tocsin.domain.chat.models import Acquaintance, ChatChannel, Heard
from tocsin.domain.chat.naming import SELF
from tocsin.domain.chat.phrases import said
from tocsin.domain.chat.ports import chat_of
from tocsin.domain.chat.rules import Order, Verb
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.ports import Reader
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as read
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

_LISTED = 10


@dataclass(frozen=True, slots=True)
class _Given:
    """An order, who gave it, and how they read."""

    actor: Actor
    order: Order
    row: Heard
    reader: Reader

    def say(self, name: str, /, **values: str) -> str:
        """One of our sentences, in their language."""
        return said(name, self.reader.language, **values)


def carry_out(order: Order, actor: Actor, row: Heard) -> str:
    """Do it in the actor's name; the answer. Raises what the command it stands for raises."""
    return _ORDERS[order.verb](_Given(actor, order, row, _reader(actor.person)))


def channel_of(row: Heard) -> ChatChannel | None:
    """The open channel of an incident in which it was said; None when it was said elsewhere."""
    found = ChatChannel.objects.filter(vendor=row.vendor, place=row.place, state="open")
    return found.first() if row.place else None


def _reader(person: str) -> Reader:
    known = accounts.person(SELF, person)
    return Reader(known.language, known.time_zone or accounts.working_time().time_zone)


def _meant(given: _Given) -> IncidentRow:
    """The incident named, else that of the channel. Raises `Invalid` when there is none, or it is restricted."""
    reference = given.order.reference
    if not reference:
        channel = channel_of(given.row)
        if channel is None:
            raise Invalid(given.say("which", verb=given.order.verb))
        reference = str(channel.incident_id)
    found = read.row(given.actor, reference)
    if found.restricted:
        raise Invalid(given.say("restricted", reference=found.reference, url=_url(found)))
    return found


def _declare(given: _Given) -> str:
    order = given.order
    id_ = incidents.declare(given.actor, title=order.text[:200], kind=order.kind, severity=order.severity)
    made = read.row(given.actor, id_)
    what = made.reference if made.restricted else f"{made.reference}: {made.title}"
    return given.say("declared", what=what, url=_url(made))


def _acknowledge(given: _Given) -> str:
    found, chat = _meant(given), chat_of(given.row.vendor)
    sentence = incidents.acknowledge(given.actor, incident=found.id, via=chat.title if chat else given.row.vendor)
    first = sentence == f"{given.actor.name} has it."
    return phrase("yours", given.reader.language, reference=found.reference) if first else sentence


def _update(given: _Given) -> str:
    found = _meant(given)
    incidents.send_status_update(given.actor, incident=found.id, internal=given.order.text)
    return " ".join([given.say("updated", reference=found.reference), *_next(given, read.row(given.actor, found.id))])


def _role(given: _Given) -> str:
    order, found = given.order, _meant(given)
    person = given.actor.person
    if order.user != "me":
        known = Acquaintance.objects.filter(vendor=given.row.vendor, user=order.user).first()
        if known is None or known.person_id is None:
            raise Invalid(given.say("stranger"))
        person = str(known.person_id)
    incidents.assign_role(given.actor, incident=found.id, role=order.role, person=person)
    roles = read.incident(given.actor, found.id).roles
    held = next((each for each in roles if each.role == order.role and each.person.id == person), None)
    if held is None:
        return given.say("role_done", role=order.role, reference=found.reference)
    name = "role_held" if held.accepted else "role_asked"
    return given.say(name, who=held.person.name, role=held.words, reference=found.reference)


def _note(given: _Given) -> str:
    found = _meant(given)
    incidents.write(given.actor, incident=found.id, text=given.order.text)
    return given.say("noted", reference=found.reference)


def _decide(given: _Given) -> str:
    found = _meant(given)
    incidents.decide(given.actor, incident=found.id, text=given.order.text)
    return given.say("decided", reference=found.reference)


def _task(given: _Given) -> str:
    found = _meant(given)
    incidents.add_task(given.actor, incident=found.id, title=given.order.text)
    return given.say("task", reference=found.reference)


def _mitigate(given: _Given) -> str:
    found = _meant(given)
    incidents.mitigate(given.actor, incident=found.id, note=given.order.text)
    return " ".join([given.say("mitigated", reference=found.reference), *_next(given, read.row(given.actor, found.id))])


def _resolve(given: _Given) -> str:
    """What is typed is what was done, and, where no validated fix proves it, why it is resolved without."""
    found, text = _meant(given), given.order.text
    incidents.resolve(given.actor, incident=found.id, note=text, reason=text)
    return " ".join([given.say("resolved", reference=found.reference), *_next(given, read.row(given.actor, found.id))])


def _status(given: _Given) -> str:
    found = _meant(given)
    commander = found.commander.name if found.commander else given.say("nobody")
    lines = [_line(given, found), given.say("commander", name=commander), *_next(given, found), _url(found)]
    return "\n".join(lines)


def _list(given: _Given) -> str:
    found = [each for each in read.open_incidents(given.actor) if not each.restricted]
    if not found:
        return given.say("none_open")
    lines = [_line(given, each) for each in found[:_LISTED]]
    if more := len(found) - len(lines):
        lines.append(given.say("more", count=str(more), url=f"{settings.PUBLIC_URL}/incidents/"))
    return "\n".join(lines)


def _who(given: _Given) -> str:
    at, lines = now(), []
    for view in oncall.on_call_now(given.actor):
        person = view.person or given.say("nobody")
        until = given.say("until", when=given.reader.when(view.until, at)) if view.until else ""
        lines.append(" ".join(filter(None, [f"{view.schedule}: {person}", until])))
    return "\n".join(lines) or given.say("no_schedule")


def _open(given: _Given) -> str:
    open_channel(given.actor, incident=_meant(given).id, vendor=given.row.vendor)
    return given.say("channel", reference=given.order.reference)


def _help(given: _Given) -> str:
    return rules.HELP


def _next(given: _Given, found: IncidentRow) -> list[str]:
    """What is due next, on the reader's wall; nothing when nothing is."""
    due = found.next_deadline
    if due is None:
        return []
    return [given.say("next", what=given.say(f"due_{due.kind}"), when=given.reader.when(due.due_at, now()))]


def _line(given: _Given, found: IncidentRow) -> str:
    severity = phrase(found.severity, given.reader.language)
    return f"{severity}, {given.say(f'state_{found.state}')}: {found.reference} {found.title}"


def _url(found: IncidentRow) -> str:
    return f"{settings.PUBLIC_URL}{found.url}"


_ORDERS: Mapping[Verb, Callable[[_Given], str]] = {
    Verb.DECLARE: _declare,
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.UPDATE: _update,
    Verb.ROLE: _role,
    Verb.NOTE: _note,
    Verb.DECIDE: _decide,
    Verb.TASK: _task,
    Verb.MITIGATE: _mitigate,
    Verb.RESOLVE: _resolve,
    Verb.STATUS: _status,
    Verb.LIST: _list,
    Verb.WHO: _who,
    Verb.CHANNEL: _open,
    Verb.HELP: _help,
}
