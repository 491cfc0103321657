"""The page as HTML: one address per language, links relative so that any host can serve them. Runs no script."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, gettext
from django.utils.translation import override as speaking

from tocsin.domain.statuspage.moments import clock, day, full_day, local, moment, window
from tocsin.domain.statuspage.rendering.drawing import NARROW, bars
from tocsin.domain.statuspage.rules.states import Impact, impact_of, indicator, worst
from tocsin.domain.statuspage.rules.uptime import DAYS
from tocsin.domain.statuspage.views import ComponentView, Picture, PublicIncidentView, UpdateView
from tocsin.domain.statuspage.wording import as_html, as_line, language_name, outage_words, status_word

BEFORE_TODAY = 5
_TONES = {
    "operational": ("ok", "circle-check"),
    "under_maintenance": ("care", "tool"),
    "degraded_performance": ("warn", "alert-triangle"),
    "partial_outage": ("high", "alert-triangle"),
    "major_outage": ("bad", "circle-x"),
}
_IMPACT_TONES = {"none": "ok", "maintenance": "care", "minor": "warn", "major": "high", "critical": "bad"}


@dataclass(frozen=True, slots=True)
class Where:
    """Addresses that pages link to: the style sheet (below the root), where subscribing goes, the page itself."""

    style: str
    subscribe: str
    url: str


Context = dict[str, Any]


class Pages:
    """Draws the pages of one picture in one language; `folder` is '' for the first language, else its code."""

    def __init__(self, picture: Picture, where: Where, language: str) -> None:
        self._picture, self._where, self._language = picture, where, language
        self._first = picture.page.languages[0]
        self._folder = "" if language == self._first else f"{language}/"
        self._zone = picture.page.time_zone

    def index(self) -> tuple[str, str]:
        """(path, HTML) of the front page."""
        return self._page("index.html", self._front, "")

    def history(self) -> tuple[str, str]:
        """(path, HTML) of everything that was."""
        return self._page("history/index.html", self._past, "history/")

    def incident(self, one: PublicIncidentView) -> tuple[str, str]:
        """(path, HTML) of one incident or maintenance."""
        return self._page(f"incidents/{one.code}/index.html", lambda: self._one(one), f"incidents/{one.code}/")

    def missing(self) -> tuple[str, str]:
        """(path, HTML) for what is not there."""
        return self._page("404.html", lambda: {"template": "missing"}, "")

    def _page(self, path: str, made: Callable[[], Context], here: str) -> tuple[str, str]:
        path = f"{self._folder}{path}"
        root = "../" * path.count("/") or "./"
        with speaking(self._language):
            context = self._frame(root, here) | made()
            return path, render_to_string(f"statuspage/public/{context['template']}.html", context)

    def _frame(self, root: str, here: str) -> Context:
        page = self._picture.page
        others = [
            {
                "code": code,
                "name": language_name(code),
                "url": f"{root}{'' if code == self._first else code + '/'}{here}",
            }
            for code in page.languages
            if code != self._language
        ]
        return {
            "language": self._language,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "page": page,
            "root": root,
            "home": f"{root}{self._folder}",
            "others": others,
            "where": self._where,
            "subscribe_url": self._where.subscribe or f"{root}subscribe/",
            "written": f"{local(self._picture.at, self._zone):%H:%M:%S}",
            "written_day": full_day(local(self._picture.at, self._zone).date()),
            "zone": _zone_words(clock(self._picture.at, self._zone)),
        }

    def _front(self) -> Context:
        picture = self._picture
        open_ = sorted(picture.unresolved, key=lambda one: (-Impact(one.impact).rank, -one.started_at.timestamp()))
        main, others = (open_[0], open_[1:]) if open_ else (None, [])
        shown = [one for one in picture.components if self._shown(one)]
        return {
            "template": "index",
            "banner": self._banner(main),
            "main": self._incident(main) if main else None,
            "also": [self._incident(one) for one in others],
            "active": [self._incident(one) for one in picture.active],
            "upcoming": [self._incident(one) for one in picture.upcoming],
            "sections": self._sections(shown),
            "choices": [{"code": one.code, "name": one.name} for one in picture.components],
            "past": [self._incident(one) for one in picture.incidents if one.over][:BEFORE_TODAY],
        }

    def _banner(self, main: PublicIncidentView | None) -> Context:
        picture = self._picture
        states = [one.status for one in picture.components]
        found = worst(states)
        impact, _ = indicator(states, (one.impact for one in picture.unresolved))
        tone = "care" if impact is Impact.NONE and found == "under_maintenance" else _IMPACT_TONES[impact]
        count = states.count(found)
        words = outage_words(found, count) if found.rank else gettext("All systems operational")
        if main and not found.rank:
            words = status_word(main.status)
        icon = {"ok": "circle-check", "care": "tool", "bad": "circle-x"}.get(tone, "alert-triangle")
        return {"tone": tone, "icon": icon, "words": words, "quiet": main is None}

    def _shown(self, one: ComponentView) -> bool:
        return not (one.only_show_if_degraded and one.status == "operational")

    def _sections(self, shown: Sequence[ComponentView]) -> list[Context]:
        found = []
        loose = [one for one in shown if not one.group_id]
        if loose:
            found.append({"name": "", "components": [self._component(one) for one in loose]})
        for group in self._picture.groups:
            inside = [self._component(one) for one in shown if one.group_id == group.id]
            if inside:
                found.append({"name": group.name, "components": inside})
        return found

    def _component(self, one: ComponentView) -> Context:
        tone, icon = _TONES[one.status]
        word = status_word(one.status)
        per_cent = _per_cent(one.uptime)
        facts = {"name": one.name, "percent": per_cent, "state": word, "days": DAYS, "narrow": NARROW}
        label = gettext("%(name)s: %(percent)s over %(days)d days, now: %(state)s") % facts
        narrow = gettext("%(name)s: the last %(narrow)d days, now: %(state)s") % facts
        return {
            "name": one.name,
            "description": one.description,
            "tone": tone,
            "icon": icon,
            "word": word,
            "percent": per_cent,
            "bars": bars(one.days, label, narrow) if one.showcase and one.days else "",
        }

    def _incident(self, one: PublicIncidentView) -> Context:
        latest = one.updates[0] if one.updates else None
        begun = local(one.started_at, self._zone).date()
        return {
            "code": one.code,
            "title": one.title,
            "url": f"incidents/{one.code}/",
            "tone": "ok" if one.over else _IMPACT_TONES[one.impact],
            "status": status_word(one.status),
            "day": day(begun),
            "full_day": full_day(begun),
            "iso": one.started_at.isoformat(timespec="seconds"),
            "line": as_line(latest.body) if latest else "",
            "body": as_html(latest.body) if latest else "",
            "when": window(one.scheduled_for, one.scheduled_until, self._zone),
            "next": clock(one.next_update_at, self._zone) if one.next_update_at and not one.over else "",
            "components": [component.name for component in one.components],
            "updates": [self._update(update) for update in one.updates],
            "lasted": _lasted(one.resolved_at - one.started_at) if one.resolved_at and not one.scheduled_for else "",
        }

    def _update(self, update: UpdateView) -> Context:
        changes = [
            gettext("%(name)s: %(before)s, now %(now)s")
            % {"name": c.name, "before": status_word(c.old_status), "now": status_word(c.new_status)}
            for c in update.affected
            if c.old_status != c.new_status
        ]
        return {
            "word": status_word(update.status),
            "iso": update.display_at.isoformat(timespec="seconds"),
            "time": clock(update.display_at, self._zone),
            "moment": moment(update.display_at, self._zone),
            "day": day(local(update.display_at, self._zone).date()),
            "body": as_html(update.body),
            "changes": changes,
        }

    def _one(self, one: PublicIncidentView) -> Context:
        return {"template": "incident", "incident": self._incident(one), "over": one.over}

    def _past(self) -> Context:
        months: Mapping[str, list[Context]] = defaultdict(list)
        for one in sorted([*self._picture.incidents, *self._picture.maintenances], key=_began, reverse=True):
            months[_month(self._zone, one)].append(self._incident(one))
        return {"template": "history", "months": list(months.items()), "lost": self._lost()}

    def _lost(self) -> list[Context]:
        """The table behind the bars: every day of each component that was not wholly operational."""
        return [
            {
                "name": one.name,
                "percent": _per_cent(one.uptime),
                "days": [
                    {"day": day(d.day), "word": status_word(d.worst), "share": _lasted(timedelta(seconds=d.seconds))}
                    for d in reversed(one.days)
                    if d.worst not in {"", "operational"}
                ],
            }
            for one in self._picture.components
            if one.showcase
        ]


def worst_impact(picture: Picture) -> str:
    """The indicator of the badge."""
    states = [one.status for one in picture.components]
    found, _ = indicator(states, (one.impact for one in picture.unresolved))
    return "maintenance" if found is Impact.NONE and worst(states) == "under_maintenance" else str(found)


def banner_words(picture: Picture) -> str:
    """The badge's words, in the language that is active."""
    states = [one.status for one in picture.components]
    if worst_impact(picture) == "none":
        return gettext("operational")
    found = worst(states)
    if impact_of(states) is Impact.NONE and picture.unresolved:
        return gettext("incident")
    return status_word(found).lower()


def _began(one: PublicIncidentView) -> float:
    return (one.scheduled_for or one.started_at).timestamp()


def _month(zone: str, one: PublicIncidentView) -> str:
    return full_day(local(one.scheduled_for or one.started_at, zone).date()).partition(" ")[2]


def _per_cent(value: float | None) -> str:
    if value is None:
        return gettext("no data yet")
    return f"{value:.2f}".rstrip("0").rstrip(".") + "\N{NO-BREAK SPACE}%"


def _lasted(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = []
    if days:
        parts.append(gettext("%(n)d d") % {"n": days})
    if hours:
        parts.append(gettext("%(n)d h") % {"n": hours})
    if minutes and not days:
        parts.append(gettext("%(n)d min") % {"n": minutes})
    return " ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def _zone_words(time: str) -> str:
    return time.partition(" ")[2]
