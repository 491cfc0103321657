"""What the log has and a channel has not: handed out entry by entry in its order, and written down once it was said.

Talks to nobody: `workers` does, between `next_words` and `was_told`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from tocsin.core.log import Event, Recorded, append, heads, read_stream
from tocsin.domain.chat import rules
from tocsin.domain.chat.commands.channels import close
from tocsin.domain.chat.events import ChannelFailed, ChannelOpened
from tocsin.domain.chat.jobs import invite_soon, tell_soon
from tocsin.domain.chat.models import ChatChannel, Mirrored
from tocsin.domain.chat.naming import SELF
from tocsin.domain.chat.ports import Button, Opened, Saying, chat_of
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of

_AT_ONCE = 50
_BOTH_WAYS = "What is written in this channel stands in the incident's timeline, and the other way round."
_ONE_WAY = "What happens is told here; nothing is heard from here. Answer in Tocsin."


@dataclass(frozen=True, slots=True)
class ToOpen:
    """A channel to be made. `again`: an earlier attempt may have made it."""

    channel: str
    vendor: str
    name: str
    again: bool


@dataclass(frozen=True, slots=True)
class ToTell:
    """The next words for a channel, and the topic if that has changed. `doubtful`: they may be there already."""

    channel: str
    vendor: str
    place: str
    seq: int
    saying: Saying | None
    topic: str
    doubtful: bool


def to_open(channel: str) -> ToOpen | None:
    """What is to be made; None when nothing is (any more)."""
    with transaction.atomic():
        row = ChatChannel.objects.select_for_update().filter(id=id_of(channel), state="asked").first()
        if row is None:
            return None
        incident = incidents.row(SELF, str(row.incident_id))
        if incident.restricted:
            close(row, SELF, "the incident is restricted", now())
            return None
        again, row.doubtful = row.doubtful, True
        row.save(update_fields=["doubtful"])
    return ToOpen(str(row.id), row.vendor, rules.channel_name(incident.reference, incident.title), again)


def was_opened(channel: str, made: Opened) -> None:
    """The vendor made it: from here on it is told what happens. Event `chat.channel_opened`."""
    row = ChatChannel.objects.select_for_update().filter(id=id_of(channel), state="asked").first()
    if row is None:
        return
    stream, chat = f"incident:{row.incident_id}", chat_of(row.vendor)
    row.state, row.problem, row.doubtful, row.opened_at = "open", "", False, now()
    row.place, row.name, row.url = made.place, made.name, made.url
    # The first message sums up what was before; the entry written here is the first that is told by itself.
    row.said_seq = heads([stream])[stream]
    row.save()
    event = ChannelOpened(vendor=row.vendor, title=chat.title if chat else row.vendor, name=row.name, url=row.url)
    append(stream, event, SELF)
    tell_soon(row)
    invite_soon(row, _here(str(row.incident_id)))


def failed(channel: str, reason: str) -> None:
    """The vendor refused for good. Event `chat.channel_failed`."""
    row = ChatChannel.objects.select_for_update().filter(id=id_of(channel)).exclude(state="closed").first()
    if row is None:
        return
    chat = chat_of(row.vendor)
    row.state, row.problem, row.doubtful = "failed", reason[:300], False
    row.save(update_fields=["state", "problem", "doubtful"])
    event = ChannelFailed(vendor=row.vendor, title=chat.title if chat else row.vendor, reason=reason[:300])
    append(f"incident:{row.incident_id}", event, SELF)


def next_words(channel: str) -> ToTell | None:
    """The next entry that is to be said, noted as begun; None when all was said. What is not to be said is passed."""
    with transaction.atomic():
        row = ChatChannel.objects.select_for_update().filter(id=id_of(channel), state="open").first()
        if row is None:
            return None
        incident = incidents.row(SELF, str(row.incident_id))
        if incident.restricted:
            close(row, SELF, "the incident is restricted", now())
            return None
        topic = _topic(incident)
        seq, saying = _summary(row, incident) if not row.topic else _next(row, incident)
        doubtful, row.doubtful = row.doubtful, saying is not None
        row.save(update_fields=["said_seq", "doubtful"])
    changed = topic if topic != row.topic else ""
    if saying is None and not changed:
        return None
    return ToTell(str(row.id), row.vendor, row.place, seq, saying, changed, doubtful)


def was_told(told: ToTell, remote: str, at: datetime) -> None:
    """It was said, or can never be: go on with what comes next."""
    row = ChatChannel.objects.select_for_update().filter(id=id_of(told.channel), state="open").first()
    if row is None:
        return
    row.doubtful = False
    if told.topic:
        row.topic = told.topic
    if told.saying is not None and told.seq > row.said_seq:
        row.said_seq = told.seq
        # A vendor that names no message was told all the same.
        Mirrored.objects.get_or_create(
            channel=row, seq=told.seq, defaults={"remote": remote[:120], "heard": False, "at": at}
        )
    row.save(update_fields=["doubtful", "topic", "said_seq"])
    tell_soon(row)


def _next(row: ChatChannel, incident: IncidentRow) -> tuple[int, Saying | None]:
    """The first entry above `said_seq` that is to be said; those before it that are not are passed for good."""
    stream = f"incident:{row.incident_id}"
    while entries := read_stream(stream, after=row.said_seq, limit=_AT_ONCE):
        heard = set(row.mirrored.filter(seq__gt=row.said_seq, heard=True).values_list("seq", flat=True))
        for entry in entries:
            if entry.seq not in heard and rules.told(entry.type, entry.audience):
                return entry.seq, _words(row, entry, incident)
            row.said_seq = entry.seq
    return row.said_seq, None


def _words(row: ChatChannel, entry: Recorded[Event], incident: IncidentRow) -> Saying:
    body = entry.event.body()
    by_person = not entry.actor_id.startswith("system:")
    sentence = entry.event.sentence()
    text = body if sentence == "wrote" else f"{sentence}{f': {body}' if body else ''}"
    return Saying(
        text=rules.cut(text),
        author=entry.actor_name if by_person or entry.actor_name != "Tocsin" else "",
        key=f"{row.id}:{entry.seq}",
        buttons=_buttons(incident) if entry.type == "oncall.asked_again" else (),
        quiet=rules.quiet(entry.type),
    )


def _summary(row: ChatChannel, incident: IncidentRow) -> tuple[int, Saying]:
    """The first message: what it is, how bad, who has it, what is affected, and what can be done right here."""
    view = incidents.incident(SELF, incident.id)
    lines = [f"{_severity(incident)} {incident.reference}: {incident.title}"]
    if view.summary:
        lines.append(rules.cut(view.summary, 1200))
    if incident.services:
        lines.append(f"Affected: {', '.join(service.name for service in incident.services)}")
    lines.append(f"Incident Commander: {incident.commander.name if incident.commander else 'nobody yet'}")
    chat = chat_of(row.vendor)
    lines.append(_BOTH_WAYS if chat is not None and chat.two_way else _ONE_WAY)
    # It stands for all entries up to here, and is found again by a number that no entry has.
    return row.said_seq, Saying("\n".join(lines), key=f"{row.id}:0", buttons=_buttons(incident))


def _buttons(incident: IncidentRow) -> tuple[Button, ...]:
    link = Button(f"Open {incident.reference}", url=f"{settings.PUBLIC_URL}{incident.url}")
    if incident.acknowledged_at or State(incident.state) not in ACTIVE_STATES:
        return (link,)
    return (Button("Acknowledge", order=f"ack {incident.reference}"), link)


def _topic(incident: IncidentRow) -> str:
    commander = incident.commander.name if incident.commander else "no commander"
    words = f"{_severity(incident)}, {incident.state}, {commander}. {incident.reference}: {incident.title}"
    return rules.cut(words, 240)


def _severity(incident: IncidentRow) -> str:
    return "Unknown severity" if incident.severity == Severity.UNKNOWN else Severity(incident.severity).word


def _here(incident_id: str) -> list[str]:
    """Ids of the people who have a role in it or were the first to take it."""
    return [role.person.id for role in incidents.incident(SELF, incident_id).roles if role.accepted]
