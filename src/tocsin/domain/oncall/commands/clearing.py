"""Tells those who were paged that it is over: once, by what they were paged by, and without waking anybody.

What is owed is a row for each message that went out, written in the transaction that ends its subject; a job tells it
a moment later. Which way is `rules.ending`'s to say; the sending itself is the delivery room's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import Q

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as ledger
from tocsin.domain.delivery.ports import Capability, Written, capabilities_of, offered, transports
from tocsin.domain.oncall.commands.contact import subject_of
from tocsin.domain.oncall.commands.telling import TOLD, escalation_of
from tocsin.domain.oncall.events import EndTold
from tocsin.domain.oncall.models import Ended, Escalation, EscalationState, PageLink, PageState, PersonalRules
from tocsin.domain.oncall.personal import quiet_of
from tocsin.domain.oncall.rules.ending import (
    GIVE_UP,
    LOOK_AGAIN,
    PURPOSE,
    PURPOSE_TAKEN,
    SETTLES,
    TAKEN_SETTLES,
    How,
    Manner,
    Way,
    Wish,
    choose,
)
from tocsin.domain.oncall.rules.personal import Quiet
from tocsin.domain.oncall.snapshots import READER
from tocsin.domain.oncall.wording import End, over_message
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject

CLEAR = "oncall.clear"
BATCH = 200


class Clear(msgspec.Struct):
    """Payload of the one job that tells what is owed."""


@dataclass(frozen=True, slots=True)
class Over:
    """How a subject ended. `by`: who ended it, or where it goes on. `knows`: ids of people who need no message."""

    how: How
    by: str
    knows: frozenset[str] = frozenset()


def owe(stream: str, over: Over, *, people: Collection[str] | None = None) -> None:
    """Remember who is to hear that the subject of `stream` is over: everybody who was sent something, or `people`.

    In the caller's transaction. What was told before is not told again, and who was stood down hears no more of
    mitigation. Practice is never told: its mailbox is hidden. Webhooks of steps hear of the end alone.
    """
    at = now()
    kind, _, id_ = stream.partition(":")
    links = PageLink.objects.filter(page__escalation__subject_kind=kind, page__escalation__subject_id=id_)
    if people is not None:
        links = links.filter(page__person__in=[id_of(person) for person in people])
    found = links.values_list("page__escalation_id", "page__person_id", "delivery_key", "kind")
    rows = [
        _row(escalation, person, key, over, at) for escalation, person, key, by in found.order_by("id") if offered(by)
    ]
    if over.how is How.MITIGATED:
        done = set(
            Ended.objects.filter(delivery_key__in=[r.delivery_key for r in rows])
            .exclude(how=How.TAKEN)
            .exclude(outcome="reopened")
            .values_list("delivery_key", flat=True)
        )
        rows = [row for row in rows if row.delivery_key not in done]
    elif people is None:
        hooks = ledger.keys_about(READER, subject=stream, purpose=TOLD)
        rows += [_row(escalation_of(key), None, key, over, at) for key in hooks]
    _keep(rows)


def owe_taken(stream: str, *, by: str, holder: str, shared: Collection[str] = ()) -> None:
    """Remember that what stands of this subject in a chat shows a page that `holder` has answered, their own too.

    `shared`: only of these calls. Only what can be changed without a noise; a call of somebody that still waits for
    them stays as it is.
    """
    at, kind, id_ = now(), *stream.partition(":")[::2]
    quiet = [name for name in transports() if offered(name) and manner_of(name).edits]
    links = PageLink.objects.filter(
        page__escalation__subject_kind=kind, page__escalation__subject_id=id_, kind__in=quiet
    )
    links = links.exclude(page__state=PageState.OPEN)
    fields = ("page__escalation_id", "page__person_id", "delivery_key", "page__escalation__shared")
    found = links.values_list(*fields).order_by("id")
    others, own = Over(How.TAKEN, by), Over(How.TAKEN, "")
    rows = [
        _row(escalation, person, key, own if str(person) == holder else others, at, TAKEN_SETTLES)
        for escalation, person, key, asked in found
        if not shared or (asked and set(shared).issuperset(asked))
    ]
    _keep(rows)


def _keep(rows: Sequence[Ended]) -> None:
    """Write down what is owed, in place of what was not told because it came back, and have it told."""
    if not rows:
        return
    keys = [row.delivery_key for row in rows]
    Ended.objects.filter(delivery_key__in=keys, outcome="reopened", how=rows[0].how).delete()
    if rows[0].how != How.TAKEN:
        waiting = Ended.objects.filter(delivery_key__in=keys, how=How.MITIGATED, due_at__isnull=False)
        waiting.update(due_at=None, outcome="overtook")
    Ended.objects.bulk_create(rows, ignore_conflicts=True)
    first = _next_due()
    if first is not None:
        # Moved, not left: a job that runs at this moment has not seen these rows, and comes again for them.
        enqueue(CLEAR, Clear(), key=CLEAR, due=first)


def _next_due() -> datetime | None:
    rows = Ended.objects.filter(due_at__isnull=False).order_by("due_at")
    return rows.values_list("due_at", flat=True).first()


def _row(escalation: Any, person: Any, key: str, over: Over, at: datetime, settles: timedelta = SETTLES) -> Ended:
    return Ended(
        escalation_id=escalation,
        person_id=person,
        delivery_key=key,
        how=over.how.value,
        by=over.by[:200],
        edit_only=str(person or "") in over.knows,
        over_at=at,
        due_at=at + settles,
    )


def tell_ends() -> None:
    """Tell what is due: each chat's message is changed, the rest is one message for each contact method.

    What was reopened meanwhile is left alone: it pages again. Runs in the engine's transaction.
    """
    at = now()
    rows = _due(at)
    plan = _Plan(at, rows)
    for row in rows:
        plan.place(row)
    plan.send()
    # Streams before rows: in the order of whoever ends a subject, so that neither waits for the other.
    for stream, told in sorted(plan.told.items()):
        append(stream, told.event(), READER)
    Ended.objects.bulk_update(rows, ["due_at", "outcome"])
    more = _next_due()
    if more is not None:
        # At the latest in a minute: what somebody ends at this moment is not to wait for a night's quiet hours.
        enqueue(CLEAR, Clear(), key=CLEAR, due=min(max(more, at), at + LOOK_AGAIN))


def _due(at: datetime) -> list[Ended]:
    """What is due, and what the same people are to hear within a moment: one message for both. Two queries."""
    first = list(Ended.objects.filter(due_at__lte=at).order_by("due_at", "id").values_list("id", "person_id")[:BATCH])
    people = {person for _, person in first if person}
    wanted = Q(id__in=[id_ for id_, _ in first]) | Q(person__in=people, due_at__lte=at + SETTLES)
    rows = Ended.objects.filter(wanted, due_at__isnull=False)
    return list(rows.select_related("escalation", "person").order_by("over_at", "id"))


@dataclass(slots=True)
class _Told:
    """Who was told of one subject's end, and by what."""

    people: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    how: str = ""

    def event(self) -> EndTold:
        """For the subject's stream."""
        return EndTold(
            people=tuple(self.people),
            names=tuple(self.people.values()),
            channels=tuple(sorted(self.kinds)),
            how=self.how,
        )


