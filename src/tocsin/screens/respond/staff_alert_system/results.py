"""The table of those who were asked, and the split by team and site."""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.domain.broadcasts.queries import AlertView, AskedView
from tocsin.ui.parts import Chip
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


def _person(row: AskedView) -> SafeString:
    """The name; a phone calls from here whoever is silent, or needs help."""
    name = format_html("<bdi>{}</bdi>", row.person)
    if not row.phone:
        return name
    return format_html('{}<br><a class="t-meta" dir="ltr" href="tel:{}">{}</a>', name, row.phone, row.phone)


def _answered(row: AskedView) -> str:
    return row.answer or LOOKS[row.state][1]


COLUMNS: list[Column[AskedView]] = [
    Column("person", "Person", _person, sort="person", plain=lambda r: r.person),
    Column("answer", "Answer", _answer, sort="answer", plain=_answered),
    Column("team", "Teams", lambda r: ", ".join(r.teams), plain=lambda r: ", ".join(r.teams), narrow=False),
    Column("site", "Site", lambda r: r.site, sort="site", plain=lambda r: r.site, narrow=False),
    Column("times", "Asked", lambda r: f"{r.times} times" if r.times != 1 else "once", plain=lambda r: r.times),
    Column("state", "State", lambda r: r.state, sort="state", plain=lambda r: r.state),
    Column("phone", "Phone", lambda r: r.phone),
    Column("via", "Answered by", lambda r: r.via),
    Column("sent", "Sent", lambda r: r.sent_at),
    Column("answered", "Answered", lambda r: r.answered_at),
]
_SHOWN = 5


def table_of(alert: AlertView) -> Table[AskedView]:
    """The table, with each answer of this alert to filter by."""
    choices = [(word, word) for word in (*alert.answers, LOOKS["waiting"][1], LOOKS["unreachable"][1])]
    filters = [Filter("answer", "Answer", choices)]
    return Table("asked", "Who was asked", COLUMNS[:_SHOWN], filters=filters, keeps_views=False)


def export_of(alert: AlertView) -> Table[AskedView]:
    """The same with all that is known of each, for the file."""
    return replace(table_of(alert), columns=COLUMNS)


def chips(alert: AlertView, given: QueryDict) -> list[Chip]:
    """Everybody, and each answer with how many gave it: who needs help is one press away."""
    counts = [*alert.by_answer, (LOOKS["waiting"][1], alert.waiting), (LOOKS["unreachable"][1], alert.unreachable)]
    chosen = given.get("answer", "")
    rest = [Chip(word, f"?{urlencode({'answer': word})}", chosen == word, n) for word, n in counts if n]
    return [Chip("Everybody", "?", not chosen and not given.get("q"), alert.total), *rest]


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
