"""Words for the next update, from what happened since the last one. Pure; a person always reads them first.

The internal text is made from the log. The public one is made only from what the public knows already: the names of
components of the status page, the state, the promised time. No word of the log, of a person, of a service inside or
of another incident can get into it, and a restricted incident has none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tocsin.domain.incidents.queries import DeadlineView, HubView, TimelineEntry
from tocsin.domain.incidents.rules.states import State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.ui.times import written

_CHANGED = {
    "incidents.declared",
    "incidents.detected",
    "incidents.confirmed",
    "incidents.responding",
    "incidents.mitigated",
    "incidents.resolved",
    "incidents.reopened",
    "incidents.assessed",
    "incidents.severity_raised",
    "incidents.absorbed",
    "incidents.alerts_quiet",
    "incidents.alerts_back",
    "incidents.role_taken",
    "incidents.fix_validated",
    "incidents.incident_linked",
    "incidents.change_linked",
    "oncall.acknowledged",
}
_DECIDED = {"incidents.decided", "incidents.decision_revoked"}
_SAID = {"incidents.noted"}
_DONE = "finished a task: "
MOST = 6
"""Lines of one part; the newest count, the whole story is in the timeline."""


def happened(entries: Sequence[TimelineEntry], since: datetime | None) -> list[TimelineEntry]:
    """What is worth telling of the entries after `since`, oldest first."""
    told = _CHANGED | _DECIDED | _SAID
    fresh = [e for e in entries if not since or e.at > since]
    return [e for e in reversed(fresh) if e.type in told or e.sentence.startswith(_DONE)]


def internal_text(picture: HubView, since: Sequence[TimelineEntry]) -> str:
    """A first draft for staff: how it stands, what changed, what was decided, what is being done, what comes next."""
    seen = picture.incident
    lead = f", led by {seen.commander.name}" if seen.commander else ", nobody commands yet"
    parts = [
        [f"{seen.reference} is {Severity(seen.severity).word}, {State(seen.state).word.lower()}{lead}."],
        _part("What changed", (_event(e) for e in since if e.type in _CHANGED or e.sentence.startswith(_DONE))),
        _part("What was decided", (_event(e, quoted=True) for e in since if e.type in _DECIDED)),
        _part("What people saw", (_event(e, quoted=True) for e in since if e.type in _SAID)),
        _part("Being done", _tasks(picture)),
        _part("Next", _next(picture)),
    ]
    if picture.next_internal is not None:
        parts.append([f"Next update by {written(following(picture.next_internal, now()), 'zone')}."])
    return "\n\n".join("\n".join(part) for part in parts if part)


def public_text(picture: HubView, components: Sequence[str], *, first: bool) -> str:
    """A first draft for users: what they notice, what is being done, when the next word comes. Empty if restricted.

    `components` are names of the status page; `first`: nothing was told outside yet.
    """
    seen = picture.incident
    if seen.restricted:
        return ""
    what = _listed(components) if components else "our service"
    words = {
        State.MITIGATED: f"The problem with {what} has eased. We are watching whether it stays so.",
        State.RESOLVED: f"The problem with {what} is solved. Thank you for your patience.",
    }.get(State(seen.state))
    if words is None:
        begin = "We are looking into" if first else "We are still working on"
        words = f"{begin} a problem with {what}."
    if picture.next_public is not None and State(seen.state) is not State.RESOLVED:
        words += f" Next update by {written(following(picture.next_public, now()), 'zone')}."
    return words


def following(due: DeadlineView, at: datetime) -> datetime:
    """When the update after this one is due if this one goes out now: the cadence begins anew with each."""
    return at + (due.due_at - due.starts_at)


def _part(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    left = len(found) - MOST
    more = [f"- and {left} more in the timeline"] if left > 0 else []
    return [f"{title}:", *(f"- {line}" for line in found[-MOST:]), *more] if found else []


def _event(entry: TimelineEntry, *, quoted: bool = False) -> str:
    who = "" if entry.actor_name == "Tocsin" else f"{entry.actor_name}: " if quoted else f"{entry.actor_name} "
    what = _short(entry.body) if quoted else entry.sentence
    prefix = "revoked: " if entry.type == "incidents.decision_revoked" else ""
    return f"{written(entry.at, 'time')} {who}{prefix}{what}"


def _short(text: str, longest: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest].rstrip()}…"


def _tasks(picture: HubView) -> Iterable[str]:
    for task in picture.tasks:
        if task.state == "open":
            owner = f" ({task.owner.name})" if task.owner else " (nobody has it)"
            due = (
                f", {'overdue since' if task.overdue else 'due'} {written(task.due_at, 'time')}" if task.due_at else ""
            )
            yield f"{task.title}{owner}{due}"


def _next(picture: HubView) -> Iterable[str]:
    updates = {"internal_update", "public_update", "review"}
    for due in sorted(picture.deadlines, key=lambda d: d.due_at):
        if due.met_at is None and due.kind not in updates:
            word = "was due" if due.standing == "breached" else "is due"
            yield f"{due.words} {word} {written(due.due_at)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
