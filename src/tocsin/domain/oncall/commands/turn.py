"""One turn of an escalation: ask the rules what is due, write it down, page, set the timer.

Every other command of paging ends here. The caller holds the row's lock; nothing is sent before commit.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from tocsin.core.log import append
from tocsin.core.work import cancel, enqueue
from tocsin.domain.oncall.commands.contact import LINK_LASTS, MOST_CARRIED, Plan, contact, subject_of
from tocsin.domain.oncall.commands.telling import tell_hooks
from tocsin.domain.oncall.commands.turns import claimed
from tocsin.domain.oncall.events import (
    AskedAgain,
    Bundled,
    CatchAll,
    Escalated,
    Held,
    HeldBack,
    NobodyToPage,
    Paged,
)
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageState
from tocsin.domain.oncall.outlook import directory_of
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.escalation import Decision, PageOut, Phase, State, Why
from tocsin.domain.oncall.snapshots import READER, Directory
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of

ADVANCE = "oncall.advance"
SAME_MOMENT = timedelta(seconds=5)
_COLUMN = {
    Phase.STEPS: EscalationState.RUNNING,
    Phase.ASKED: EscalationState.RUNNING,
    Phase.CATCH_ALL: EscalationState.EXHAUSTED,
    Phase.ACKNOWLEDGED: EscalationState.ACKNOWLEDGED,
    Phase.STOPPED: EscalationState.STOPPED,
}


class Advance(msgspec.Struct):
    """Payload of the timer: the escalation to look at again."""

    escalation: str


def turn(row: Escalation, state: State, *, alone: bool = False) -> None:
    """Do what is due now for `state`, and remember the result. Appends what happened to the subject's stream.

    `alone`: it was just made, and nobody else is paged about the subject.
    """
    at = now()
    people = directory_of(row)
    before = state
    decision = claimed(row, people, state, at)
    if row.called_id and decision.state.phase is Phase.CATCH_ALL:
        _gives_up(row, people, state, at)
        return
    _report_holes(row, people, at)
    _report(row, before, decision)
    settle(row, decision)
    tell_hooks(row, decision)
    _page_all(row, decision, people, alone)


def settle(row: Escalation, decision: Decision) -> None:
    """Keep the rules' state in the row, and set or clear the timer. A personal call that was answered is done."""
    state = decision.state
    wake_at = decision.wake_at
    if row.called_id and state.phase is Phase.ACKNOWLEDGED:
        wake_at = None
    row.memory = state.to_json()
    row.state = _COLUMN[state.phase]
    row.severity = state.severity.value
    row.next_at, row.waiting_since = wake_at, state.waiting_since
    row.save()
    set_timer(row)


def set_timer(row: Escalation) -> None:
    """The timer is a row: it survives any restart, and there is one per escalation."""
    key = str(row.id)
    if row.next_at is None:
        cancel(ADVANCE, key)
    else:
        enqueue(ADVANCE, Advance(escalation=key), key=key, due=row.next_at)


def _page_all(row: Escalation, decision: Decision, people: Directory, alone: bool) -> None:
    state, names = decision.state, people.names
    for out in decision.pages:
        name = names.get(out.person, "")
        page, carried = _new_page(row, out, state, alone)
        if out.why is Why.QUIET and state.phase is Phase.ASKED:
            append(_stream(row), AskedAgain(person=out.person, person_name=name), READER)
        if not alone and _told_just_now(row, page):
            append(_stream(row), Bundled(person=out.person, person_name=name, reason=page.reason), READER)
            continue
        contacted = contact(page, carried, people.ways.get(out.person), first=alone)
        if contacted.kinds:
            append(_stream(row), _paged(page, out, state, names, contacted.kinds), READER)
        say_held_back(row, page, name, contacted.said)
        if not contacted.kinds and not contacted.waits:
            Page.objects.filter(id=page.id).update(state=PageState.UNREACHABLE, settled_at=now())
            text = f"{name or 'Someone'} has no contact method; add one."
            append(_stream(row), NobodyToPage(step=0, text=text, person=out.person), READER)


def say_held_back(row: Escalation, page: Page, name: str, said: Iterable[str]) -> None:
    """Write down what was not used now, and what happens instead."""
    for text in said:
        append(_stream(row), HeldBack(person=str(page.person_id), person_name=name, text=text), READER)


def _told_just_now(row: Escalation, page: Page) -> bool:
    """True when another policy pages the same person about the same subject at this moment: one message is enough.

    Only what was paged by the same words of severity within a few seconds, so that nothing newer is ever swallowed.
    """
    if row.called_id:
        return False
    twins = Page.objects.filter(
        escalation__subject_kind=row.subject_kind,
        escalation__subject_id=row.subject_id,
        escalation__called=None,
        person_id=page.person_id,
        state=PageState.OPEN,
        urgency=page.urgency,
        why=page.why,
        paged_at__gt=page.paged_at - SAME_MOMENT,
        paged_at__lte=page.paged_at,
    )
    return twins.exclude(escalation=row).filter(escalation__severity=row.severity, links__isnull=False).exists()


