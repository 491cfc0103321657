"""Single alerts: all of them, and those of one incident or of one of its groups; labels, since when, from where."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from tocsin.domain.alerts import queries
from tocsin.domain.alerts.queries import AlertFilter, AlertRow, GroupRow
from tocsin.domain.alerts.views import OPEN_STATES
from tocsin.domain.incidents.queries import HubView
from tocsin.screens.detect.incident_classification_panel.forms import SEVERITIES
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.screens.incident import incident_page
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Query, Slice, Table
from tocsin.ui.templatetags.tocsin import severity, state, when

MOST_LABELS = 6
"""Labels that stand in a row; the alert's own page has all of them."""
_LOOKS = {
    "firing": ("bad", "Firing", "bell-ringing"),
    "acknowledged": ("busy", "Acknowledged", "bell"),
    "stale": ("unknown", "Stale", ""),
    "resolved": ("ok", "Resolved", ""),
}
FILTERS = (
    Filter("state", "State", [(value, _LOOKS[value][1]) for value in (*OPEN_STATES, "resolved")]),
    Filter("severity", "Severity", SEVERITIES),
)


def labels_of(alert: AlertRow, group: GroupRow | None = None) -> SafeString:
    """The first few labels of an alert, without those that its group has in common."""
    shared = group.labels if group else {}
    own = [(name, value) for name, value in alert.labels.items() if shared.get(name) != value]
    shown = format_html_join(" ", '<bdi class="t-mono">{}="{}"</bdi>', own[:MOST_LABELS])
    more = len(own) - MOST_LABELS
    return format_html("{} and {} more", shown, more) if more > 0 else shown


def state_of(alert: AlertRow) -> SafeString:
    """Its state as icon and word, and whether anything keeps it quiet."""
    kind, word, icon = _LOOKS[alert.state]
    return state(kind, f"{word}, kept quiet" if alert.muted else word, "bell-off" if alert.muted else icon)


def columns(groups: Mapping[str, GroupRow]) -> list[Column[AlertRow]]:
    """What a list of alerts shows of each; labels that a group of `groups` has in common are left out."""

    def subject(alert: AlertRow) -> SafeString:
        return format_html(
            '<div class="t-subj"><a href="{}"><b><bdi>{}</bdi></b></a><span class="t-meta">{}</span></div>',
            reverse("alert_way", args=[alert.id]),
            alert.title,
            labels_of(alert, groups.get(alert.group_id or "")),
        )

    return [
        Column("title", "Alert", subject, plain=lambda a: a.title),
        Column("severity", "Severity", lambda a: severity(a.severity), plain=lambda a: a.severity),
        Column("state", "State", state_of, plain=lambda a: f"{a.state}, kept quiet" if a.muted else a.state),
        Column("service", "Service", lambda a: a.service or "none", narrow=False, plain=lambda a: a.service),
        Column("since", "Since", lambda a: when(a.starts_at), plain=lambda a: a.starts_at),
        Column(
            "source", "Source", lambda a: format_html("<bdi>{}</bdi>", a.integration), plain=lambda a: a.integration
        ),
        Column("count", "Times", lambda a: a.count, number=True, narrow=False),
    ]


TABLE: Table[AlertRow] = Table("alerts", "Alerts", columns({}), filters=FILTERS)


def _asked(query: Query, states: tuple[str, ...], groups: tuple[str, ...] = ()) -> AlertFilter:
    chosen = query.filters
    return AlertFilter(
        states=(chosen["state"],) if "state" in chosen else states,
        severities=(chosen["severity"],) if "severity" in chosen else (),
        group_ids=groups,
        text=query.text,
        limit=query.limit,
        before=query.after,
    )


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All alerts, newest first, with filters; the rest of a long list by its cursor."""

    def fetch(query: Query) -> Slice[AlertRow]:
        page = queries.alerts(request.actor, _asked(query, OPEN_STATES))
        return Slice(page.alerts, next=page.next)

    context = {"place": "incidents", "tabs": tabs("classification_alerts"), "table": TABLE.page(request, fetch)}
    return TABLE.csv(request, fetch) or render(request, "incident_classification_panel/alerts.html", context)


@require_safe
def of_incident(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The alerts of one incident, whatever their state; `group` in the address leaves those of one group."""
    context = incident_page(request, ref, "detect", "incident_classification_panel")
    picture: HubView = context["hub"]
    ids = [group.group_id for group in picture.groups]
    groups = {row.id: row for row in queries.groups(request.actor, ids)} if ids else {}
    table, fetch = _table_of(groups), _fetch(request, groups)
    context |= {"table": table.page(request, fetch), "group": groups.get(request.GET.get("group", ""))}
    return table.csv(request, fetch) or render(request, "incident_classification_panel/members.html", context)


def _table_of(groups: Mapping[str, GroupRow]) -> Table[AlertRow]:
    chosen = [(row.id, f"{row.title}, {row.counted}") for row in groups.values()]
    more = (Filter("group", "Group", chosen),) if len(groups) > 1 else ()
    return Table(
        "incident-alerts", "Alerts of the incident", columns(groups), filters=(*more, *FILTERS), keeps_views=False
    )


def _fetch(request: ScreenRequest, groups: Mapping[str, GroupRow]) -> Callable[[Query], Slice[AlertRow]]:
    def fetch(query: Query) -> Slice[AlertRow]:
        wanted = request.GET.get("group", "")
        of = tuple(id_ for id_ in groups if not wanted or id_ == wanted)
        if not of:
            return Slice([], 0)
        asked = _asked(query, (), of)
        found = queries.alerts(request.actor, asked)
        return Slice(found.alerts, queries.alert_count(request.actor, replace(asked, before="")), found.next)

    return fetch
