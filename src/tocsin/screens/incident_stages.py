"""How each of the eight stages of an incident stands, read from its picture. Pure; reads and writes nothing."""

from collections.abc import Callable
from datetime import datetime

from tocsin.domain.incidents.rules.states import ACTIVE_STATES, FINAL_STATES, State
from tocsin.domain.incidents.views import DeadlineView, HubView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.times import written

Standing = tuple[str, str]
"""A state of `ui.marks.STAGE_STATES`, and the small line below the stage's name."""


def look_of(picture: HubView) -> dict[str, Standing]:
    """Every stage with its state and note."""
    return {key: stand(picture) for key, stand in _STAGES.items()}


def _detect(picture: HubView) -> Standing:
    seen = picture.incident
    if State(seen.state) is State.MERGED:
        return "done", "Merged"
    by = _count(len(picture.groups), "group") if picture.groups else "a person"
    if State(seen.state) is State.DETECTED:
        return "due", "Confirm or dismiss"
    return "done", f"{_time(seen.alarm_at)}, by {by}"


def _assess(picture: HubView) -> Standing:
    seen = picture.incident
    word = Severity(seen.severity).word
    if State(seen.state) in FINAL_STATES or seen.severity_source in ("matrix", "override"):
        return "done", word
    if seen.severity == Severity.UNKNOWN:
        return "due", "Severity unknown"
    return ("done", word) if seen.triaged_at else ("run", f"{word} proposed")


def _respond(picture: HubView) -> Standing:
    seen = picture.incident
    if State(seen.state) not in ACTIVE_STATES:
        return ("done", _held(picture)) if seen.acknowledged_at else ("off", "")
    if seen.acknowledged_at is None:
        late = _owed(picture, "acknowledge")
        return ("risk" if late and late.standing == "breached" else "due"), "Nobody has it yet"
    if seen.commander is None:
        return "risk", "Nobody commands"
    return ("done" if State(seen.state) is State.MITIGATED else "run"), _held(picture)


def _contain(picture: HubView) -> Standing:
    seen = picture.incident
    if seen.mitigated_at and State(seen.state) is not State.RESPONDING:
        return "done", _time(seen.mitigated_at)
    if State(seen.state) is not State.RESPONDING:
        return "off", ""
    return _by_deadline(_owed(picture, "mitigate"), "run", "Under way")


def _communicate(picture: HubView) -> Standing:
    owed = [d for d in (picture.next_internal, picture.next_public) if d is not None]
    if owed and State(picture.incident.state) in ACTIVE_STATES:
        first = min(owed, key=lambda d: d.due_at)
        return _by_deadline(first, "due", "", "Internal" if first is picture.next_internal else "Public")
    return ("done", _count(len(picture.updates), "update")) if picture.updates else ("off", "")


def _resolve(picture: HubView) -> Standing:
    seen = picture.incident
    if seen.resolved_at and State(seen.state) not in ACTIVE_STATES:
        return "done", _time(seen.resolved_at)
    if State(seen.state) in FINAL_STATES:
        return "off", ""
    if State(seen.state) is State.MITIGATED:
        return _by_deadline(_owed(picture, "resolve"), "run", "Under way")
    return "stop", "After containment" if seen.kind == "security" else "After mitigation"


def _recover(picture: HubView) -> Standing:
    return "off", ""


def _document(picture: HubView) -> Standing:
    seen = picture.incident
    if State(seen.state) is State.CLOSED:
        return "done", f"Closed {_time(seen.closed_at)}" if seen.closed_at else "Closed"
    review = _owed(picture, "review")
    if State(seen.state) is State.RESOLVED and review is not None:
        return ("risk" if review.standing == "breached" else "due"), f"Review by {written(review.due_at, 'day')}"
    held = next((d.met_at for d in picture.deadlines if d.kind == "review" and d.met_at), None)
    return ("done", f"Reviewed {written(held, 'date')}") if held else ("off", "")


_STAGES: dict[str, Callable[[HubView], Standing]] = {
    "detect": _detect,
    "assess": _assess,
    "respond": _respond,
    "contain": _contain,
    "communicate": _communicate,
    "resolve": _resolve,
    "recover": _recover,
    "document": _document,
}


def _by_deadline(due: DeadlineView | None, calm: str, without: str, word: str = "") -> Standing:
    if due is None:
        return calm, without
    late = due.standing == "breached"
    said = "missed" if late else f"due {_time(due.due_at)}"
    return ("risk" if late or due.standing == "at_risk" else calm), _sentence(f"{word} {said}".strip())


def _sentence(text: str) -> str:
    """With a capital in front, and the names of months as they are."""
    return text[:1].upper() + text[1:]


def _owed(picture: HubView, kind: str) -> DeadlineView | None:
    return next((d for d in picture.deadlines if d.kind == kind and d.met_at is None), None)


def _held(picture: HubView) -> str:
    missing = len({warning.role for warning in picture.warnings if not _is_held(picture, warning.role)})
    held = len(picture.roles)
    return f"{held} of {held + missing} roles held" if missing else _count(held, "role") + " held"


def _is_held(picture: HubView, role: str) -> bool:
    return any(held.role == role for held in picture.roles)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _time(at: datetime) -> str:
    return written(at)
