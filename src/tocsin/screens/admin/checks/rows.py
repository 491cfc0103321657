"""The table of checks: its columns and filters."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.domain.monitoring.ports import HEARTBEAT, probes
from tocsin.domain.monitoring.queries import CheckView
from tocsin.screens import check_looks as looks
from tocsin.ui.tables import Column, Filter, Table
from tocsin.ui.templatetags.tocsin import state, when


def _name(view: CheckView) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta"><bdi>{}</bdi></span></div>',
        reverse("check", args=[view.id]),
        view.name,
        view.target or looks.kind_name(view.kind),
    )


def _answer(view: CheckView) -> SafeString:
    return format_html('<bdi class="t-answer">{}</bdi>', view.answer or "none yet")


def _short(kind: str) -> str:
    return kind.capitalize() if kind == HEARTBEAT else kind.upper()


COLUMNS: list[Column[CheckView]] = [
    Column("name", "Check", _name, sort="name", plain=lambda c: c.name),
    Column("state", "State", lambda c: state(*looks.look(c)), sort="state", plain=lambda c: c.state),
    Column("service", "Service", lambda c: c.service or "none", sort="service", plain=lambda c: c.service),
    Column(
        "answer",
        "Last answer",
        lambda c: format_html('<span class="t-answer">{}</span>', c.answer or "none yet"),
        narrow=False,
        plain=lambda c: c.answer,
    ),
    Column(
        "latency",
        "Took",
        lambda c: looks.took(c.latency_ms),
        sort="latency",
        number=True,
        plain=lambda c: c.latency_ms if c.latency_ms is not None else "",
    ),
    Column(
        "asked",
        "Last asked",
        lambda c: when(c.last_at) if c.last_at else "never",
        sort="asked",
        narrow=False,
        plain=lambda c: c.last_at or "",
    ),
    Column("kind", "Kind", lambda c: _short(c.kind), sort="kind", narrow=False, plain=lambda c: c.kind),
]
TABLE: Table[CheckView] = Table(
    "checks",
    "Checks",
    COLUMNS,
    filters=[
        Filter("state", "State", looks.STATES),
        Filter("kind", "Kind", [*((name, probe.label) for name, probe in probes().items()), (HEARTBEAT, "Heartbeat")]),
    ],
    sort="state",
)
