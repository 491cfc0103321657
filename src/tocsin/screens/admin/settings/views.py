"""All settings on one page, each with what it is for; only those that are installed are listed."""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.ui.access import ScreenRequest
from tocsin.ui.demonstration import demonstration


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen of settings. `role`: who else sees no link to it."""

    name: str
    title: str
    icon: str
    words: str
    role: str = ""


ENTRIES = (
    Entry("profile", "Profile", "user", "Your name, zone, look and ways to sign in"),
    Entry("contact_methods", "Contact methods", "phone", "How pages reach you, in which order, and a test of each"),
    Entry(
        "channels",
        "Channels",
        "antenna-bars-5",
        "What messages leave through: Twilio, gateways, push, chat",
        "administrator",
    ),
    Entry("people", "People", "users", "Who works here and what they may do"),
    Entry("teams", "Teams", "users-group", "People who look after services together"),
    Entry("response_teams", "Response teams", "users-plus", "Whom to call together, by kind and size of incident"),
    Entry("incident_role_kinds", "Incident roles", "user-check", "Skills and standing duties of each role"),
    Entry("services", "Services", "puzzle", "What you run, who owns it, what breaks with it"),
    Entry("on_call", "On call", "phone-call", "Rotations, overrides and who is paged after whom"),
    Entry("integrations", "Integrations", "plug-connected", "What sends alerts, its address and key, a test alert"),
    Entry("checks", "Checks", "activity", "What Tocsin asks by itself: web addresses, ports, names, heartbeats"),
    Entry("alert_rules", "Alert rules", "bell-off", "Maintenance windows, inhibitions, silences, unread signals"),
    Entry(
        "incident_templates", "Incident templates", "template", "To declare incidents of a known sort in two presses"
    ),
    Entry("targets", "Deadline targets", "target", "What an incident owes by when, for each severity"),
    Entry("severity_matrix", "Severity matrix", "scale", "What Assess Severity proposes for which answers"),
    Entry("clocks", "Legal clocks", "gavel", "Whom laws and contracts want told, by when, with citations"),
    Entry("status_page", "Status page", "world", "What users see, its components, texts and subscribers"),
    Entry("tokens", "API tokens", "key", "What programs may do", role="administrator"),
    Entry("organisation", "Organisation", "settings", "Name, hours, holidays, catch-all people"),
)


def index(request: ScreenRequest) -> HttpResponseBase:
    """Every settings screen that this person may open."""
    roles = {str(role) for role in request.actor.roles}
    demo = demonstration() if request.actor.has(MANAGE_PEOPLE) else None
    shown = [(entry, _url(entry.name)) for entry in ENTRIES if not entry.role or entry.role in roles]
    return render(request, "settings/index.html", {"entries": [pair for pair in shown if pair[1]], "demo": demo})


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
