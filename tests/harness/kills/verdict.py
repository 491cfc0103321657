"""What became of every alarm, judged by what arrived outside against what the database says."""

import json
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from tests.harness.kills.answering import People
from tests.harness.outside import Arrival
from tocsin.core.alarms.models import Alarm as StandingAlarm
from tocsin.core.engine.models import Job
from tocsin.core.events.models import Entry
from tocsin.core.events.verify import verify_log
from tocsin.domain.delivery.balance import conservation, unsettled_without_work
from tocsin.domain.delivery.models import Attempt, Delivery
from tocsin.domain.delivery.rules import SETTLED, State
from tocsin.domain.incidents.models import Incident
from tocsin.domain.oncall.commands.turn import ADVANCE
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.rules.escalation import Why

_HELD_BACK = {PageState.SUPERSEDED, PageState.ANSWERED, PageState.ACKNOWLEDGED, PageState.PASSED_ON, PageState.STOPPED}
_REACHED = {State.SENT, State.DELIVERED}


class _Ledger:
    """The rows of a run, read once."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.arrived: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in people.outside.all:
            self.arrived[arrival.delivery].append(arrival)
        self.pages = list(Page.objects.select_related("escalation", "person"))
        self.deliveries = {row.key: row for row in Delivery.objects.defer("message")}
        self.links: dict[Any, list[Delivery]] = defaultdict(list)
        for link in PageLink.objects.all():
            if link.delivery_key in self.deliveries:
                self.links[link.page_id].append(self.deliveries[link.delivery_key])
        titles = {incident.title: str(incident.id) for incident in Incident.objects.all()}
        self.incident = {n: titles.get(alarm.title, "") for n, alarm in people.alarms.items()}
        self.of_incident: dict[str, list[Page]] = defaultdict(list)
        for page in self.pages:
            self.of_incident[page.escalation.subject_id].append(page)
        self.began: dict[Any, list[datetime]] = defaultdict(list)
        for delivery, at in Attempt.objects.values_list("delivery_id", "at"):
            self.began[delivery].append(at)

    def reached(self, page: Page) -> bool:
        return any(self.arrived[str(row.id)] for row in self.links[page.id])


def judge(people: People) -> dict[str, Any]:
    """Counts of what must not be, each 0 when all is well, and of what is only counted."""
    ledger = _Ledger(people)
    messages = Counter({key: len(found) for key, found in ledger.arrived.items()})
    sums = conservation()
    return {
        "alarms": len(people.alarms),
        "pages": len(ledger.pages),
        "messages": len(messages),
        "duplicates": messages.total() - len(messages),
        "unfinished": len(people.waiting()),
        "lost": len(_lost(ledger)),
        "silent": len(_silent(ledger)),
        "after_the_answer": len(_after_the_answer(ledger)),
        "mended": StandingAlarm.objects.filter(name__in=["deliveries", "paging"]).count(),
        "without_work": len(unsettled_without_work()),
        "unbalanced": sums.missing,
        "in_flight": sums.in_flight,
        "recorded_twice": _recorded_twice(),
        "dead": Job.objects.filter(dead=True).count(),
        "log_faults": [fault.sentence for fault in verify_log().faults],
        "examples": [*_lost(ledger), *_silent(ledger), *_after_the_answer(ledger)][:5],
    }


def _lost(ledger: _Ledger) -> list[str]:
    """Alarms nobody was called for, people who were not reached, calls left out, messages noted that never arrived."""
    lost = []
    unfinished = {alarm.number for alarm in ledger.people.waiting()}
    for number, alarm in ledger.people.alarms.items():
        if number in unfinished:
            continue  # it still climbs, with a timer: counted apart
        pages = ledger.of_incident[ledger.incident[number]] if ledger.incident[number] else []
        lost += [
            f"alarm {number} ({alarm.plan.name}): {who} was never reached"
            for who in alarm.plan.must_reach
            if not _settled(ledger, [page for page in pages if page.person.name.lower() == who])
        ]
        called = {page.wave for page in pages}
        lost += [f"alarm {number}: call {wave} was left out" for wave in alarm.plan.waves if wave not in called]
    for page in ledger.pages:
        if not ledger.reached(page) and not _held_back(page, ledger.links[page.id]):
            lost.append(f"page {page.wave} of {page.person.name} for {page.escalation.subject_reference} never arrived")
    noted = (row for row in ledger.deliveries.values() if row.state in _REACHED)
    return lost + [
        f"message {row.id} is {row.state} and never arrived" for row in noted if not ledger.arrived[str(row.id)]
    ]


def _settled(ledger: _Ledger, calls: list[Page]) -> bool:
    """A person was reached; or was called, and killed attempts came so late that each call was held back by then."""
    return any(ledger.reached(page) for page in calls) or (
        bool(calls) and all(_held_back(page, ledger.links[page.id]) for page in calls)
    )


def _held_back(page: Page, deliveries: list[Delivery]) -> bool:
    """Held back for a reason that is kept: every message says why, and the page agrees."""
    return (
        page.state in _HELD_BACK
        and bool(deliveries)
        and all(row.state == State.SUPPRESSED and row.answer for row in deliveries)
    )


def _silent(ledger: _Ledger) -> list[str]:
    """Escalations that wait without a timer, and messages that arrived and are not in the ledger as sent."""
    timers = set(Job.objects.filter(kind=ADVANCE, dead=False).values_list("key", flat=True))
    waiting = Escalation.objects.filter(state__in=[EscalationState.RUNNING, EscalationState.EXHAUSTED])
    silent = [f"{row.subject_reference} waits without a timer" for row in waiting if str(row.id) not in timers]
    watched = Escalation.objects.filter(state=EscalationState.ACKNOWLEDGED, next_at__isnull=False)
    silent += [f"{row.subject_reference} is not watched" for row in watched if str(row.id) not in timers]
    state = {str(row.id): row.state for row in ledger.deliveries.values()}
    return silent + [
        f"message {id_} arrived and is {state.get(id_)}" for id_ in ledger.arrived if state.get(id_) not in SETTLED
    ]


def _after_the_answer(ledger: _Ledger) -> list[str]:
    """Attempts begun after an answer, or an end, was committed. Being asked again half an hour later is no such."""
    late = []
    for number, answered in ledger.people.answered.items():
        ended = ledger.people.ended.get(number)
        for page in ledger.of_incident[ledger.incident[number]]:
            # A personal call is answered by the person called alone; its own end is that of the incident.
            asked = bool(page.escalation.called_id) or page.why == Why.QUIET or not page.wave.startswith("g1.")
            until = ended if asked else answered
            if page.paged_at > answered and not asked:
                late.append(f"alarm {number}: {page.person.name} was paged after the answer ({page.wave})")
            began = [at for row in ledger.links[page.id] for at in ledger.began[row.id]]
            late += [
                f"alarm {number}: sent to {page.person.name} after it was answered"
                for at in began
                if until and at > until
            ]
    return late


def _recorded_twice() -> int:
    """Messages whose success stands in the log twice."""
    rows = Entry.objects.filter(type="delivery.sent").values_list("data", flat=True)
    return sum(1 for count in Counter(json.loads(row)["delivery"] for row in rows).values() if count > 1)