def _paged(page: Page, out: PageOut, state: State, names: dict[str, str], channels: list[str]) -> Paged:
    return Paged(
        page=str(page.id),
        person=out.person,
        person_name=names.get(out.person, ""),
        step=max(state.step, 0) + 1,
        round=state.round,
        reason=out.reason,
        channels=sorted(set(channels)),
        severity=state.severity.value,
    )


def _new_page(row: Escalation, out: PageOut, state: State, alone: bool) -> tuple[Page, Plan]:
    """The newest page of a person replaces their open ones, so that a queue of old pages is never sent late.

    What the old ones were yet to ring goes with it: a rule that comes after ten minutes rings after ten minutes,
    however often the person is called meanwhile.
    """
    at = now()
    old = row.pages.filter(person_id=id_of(out.person), state=PageState.OPEN)
    plans = [] if alone else list(old.values_list("urgency", "plan"))
    carried = [entry for urgency, plan in plans if urgency == out.urgency.value for entry in plan][:MOST_CARRIED]
    if plans:
        old.update(state=PageState.SUPERSEDED, settled_at=at, plan=[], ring_at=None)
    reason = f"{row.reason}" if row.called_id and row.reason else out.reason
    page = Page.objects.create(
        escalation=row,
        person_id=out.person,
        wave=out.key,
        why=out.why.value,
        reason=reason[:300],
        urgency=out.urgency.value,
        step=max(state.step, 0) + 1,
        round=state.round,
        paged_at=at,
        expires_at=at + LINK_LASTS,
    )
    return page, carried


def _report(row: Escalation, before: State, decision: Decision) -> None:
    """What happened besides paging: held, moved on, handed to catch-all people, an empty step."""
    state = decision.state
    for note in decision.notes:
        if note.startswith("Held"):
            if row.next_at != decision.wake_at and decision.wake_at:
                append(_stream(row), Held(until=decision.wake_at.isoformat()), READER)
        else:
            append(_stream(row), NobodyToPage(step=max(state.step, 0) + 1, text=note), READER)
    if not decision.pages:
        return
    if state.phase is Phase.CATCH_ALL and before.phase is not Phase.CATCH_ALL:
        otherwise = "nobody else can be paged" if before.step < 0 else "every round is over"
        append(_stream(row), CatchAll(reason=_waited(before, otherwise)), READER)
    elif state.phase is Phase.STEPS and before.phase is Phase.STEPS and before.step >= 0 and _moved(before, state):
        moved = Escalated(step=state.step + 1, round=state.round, reason=_waited(before, "the next in line"))
        append(_stream(row), moved, READER)


def _moved(before: State, state: State) -> bool:
    return (before.round, before.step) != (state.round, state.step) and before.generation == state.generation


def _waited(before: State, otherwise: str) -> str:
    wait = before.next_at - before.waiting_since
    if wait < timedelta(minutes=1):
        return otherwise
    return f"nobody answered for {int(wait.total_seconds() // 60)} min"


def _report_holes(row: Escalation, people: Directory, at: datetime) -> None:
    """People who are meant but cannot be reached: said once per escalation, at its first turn that meets them."""
    holes = {id_: text for id_, text in people.holes_at(at).items() if id_ not in row.reported}
    for id_, text in holes.items():
        append(_stream(row), NobodyToPage(step=0, text=text, person=id_), READER)
    row.reported = [*row.reported, *holes]


def _gives_up(row: Escalation, people: Directory, state: State, at: datetime) -> None:
    """A personal call ends after its rounds; that the person did not answer is said, and nobody else is called."""
    person = str(row.called_id)
    name = people.names.get(person, "The person called")
    text = people.unreachable.get(person) or f"{name} did not answer any call."
    append(_stream(row), NobodyToPage(step=0, text=text, person=person), READER)
    row.pages.filter(state=PageState.OPEN).update(state=PageState.EXPIRED, settled_at=at)
    row.state, row.stop_reason, row.stopped_at, row.next_at = EscalationState.STOPPED, "no answer", at, None
    row.memory = rules.stop(state, at).state.to_json()
    row.save()
    set_timer(row)


def _stream(row: Escalation) -> str:
    return subject_of(row).stream


def close_pages(row: Escalation, state: PageState, at: datetime, *, except_person: str = "", via: str = "") -> None:
    """Settle every open page of the escalation, so that what is still queued is not sent."""
    pages = row.pages.filter(state=PageState.OPEN)
    if except_person:
        pages = pages.exclude(person_id=id_of(except_person))
    pages.update(state=state, settled_at=at, via=via)