_Letters = dict[tuple[Subject, str], list[delivery.Letter]]


class _Plan:
    """Sorts what is owed into changes and messages. A fixed number of queries to read, four to send per subject."""

    def __init__(self, at: datetime, rows: Sequence[Ended]) -> None:
        self.at = at
        self.handed = ledger.handed_over(READER, keys=[row.delivery_key for row in rows])
        self.open = _open(rows)
        self.quiet, self.wishes = _habits({str(row.person_id) for row in rows if row.person_id})
        self.told: dict[str, _Told] = defaultdict(_Told)
        self._edits: list[tuple[Ended, ledger.Handed]] = []
        self._news: dict[str, list[tuple[Ended, ledger.Handed]]] = defaultdict(list)

    def place(self, row: Ended) -> None:
        """Say what becomes of one message."""
        handed, person = self.handed.get(row.delivery_key), str(row.person_id or "")
        if not _still_so(row.how, self.open.get(subject_of(row.escalation).stream, set())):
            return self._settle(row, "reopened")
        if handed is None or handed.there is False or (handed.there is None and self.at - row.over_at > GIVE_UP):
            return self._settle(row, "unsent")
        if handed.there is None:
            row.due_at = self.at + LOOK_AGAIN
            return None
        choice = choose(
            manner_of(handed.kind),
            wish=self.wishes.get(person, Wish.QUIETLY),
            edit_only=row.edit_only,
            quiet=self.quiet.get(person),
            at=self.at,
        )
        if choice.way is Way.LATER:
            row.due_at = choice.due
        elif choice.way is Way.SPARED:
            self._settle(row, "spared")
        elif choice.way is Way.EDIT:
            self._edits.append((row, handed))
        else:
            self._news[handed.destination_id].append((row, handed))
        return None

    def send(self) -> None:
        """Put everything out, and note who was told."""
        letters: _Letters = defaultdict(list)
        for row, handed in self._edits:
            self._note(letters, [(row, handed)], f"{PURPOSE}:{row.id}")
        for found in self._news.values():
            self._note(letters, found, f"{PURPOSE}:{found[-1][0].id}")
        for (subject, purpose), few in letters.items():
            delivery.send_many(READER, letters=few, subject=subject, purpose=purpose)

    def _note(
        self,
        letters: "_Letters",
        found: Sequence[tuple[Ended, ledger.Handed]],
        key: str,
    ) -> None:
        last, handed = found[-1]
        letter = delivery.Letter(handed.destination_id, _written(found), key)
        purpose = PURPOSE_TAKEN if last.how == How.TAKEN else PURPOSE
        letters[subject_of(last.escalation), purpose].append(letter)
        for row, _ in found:
            self._settle(row, "told")
            if row.how == How.TAKEN:
                continue
            told = self.told[subject_of(row.escalation).stream]
            told.kinds.add(handed.kind)
            told.how = row.how
            if row.person is not None:
                told.people[str(row.person_id)] = row.person.name

    @staticmethod
    def _settle(row: Ended, outcome: str) -> None:
        row.due_at, row.outcome = None, outcome


