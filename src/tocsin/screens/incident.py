"""The frame around every screen of an incident: head, fixed bar, stage rail, tabs.

Hides how the state of each stage is read from the incident's picture, and which screens exist. Never writes, and
never decides what an actor may see or do: queries and commands do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tocsin.domain.incidents.permissions import INFORM, RESPOND, RESTRICT, WRITE
from tocsin.domain.incidents.queries import hub, sight, streams_of
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, OPEN_STATES, State
from tocsin.domain.incidents.views import DeadlineView, HubView, IncidentView
from tocsin.domain.obligations.permissions import VIEW as SEE_CLOCKS
from tocsin.domain.obligations.queries import LegalDueView, due_next
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration
from tocsin.screens.incident_legal import KIND, as_deadline, worst_of
from tocsin.screens.incident_stages import look_of
from tocsin.ui.access import actor_of
from tocsin.ui.parts import Stage, Tab, stages
from tocsin.ui.times import written

SCREEN_ORDER = (
    "System Monitoring Dashboard",
    "Incident Classification Panel",
    "Dependency Status Monitor",
    "Impact Assessment Tool",
    "User Impact Analysis",
    "Response Timeline Calculator",
    "Team Coordination Hub",
    "Team Notification System",
    "Role Assignment Matrix",
    "Staff Alert System",
    "Files",
    "Chat",
    "Incident Containment Dashboard",
    "Security Investigation Tools",
    "Workaround Implementation",
    "Temporary Solution Deployer",
    "User Communication Panel",
    "External Communications Hub",
    "Resolution Implementation",
    "Service Restoration Checklist",
    "Backup Selection Tool",
    "Data Integrity Checker",
    "Data Reconciliation Tool",
    "Incident Log",
    "Incident Documentation Portal",
    "Knowledge Base Update",
)
"""The order of tabs within a stage; a screen that is not named here comes last."""

STATE_LOOKS = {
    State.DETECTED: ("wait", ""),
    State.TRIAGED: ("busy", ""),
    State.RESPONDING: ("busy", ""),
    State.MITIGATED: ("ok", "shield-check"),
    State.RESOLVED: ("ok", "checks"),
    State.CLOSED: ("off", "lock"),
    State.DISMISSED: ("off", "x"),
    State.MERGED: ("off", "git-merge"),
}
"""The look (a key of `ui.marks.STATES`) and icon of each state."""

MOVE_LOOKS = {
    "triage": ("Confirm it", "circle-check"),
    "mitigate": ("Mark as mitigated", "shield-check"),
    "resolve": ("Mark as resolved", "checks"),
    "reopen": ("Reopen", "arrow-back-up"),
    "close": ("Close", "lock"),
    "merge": ("Merge into another", "git-merge"),
    "dismiss": ("Dismiss", "x"),
}
"""Moves that people make by hand, in the order of the Act menu."""

NEXT_WORDS = {
    "acknowledge": "Acknowledgement",
    "engage": "Team",
    "public_post": "First public post",
    "internal_update": "Internal update",
    "public_update": "Public update",
    "mitigate": "Mitigation",
    "resolve": "Resolution",
    "review": "Review",
}
"""What the countdown in the head calls a deadline, to be followed by 'due 03:18'."""


@dataclass(frozen=True, slots=True)
class IncidentTab:
    """A screen of an incident. `kinds` empty: of every kind; otherwise it folds under 'More' in the others."""

    screen: str
    label: str
    url_name: str
    stages: tuple[str, ...]
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActMove:
    """One entry of the Act menu."""

    label: str
    icon: str
    url: str


_tabs: dict[str, IncidentTab] = {}


def register_tab(screen: str, label: str, url_name: str, *stages: str, kinds: Iterable[str] = ()) -> None:
    """Make a screen a tab of its stages (the first one is its own). `url_name` takes the reference as `ref`."""
    _tabs[screen] = IncidentTab(screen, label, url_name, stages, tuple(kinds))


def incident_page(request: HttpRequest, ref: str, stage: str, screen: str) -> dict[str, Any]:
    """The context of a page that extends `incident/frame.html`. Raises `NotFound`, also for who may not see it.

    A fixed number of queries. `hub` is the whole `HubView`, `incident` its `IncidentView`, `may` what the viewer may;
    `sight` is for more questions about the incident.
    """
    actor = actor_of(request)
    seen = sight(actor, ref)
    picture = hub(actor, seen)
    running = due_next(actor, incident_id=picture.incident.id) if actor.has(SEE_CLOCKS) else []
    return {
        "place": "incidents",
        "hub": picture,
        "incident": picture.incident,
        "stage": stage,
        "screen": screen,
        "live_streams": ",".join(streams_of(actor, seen)),
        "sight": seen,
        "may": rights(actor, picture),
        "legal_running": running,
        **head(actor, picture, stage, screen, running),
    }


def form_page(request: HttpRequest, ref: str, stage: str, screen: str) -> dict[str, Any]:
    """The same for a page whose own button is the one primary: the bar keeps its buttons, loses the emphasis, and on a
    phone does not lie over the form.
    """
    return {**incident_page(request, ref, stage, screen), "acknowledge_kind": "", "update_kind": "", "bar_still": True}


def head(
    actor: Actor, picture: HubView, stage: str, screen: str, running: Sequence[LegalDueView] = ()
) -> dict[str, Any]:
    """What head, bar, rail and tabs show; also for refreshing only them. `running`: its legal clocks, soonest first."""
    seen = picture.incident
    due = next_due(picture, running)
    words = (running[0].regime if due.kind == KIND else NEXT_WORDS.get(due.kind, due.words)) if due else ""
    current = [tab for tab in _ordered() if stage in tab.stages and _url(tab, seen.reference)]
    own = [tab for tab in current if not tab.kinds or seen.kind in tab.kinds or tab.screen == screen]
    return {
        **_words_of_state(seen),
        "i_command": bool(seen.commander and seen.commander.id == actor.person),
        "due": due,
        "due_words": words,
        "rail": rail(picture, running),
        "rail_next": f"next: {words}" if due else "",
        "stage_label": dict(stages(security=seen.kind == "security")).get(stage, ""),
        "tabs": [Tab(t.label, _url(t, seen.reference), t.screen == screen) for t in own],
        "more_tabs": [Tab(t.label, _url(t, seen.reference)) for t in current if t not in own],
        **bar(actor, picture),
    }


def bar(actor: Actor, picture: HubView) -> dict[str, Any]:
    """What the fixed bar offers now. `bar_mark` changes whenever the bar does."""
    seen = picture.incident
    first = primary(actor, picture)
    over, taken = State(seen.state) not in ACTIVE_STATES, bool(seen.acknowledged_at)
    return {
        "primary": first,
        "acknowledge_kind": "primary",
        "update_kind": "primary" if first == "update" else "",
        "acknowledge_word": "Acknowledged" if taken else "Acknowledge",
        "acknowledge_why": f"It is {seen.state}; nobody is paged for it."
        if over and not taken
        else _acknowledged(picture),
        "team_url": _reverse("activate_response_team", seen.reference),
        "moves": moves(actor, picture),
        "bar_mark": f"{first}.{seen.state}.{'.'.join(seen.allowed)}",
    }


def moves(actor: Actor, picture: HubView) -> list[ActMove]:
    """What can be done to the state and the size of the incident, as links for the Act menu."""
    seen = picture.incident
    found = [
        ActMove(label, icon, reverse("incident_move", kwargs={"ref": seen.reference, "verb": verb}))
        for verb, (label, icon) in MOVE_LOOKS.items()
        if verb in seen.allowed
    ]
    if seen.allowed and State(seen.state) in OPEN_STATES:
        where = reverse("impact_assessment_tool", kwargs={"ref": seen.reference})
        found.append(ActMove("Assess Severity", "scale", where))
    if actor.has(RESTRICT) and State(seen.state) in OPEN_STATES:
        where = reverse("incident_access", kwargs={"ref": seen.reference})
        found.append(ActMove("Who may see it" if seen.restricted else "Restrict", "lock", where))
    return found


def rights(actor: Actor, picture: HubView) -> dict[str, bool]:
    """What the viewer may do here, so that no button is offered that would be refused."""
    state = State(picture.incident.state)
    return {
        "respond": actor.has(RESPOND),
        "act": actor.has(RESPOND) and state in ACTIVE_STATES,
        "arrange": actor.has(RESPOND) and state in OPEN_STATES,
        "write": actor.has(WRITE),
        "inform": actor.has(INFORM) and state in OPEN_STATES,
    }


def primary(actor: Actor, picture: HubView) -> str:
    """The one thing to do next: `acknowledge`, `update`, or nothing."""
    active = State(picture.incident.state) in ACTIVE_STATES
    if active and actor.has(RESPOND) and (picture.incident.acknowledged_at is None or paged(actor, picture)):
        return "acknowledge"
    return "update" if active and actor.has(INFORM) else ""


def paged(actor: Actor, picture: HubView) -> bool:
    """True when a page to the viewer waits for an answer."""
    pages = picture.paging.pages if picture.paging else ()
    return any(p.person_id == actor.person and p.state == "open" for p in pages)


def next_due(picture: HubView, running: Sequence[LegalDueView] = ()) -> DeadlineView | None:
    """The deadline that the head counts down to: the earliest that is still owed, by target or by law."""
    owed = [d for d in picture.deadlines if d.met_at is None] + [as_deadline(due) for due in running[:1]]
    return min(owed, key=lambda d: d.due_at) if owed else None


def rail(picture: HubView, running: Sequence[LegalDueView] = ()) -> list[Stage]:
    """The eight stages with what is done, due and blocked; a stage without a screen is no link.

    A legal clock that is at risk or missed is what its stage, Assess, says.
    """
    seen = picture.incident
    firsts = {tab.stages[0]: _url(tab, seen.reference) for tab in reversed(_ordered()) if _url(tab, seen.reference)}
    looks, late = look_of(picture), worst_of(running)
    if late is not None:
        looks = looks | {"assess": ("risk", f"{late.regime} {'missed' if late.standing == 'breached' else 'at risk'}")}
    return [
        Stage(key, label, firsts.get(key, ""), *looks[key]) for key, label in stages(security=seen.kind == "security")
    ]


def _words_of_state(seen: IncidentView) -> dict[str, Any]:
    state = State(seen.state)
    kind, icon = STATE_LOOKS[state]
    ended = (seen.resolved_at or seen.ended_at) if state not in ACTIVE_STATES else None
    length = whole((ended or now()) - seen.alarm_at)
    words = f"lasted {length}" if ended else f"{length} old"
    return {"state_kind": kind, "state_icon": icon, "state_word": state.word, "age_words": words}


def whole(length: timedelta) -> str:
    """A length in words, without seconds from one minute on: it does not tick."""
    minute = timedelta(minutes=1)
    return human_duration(length // minute * minute if length >= minute else length)


def _acknowledged(picture: HubView) -> str:
    at, by = picture.incident.acknowledged_at, picture.paging.acknowledged_by if picture.paging else ""
    return f"Acknowledged {written(at, 'clock')}{f' by {by}' if by else ''}" if at else ""


def _ordered() -> list[IncidentTab]:
    last = len(SCREEN_ORDER)
    places = {label: n for n, label in enumerate(SCREEN_ORDER)}
    return sorted(_tabs.values(), key=lambda tab: (places.get(tab.label, last), tab.label))


def _url(tab: IncidentTab, reference: str) -> str:
    return _reverse(tab.url_name, reference)


def _reverse(name: str, reference: str) -> str:
    try:
        return reverse(name, kwargs={"ref": reference})
    except NoReverseMatch:
        return ""
