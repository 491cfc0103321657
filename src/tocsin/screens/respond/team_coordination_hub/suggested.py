"""Words for the next internal update, from what happened since the last one. Pure; a person always reads them first."""

from datetime import datetime

from tocsin.domain.incidents.queries import HubView, TimelineEntry
from tocsin.domain.incidents.rules.states import State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.times import written

_TELLS = ("incidents.", "oncall.acknowledged", "alerts.group_opened", "alerts.group_quiet")
_NOISE = {
    "incidents.changed",
    "incidents.status_update_sent",
    "incidents.deadline_at_risk",
    "incidents.deadline_breached",
    "incidents.hand_over_due",
    "incidents.member_added",
    "incidents.member_removed",
}
MOST = 8


def happened(entries: list[TimelineEntry], since: datetime | None) -> list[TimelineEntry]:
    """What is worth telling of the entries after `since`, oldest first, the newest eight."""
    fresh = [e for e in entries if e.type.startswith(_TELLS) and e.type not in _NOISE and (not since or e.at > since)]
    return fresh[:MOST][::-1]


def internal_text(picture: HubView, since: list[TimelineEntry]) -> str:
    """A first draft: severity and state, what happened, what is open, when the next word comes."""
    seen = picture.incident
    lead = f", led by {seen.commander.name}" if seen.commander else ", nobody commands yet"
    lines = [f"{seen.reference} is {Severity(seen.severity).word}, {State(seen.state).word.lower()}{lead}."]
    lines += [f"{written(e.at, 'time')} {line(e)}" for e in since]
    open_tasks = [task for task in picture.tasks if task.state == "open"]
    if open_tasks:
        lines.append(
            "Next: " + "; ".join(t.title + (f" ({t.owner.name})" if t.owner else "") for t in open_tasks) + "."
        )
    return "\n".join(lines)


def line(entry: TimelineEntry) -> str:
    """One entry in a line: what a person wrote is quoted in full, everything else is its sentence."""
    if entry.type == "incidents.noted":
        return f"{entry.actor_name}: {entry.body}"
    if entry.type == "incidents.decided":
        return f"{entry.actor_name} decided: {entry.body}"
    return f"{entry.actor_name} {entry.sentence}"