def manner_of(kind: str) -> Manner:
    """What a kind of contact method is like."""
    found = capabilities_of(kind)
    return Manner(
        edits=Capability.EDITS in found,
        texts=Capability.SMS in found,
        speaks=Capability.VOICE in found,
        rings=Capability.WAKES in found,
    )


def _written(found: Iterable[tuple[Ended, ledger.Handed]]) -> Written:
    """One message for these ends, each subject once, in the words of its reader."""
    pairs = list(found)
    ends: dict[str, End] = {}
    for row, _ in pairs:
        subject = subject_of(row.escalation)
        ends[subject.stream] = End(subject, row.escalation.severity, row.how, row.by, row.over_at)
    follows = tuple(handed.id for _, handed in reversed(pairs))
    return lambda reader: over_message(list(ends.values()), reader, follows, settings.PUBLIC_URL)


def _open(rows: Sequence[Ended]) -> dict[str, set[str]]:
    """In which states paging by policy about these subjects is open, by stream. One query."""
    wanted = Q()
    for kind in {row.escalation.subject_kind for row in rows}:
        ids = {row.escalation.subject_id for row in rows if row.escalation.subject_kind == kind}
        wanted |= Q(subject_kind=kind, subject_id__in=ids)
    found: dict[str, set[str]] = defaultdict(set)
    if wanted:
        open_ = Escalation.objects.filter(wanted, called=None).exclude(state=EscalationState.STOPPED)
        for kind, id_, state in open_.values_list("subject_kind", "subject_id", "state"):
            found[f"{kind}:{id_}"].add(state)
    return found


def _still_so(how: str, states: set[str]) -> bool:
    """Whether it is still as it was to be told: over and not paged again; taken, and by nobody given back."""
    if how == How.TAKEN:
        return states == {EscalationState.ACKNOWLEDGED}
    return how == How.STOOD_DOWN or not states


def _habits(people: Collection[str]) -> tuple[dict[str, Quiet | None], dict[str, Wish]]:
    """Quiet hours and wishes of who set something. Two queries."""
    rows = list(PersonalRules.objects.select_related("person").filter(person__in=[id_of(each) for each in people]))
    zone = accounts.working_time().time_zone if rows else ""
    quiet = {str(row.person_id): quiet_of(row, row.person.time_zone, zone) for row in rows}
    return quiet, {str(row.person_id): Wish(row.all_clear) for row in rows}
