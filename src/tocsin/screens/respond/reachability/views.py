"""The findings of the audit as a list that people filter, sort and take away; and looking again now."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.assurance import commands, queries
from tocsin.domain.assurance.permissions import AUDIT
from tocsin.domain.assurance.queries import ReachabilityFinding
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import severity, when
from tocsin.ui.times import on_wall

SEVERITIES = [(s.value, s.word) for s in Severity if s is not Severity.UNKNOWN]


def _finding(view: ReachabilityFinding) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta"><bdi>{}</bdi></span></div>',
        view.url,
        on_wall(view.sentence),
        view.mend,
    )


COLUMNS: list[Column[ReachabilityFinding]] = [
    Column("finding", "What would go wrong, and the mend", _finding, plain=lambda f: f.sentence),
    Column(
        "severity",
        "Severity",
        lambda f: severity(f.severity),
        plain=lambda f: f.severity,
    ),
    Column("kind", "Kind", lambda f: f.what, sort="kind", narrow=False),
    Column("since", "Since", lambda f: when(f.since), sort="since", plain=lambda f: f.since),
]
PLAIN: list[Column[ReachabilityFinding]] = [
    Column("severity", "Severity", lambda f: f.severity),
    Column("kind", "Kind", lambda f: f.what),
    Column("finding", "Finding", lambda f: f.sentence),
    Column("mend", "Mend", lambda f: f.mend),
    Column("since", "Since", lambda f: f.since),
    Column("told", "Told", lambda f: f.told_at),
    Column("url", "Where", lambda f: f.url),
]
_KINDS = Filter("kind", "Kind", [(word, word) for word in queries.KINDS.values()])
TABLE: Table[ReachabilityFinding] = Table(
    "reachability", "Findings", COLUMNS, filters=[Filter("severity", "Severity", SEVERITIES), _KINDS], size=50
)
CSV: Table[ReachabilityFinding] = Table("reachability", "Findings", PLAIN, filters=TABLE.filters)


@require_safe
def reachability(request: ScreenRequest) -> HttpResponseBase:
    """What stands, worst first; what was mended lately below it. A fixed number of queries."""
    found = queries.findings(request.actor)
    mended = queries.findings(request.actor, ended=True, limit=10)
    context: dict[str, Any] = {
        "found": found,
        "counts": queries.counts(request.actor),
        "table": TABLE.page(request, from_list(found, COLUMNS)),
        "mended": mended,
        "looked_at": queries.looked_at(request.actor),
        "may_look": request.actor.has(AUDIT),
        "place": "oncall",
    }
    return CSV.csv(request, from_list(found, PLAIN)) or render(request, "reachability/reachability.html", context)


@require_POST
def look(request: ScreenRequest) -> HttpResponseBase:
    """Have the audit look now, for whoever has just mended something."""
    left = commands.audit(request.actor)
    messages.success(
        request, f"{left} finding{'' if left == 1 else 's'} left." if left else "Everybody can be reached."
    )
    return redirect("reachability")
