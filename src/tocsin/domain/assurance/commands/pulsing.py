"""The dead man's switch: a synthetic page goes all the way round, and only then a heartbeat leaves.

Door, inbox, folding, the rules of grouping and of escalation, each by a job of its own, the ledger, a sink, the record.
What it makes is taken away again; only how long each stage took stays for a day.
"""

import http.client
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from tocsin.core.alarms.standing import look
from tocsin.core.outgoing import OutgoingError, request
from tocsin.core.outgoing.addresses import AddressRefused
from tocsin.core.work import enqueue
from tocsin.domain.alerts.pulse import pulse_path
from tocsin.domain.alerts.rules import grouping
from tocsin.domain.assurance import jobs
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.models import Pulse
from tocsin.domain.assurance.queries.pulse import pulse_standing
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import sink
from tocsin.domain.delivery.ports import Message
from tocsin.domain.oncall.rules import escalation
from tocsin.domain.oncall.rules.escalation import Policy, Step, Target, TargetKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.subject import Subject

KEPT = timedelta(days=1)
LOOKS_FOR = timedelta(minutes=5)
_TARGET = Target(TargetKind.PERSON, "pulse")


def begin_pulse() -> str:
    """Put a pulse on its way; its id. Old ones go."""
    at = now()
    Pulse.objects.filter(begun__lt=at - KEPT).delete()
    with transaction.atomic():
        row = Pulse.objects.create(begun=at)
        enqueue(jobs.KNOCK, jobs.OnTheWay(str(row.id)))
    return str(row.id)


def knock(pulse: str) -> str:
    """Post the pulse at the real door; the reason when it was not accepted, else empty."""
    url = urlsplit(settings.PULSE_URL)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "localhost", url.port, timeout=10)
    try:
        connection.request("POST", pulse_path(READER), body=pulse.encode(), headers={"content-type": "text/plain"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{settings.PULSE_URL} cannot be reached ({type(error).__name__})"
    finally:
        connection.close()
    return "" if status == 202 else f"the door answered {status}"


def accepted(pulse: str, problem: str) -> None:
    """The door has answered. Where it refused, the pulse stops here and says why."""
    if problem:
        Pulse.objects.filter(id=pulse).update(problem=problem[:200])
    else:
        Pulse.objects.filter(id=pulse).update(accepted=now(), problem="")


def folded(pulse: str) -> None:
    """Drained from the inbox, in the transaction of folding: its group is next."""
    if Pulse.objects.filter(id=pulse, folded=None).update(folded=now()):
        enqueue(jobs.GROUP, jobs.OnTheWay(pulse), due=grouping.join(None, Severity.CRITICAL, "", now()).flush_at)


def grouped(pulse: str) -> None:
    """Its group's timer rang: it escalates."""
    Pulse.objects.filter(id=pulse).update(grouped=now())
    enqueue(jobs.ESCALATE, jobs.OnTheWay(pulse), due=escalation.start(Severity.CRITICAL, now()).next_at)


def escalated(pulse: str) -> None:
    """Ask the rules whom to page, and put the page into the ledger."""
    at = now()
    policy = Policy((Step((_TARGET,)),))
    people = {_TARGET: ("pulse",)}
    decision = escalation.advance(policy, escalation.start(Severity.CRITICAL, at), at, people)
    if [out.person for out in decision.pages] != ["pulse"]:
        Pulse.objects.filter(id=pulse).update(problem="the escalation rules paged nobody")
        return
    Pulse.objects.filter(id=pulse).update(escalated=at)
    delivery.send(
        READER,
        destination_id=sink.destination_id(),
        message=Message(title="Pulse", text="A synthetic page.", urgent=True),
        subject=Subject("pulse", pulse, "", "Pulse", ""),
        purpose=sink.PURPOSE,
        key=f"{sink.PURPOSE}:{pulse}",
    )
    enqueue(jobs.CHECK, jobs.OnTheWay(pulse), due=at + timedelta(seconds=1))


def check(pulse: str) -> None:
    """Is the answer recorded in the ledger? Then the heartbeat may go; else look again in two seconds."""
    row = Pulse.objects.filter(id=pulse).first()
    if row is None or row.recorded is not None:
        return
    found = sink.outcome(f"{sink.PURPOSE}:{pulse}")
    if found is None:
        if now() - row.begun < LOOKS_FOR:
            enqueue(jobs.CHECK, jobs.OnTheWay(pulse), due=now() + timedelta(seconds=2))
        return
    Pulse.objects.filter(id=pulse).update(sent=found.sent_at, recorded=found.recorded_at)
    sink.forget(f"{sink.PURPOSE}:{pulse}")
    if settings.HEARTBEAT_URL:
        enqueue(jobs.HEARTBEAT, jobs.OnTheWay(pulse))


def beat() -> str:
    """One heartbeat to the outside; the reason when it did not arrive, else empty."""
    try:
        answer = request("POST", settings.HEARTBEAT_URL)
    except (OutgoingError, AddressRefused) as error:
        return f"TOCSIN_HEARTBEAT_URL: {error}"
    return "" if answer.ok else f"TOCSIN_HEARTBEAT_URL answered {answer.words}"


def told(pulse: str, problem: str) -> None:
    """What became of the heartbeat."""
    if problem:
        Pulse.objects.filter(id=pulse).update(problem=problem[:200])
    else:
        Pulse.objects.filter(id=pulse).update(told=now())


def watch_pulse() -> None:
    """A stage that stopped is an alarm about Tocsin itself."""
    found = pulse_standing(READER)
    look("pulse", f"{found.sentence} {found.problem}".strip() if found.stopped else "")
