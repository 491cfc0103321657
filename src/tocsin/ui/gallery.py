"""Every component on one page, light and dark: for development and for the browser tests. Never in production.

The words are those of the design's mocks, so that a picture can be held beside them.
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from tocsin.kernel.clock import now
from tocsin.ui.access import public
from tocsin.ui.forms import DurationField, InstantField, Levels, ScreenForm, TypedConfirmation
from tocsin.ui.parts import Chip, Day, Stage, Tab, stages
from tocsin.ui.plots import Line, Mark, Plot
from tocsin.ui.tables import Column, Filter, Query, Slice, Table, from_list
from tocsin.ui.templatetags.tocsin import severity

LAYOUTS = ("app", "incident", "reading", "phone", "bare", "empty")


class GalleryForm(ScreenForm):
    """One field of each kind."""

    draft = "gallery"
    sources = {"title": "alert, 02:47"}
    title = forms.CharField(label="Title", help_text="What people see, in one line.")
    team = forms.ChoiceField(label="Team", choices=[("", "Choose a team"), ("pay", "Payments"), ("db", "Databases")])
    words = forms.CharField(label="What happened", widget=forms.Textarea, required=False)
    people = forms.MultipleChoiceField(
        label="People",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(f"p{n}", f"Person {n}") for n in range(60)],
    )
    zone = forms.ChoiceField(
        label="Zone", choices=[("", "–"), *((f"z{n}", f"Zone {n}") for n in range(60))], required=False
    )
    users = forms.ChoiceField(
        label="Users", widget=forms.RadioSelect, choices=[("most", "More than half"), ("some", "Some: under a tenth")]
    )
    level = forms.ChoiceField(label="Level", widget=Levels, choices=[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")])
    wait = DurationField(label="Wait", required=False)
    since = InstantField(label="Since", required=False)
    public = forms.BooleanField(label="Show it on the public page", required=False)


ROWS = [
    ("Charged twice after the page froze", "TCK-1187", "high", 71),
    ("All 14 tills stand still, we open at six", "TCK-1203", "critical", 96),
    ("Card payment spins for ever", "TCK-1201", "high", 98),
    ("Where do I find my invoice for October", "TCK-1192", "low", 99),
    ("Slot for tomorrow vanished from my order", "TCK-1189", "medium", 86),
]
Row = tuple[str, str, str, int]
COLUMNS: list[Column[Row]] = [
    Column(
        "subject",
        "Ticket",
        lambda r: format_html(
            '<div class="t-subj"><a class="t-cut" href="#">{}</a>'
            '<span class="t-meta"><span class="t-ref">{}</span></span></div>',
            r[0],
            r[1],
        ),
        sort="subject",
        plain=lambda r: r[0],
    ),
    Column("severity", "Severity", lambda r: severity(r[2]), plain=lambda r: r[2]),
    Column("sure", "Sure", lambda r: f"{r[3]}\N{NO-BREAK SPACE}%", sort="sure", number=True, plain=lambda r: r[3]),
]
TABLE: Table[Row] = Table(
    "tickets",
    "Tickets to sort",
    COLUMNS,
    [Filter("severity", "Severity", [("high", "High"), ("low", "Low")])],
    size=3,
)


def fetch(query: Query) -> Slice[Row]:
    """Rows of the example table."""
    return from_list(ROWS, COLUMNS)(query)


@public
def show(request: HttpRequest, layout: str = "app") -> HttpResponse:
    """`/ui/gallery`, and `/ui/gallery/<layout>` for the other layouts."""
    name = layout if layout in LAYOUTS else "app"
    return TABLE.csv(request, fetch) or render(request, f"ui/gallery/{name}.html", _examples(request))


def _examples(request: HttpRequest) -> dict[str, Any]:
    moment = now()
    wrong = GalleryForm({"title": "", "team": "pay", "wait": "soon", "users": "most", "level": "2"})
    wrong.is_valid()
    return {
        "table": TABLE.page(request, fetch),
        "chips": [Chip("To sort", "#", True, 38), Chip("Unsure", "#", False, 4), Chip("At risk", "#", False, 2)],
        "form": GalleryForm(initial={"title": "Checkout failing", "level": "2"}),
        "wrong": wrong,
        "typed": TypedConfirmation(expected="pg-main"),
        "stages": _stages(),
        "tabs": [
            Tab("Team Coordination Hub", "#", True),
            Tab("Team Notification System", "#"),
            Tab("Incident Log", "#"),
        ],
        "more_tabs": [Tab("Staff Alert System", "#")],
        "days": [_day(n) for n in range(90)],
        "numbers": [0.4, 0.5, 0.4, 0.6, 0.5, 0.4, 0.5, 12.0, 31.0, 38.2],
        "abnormal": [False] * 7 + [True] * 3,
        "calm_due": moment + timedelta(minutes=6, seconds=48),
        "calm_start": moment - timedelta(minutes=13),
        "risk_due": moment + timedelta(minutes=2),
        "risk_start": moment - timedelta(minutes=18),
        "missed_due": moment - timedelta(minutes=2),
        "far_due": moment + timedelta(hours=3, minutes=36),
        "moment": moment,
        "plot": _plot(moment),
        "output": "03:10:52  pg_ctl promote\n03:10:58  waiting for server to promote",
        "before": moment - timedelta(minutes=14),
    }


def _plot(moment: datetime) -> Plot:
    """An hour of errors that begin to rise after forty minutes."""
    start = moment - timedelta(hours=1)
    rising = [0.6 + (n % 7) / 20 for n in range(40)] + [min(38.2, 4.0 * (n - 39) ** 1.5) for n in range(40, 61)]
    return Plot(
        label="Errors between 0.6 and 0.9 % until the last 20 minutes, then up to 38.2 %.",
        times=[start + timedelta(minutes=n) for n in range(61)],
        lines=[
            Line("Today", rising, "s1", [n >= 41 for n in range(61)]),
            Line("Last Tuesday", [0.8 + (n % 5) / 10 for n in range(61)], "was"),
        ],
        start=start,
        end=moment,
        unit="%",
        marks=[Mark(start + timedelta(minutes=26), "deploy 8841"), Mark(start + timedelta(minutes=41), "INC-42")],
        regions=[(start + timedelta(minutes=41), moment)],
        legend=(("s1", "today"), ("hot", "not well"), ("was", "last Tuesday")),
    )


def _day(n: int) -> Day:
    troubles = {
        3: Day("warn", 0.1),
        40: Day("warn", 0.2),
        41: Day("high", 0.5),
        70: Day("care", 0.4),
        89: Day("bad", 1),
    }
    return Day("none") if n < 2 else troubles.get(n, Day("ok"))


def _stages() -> list[Stage]:
    look = {
        "detect": ("done", "02:47, by 3 alerts"),
        "assess": ("done", "02:56, Critical"),
        "respond": ("run", "5 of 6 here"),
        "contain": ("run", "Failover, step 5 of 7"),
        "communicate": ("due", "Internal due 03:18"),
        "resolve": ("stop", "After mitigation"),
        "recover": ("off", ""),
        "document": ("off", "Review by Fri"),
    }
    return [Stage(key, label, f"#{key}", *look[key]) for key, label in stages()]
