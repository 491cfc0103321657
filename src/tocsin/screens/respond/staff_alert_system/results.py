"""The table of those who were asked, and the split by team and site."""

from collections import Counter

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.domain.broadcasts.queries import AskedView
from tocsin.ui.tables import Column, Filter, Table
from tocsin.ui.templatetags.tocsin import state, when

LOOKS = {
    "answered": ("ok", "Answered"),
    "waiting": ("wait", "No answer yet"),
    "unreachable": ("bad", "Not reached"),
}
ALERT_LOOKS = {
    "scheduled": ("wait", "Scheduled"),
    "sending": ("busy", "Being sent"),
    "open": ("busy", "Waiting for answers"),
    "closed": ("off", "Closed"),
}


def _answer(row: AskedView) -> SafeString:
    kind, word = LOOKS[row.state]
    if row.state != "answered":
        return state(kind, word)
    told = when(row.answered_at, "clock")
    return format_html('{}<br><span class="t-meta">{} by {}</span>', state(kind, row.answer), told, row.via)


def _name(row: AskedView) -> str:
    return row.person


COLUMNS: list[Column[AskedView]] = [
    Column(
        "person", "Person", lambda r: format_html("<bdi>{}</bdi>", r.person), sort="person", plain=lambda r: r.person
    ),
    Column("answer", "Answer", _answer, sort="answer", plain=lambda r: r.answer or LOOKS[r.state][1]),
    Column("team", "Teams", lambda r: ", ".join(r.teams), plain=lambda r: ", ".join(r.teams), narrow=False),
    Column("site", "Site", lambda r: r.site, sort="site", plain=lambda r: r.site, narrow=False),
    Column("times", "Asked", lambda r: f"{r.times} times" if r.times != 1 else "once", plain=lambda r: r.times),
    Column("state", "State", lambda r: r.state, sort="state", plain=lambda r: r.state),
]
TABLE: Table[AskedView] = Table(
    "asked",
    "Who was asked",
    COLUMNS[:-1],
    filters=[Filter("state", "Answer", [(value, word) for value, (_, word) in LOOKS.items()])],
    search=True,
    sort="",
)


def split(rows: list[AskedView]) -> list[tuple[str, int, int]]:
    """(site or team, answered, asked) for each, the least answered first; a person counts in each of their teams."""
    asked: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for row in rows:
        for name in dict.fromkeys([*row.teams, *([row.site] if row.site else [])]):
            asked[name] += 1
            answered[name] += row.state == "answered"
    parts = [(name, answered[name], count) for name, count in asked.items()]
    return sorted(parts, key=lambda part: (part[1] / part[2], part[0].casefold()))
